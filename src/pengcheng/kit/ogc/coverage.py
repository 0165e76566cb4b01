"""Series of readings as CoverageJSON (21-069), GeoJSON and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pengcheng.kit.ogc.crs import CRS84, Crs
from pengcheng.kit.sensorthings.moments import written

Points = list[tuple[datetime, Any]]


@dataclass
class Track:
    """What was observed at one place; ``lon`` and ``lat`` are of WGS 84."""

    id: str
    title: str
    lon: float
    lat: float
    series: dict[str, Points]

    @property
    def times(self) -> list[datetime]:
        """All moments of all series, in order."""
        return sorted({at for points in self.series.values() for at, _ in points})

    def rows(self) -> Iterable[tuple[datetime, dict[str, Any]]]:
        by_name = {name: dict(points) for name, points in self.series.items()}
        for at in self.times:
            yield at, {name: found[at] for name, found in by_name.items() if at in found}


def collection(
    tracks: list[Track], parameters: dict[str, dict[str, Any]], crs: Crs
) -> dict[str, Any]:
    """A CoverageCollection of PointSeries."""
    return {
        "type": "CoverageCollection",
        "domainType": "PointSeries",
        "parameters": parameters,
        "referencing": _referencing(crs),
        "coverages": [_coverage(each, crs) for each in tracks],
    }


def _referencing(crs: Crs) -> list[dict[str, Any]]:
    place = {"type": "GeographicCRS", "id": crs.uri}
    if crs.uri.endswith(("3857", "4547")):
        place["type"] = "ProjectedCRS"
    return [
        {"coordinates": ["y", "x"] if crs.northing_first else ["x", "y"], "system": place},
        {"coordinates": ["t"], "system": {"type": "TemporalRS", "calendar": "Gregorian"}},
    ]


def _coverage(track: Track, crs: Crs) -> dict[str, Any]:
    x, y = crs.east_north(track.lon, track.lat)
    times = track.times
    axes = {
        "x": {"values": [x]},
        "y": {"values": [y]},
        "t": {"values": [written(at) for at in times]},
    }
    return {
        "type": "Coverage",
        "id": track.id,
        "title": {"zh-Hans": track.title, "en": track.title},
        "domain": {"type": "Domain", "domainType": "PointSeries", "axes": axes},
        "ranges": {name: _range(points, times) for name, points in track.series.items()},
    }


def _range(points: Points, times: list[datetime]) -> dict[str, Any]:
    known = dict(points)
    values = [known.get(at) for at in times]
    plain = [each for each in values if each is not None]
    numeric = all(isinstance(e, int | float) and not isinstance(e, bool) for e in plain)
    if not numeric:
        values = [None if each is None else str(each) for each in values]
    return {
        "type": "NdArray",
        "dataType": "float" if numeric else "string",
        "axisNames": ["t"],
        "shape": [len(times)],
        "values": values,
    }


def features(tracks: list[Track], crs: Crs) -> dict[str, Any]:
    """A Feature for each place and moment."""
    found = []
    for track in tracks:
        place = {"type": "Point", "coordinates": [*crs.out(track.lon, track.lat)]}
        for at, values in track.rows():
            told = {"location": track.id, "label": track.title, "datetime": written(at)}
            found.append(
                {
                    "type": "Feature",
                    "id": f"{track.id}@{told['datetime']}",
                    "geometry": place,
                    "properties": {
                        **told,
                        **values,
                        "edrqueryendpoint": track.id,
                        "parameter-name": sorted(values),
                    },
                }
            )
    return {"type": "FeatureCollection", "features": found, "numberReturned": len(found)}


def table(tracks: list[Track], names: list[str], crs: Crs) -> str:
    """CSV with a row for each place and moment; a formula of a spreadsheet stays a text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    axes = ["lon", "lat"] if crs.uri == CRS84 else ["x", "y"]
    writer.writerow(["location", *axes, "datetime", *names])
    for track in tracks:
        x, y = crs.east_north(track.lon, track.lat)
        for at, values in track.rows():
            cells = [_cell(values.get(name)) for name in names]
            writer.writerow([_cell(track.id), x, y, written(at), *cells])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return "" if value is None else value
