"""OGC API – Moving Features 1 (22-003r3): storm tracks to read, as MF-JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import shapely

from pengcheng.domains.earth import api
from pengcheng.domains.earth.contracts import Fix, Storm
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import NotFound
from pengcheng.kit.ogc import asking
from pengcheng.kit.ogc.asking import Times
from pengcheng.kit.ogc.crs import CRS84, SYSTEMS
from pengcheng.kit.ogc.errors import OgcError, missing
from pengcheng.kit.sensorthings import moments

NAME, GEOMETRY = "storms", "track"
CONFORMS: list[str] = []
"""None is claimed: there is no service description, and nobody has judged the answers."""
SYSTEM = {"type": "Name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
CLOCK = {"type": "Name", "properties": {"name": "urn:ogc:data:time:iso8601"}}
UNITS = {"wind": "http://qudt.org/vocab/unit/M-PER-SEC", "pressure": "hPa"}
MOST, USUAL = 1000, 10
Query = dict[str, str]


def link(href: str, rel: str, kind: str = "application/json") -> dict[str, str]:
    return {"href": href, "rel": rel, "type": kind}


def answer(context: Context, root: str, path: str, query: Query) -> dict[str, Any]:
    """Raises OgcError."""
    parts = [each for each in path.split("/") if each]
    if len(parts) > 1 and parts[:2] != ["collections", NAME]:
        raise missing(f"resource {path[:120]!r}")
    for pattern, allowed, handler in ROUTES:
        names = pattern.split("/") if pattern else []
        if len(names) == len(parts) and all(
            wanted in {"{}", given} for wanted, given in zip(names, parts, strict=True)
        ):
            known(query, allowed)
            captured = [g for w, g in zip(names, parts, strict=True) if w == "{}"]
            return handler(context, root, query, *captured)
    raise missing(f"resource {path[:120]!r}")


def known(query: Query, allowed: str) -> None:
    for key in query:
        if key not in {*allowed.split(), "f", "lang"}:
            raise OgcError(f"There is no parameter {key[:60]!r} here", parameter=key[:60])


def landing(context: Context, root: str, query: Query) -> dict[str, Any]:
    return {
        "title": "Storm tracks near Shenzhen",
        "description": "Tropical cyclones that came within 500 km of Shenzhen since 1980.",
        "links": [
            link(root, "self"),
            link(f"{root}/conformance", "conformance"),
            link(f"{root}/collections", "data"),
        ],
    }


def conformance(context: Context, root: str, query: Query) -> dict[str, Any]:
    return {"conformsTo": CONFORMS}


def collections(context: Context, root: str, query: Query) -> dict[str, Any]:
    found = [collection(context, root, query)]
    return {"collections": found, "links": [link(f"{root}/collections", "self")]}


def collection(context: Context, root: str, query: Query) -> dict[str, Any]:
    storms = api.storms(context=context)
    fixes = [fix for storm in storms for fix in storm.fixes]
    source = api.source()
    address = f"{root}/collections/{NAME}"
    return {
        "id": NAME,
        "title": "Storm tracks",
        "description": f"{source.attribution}, to {source.as_of}. {source.changed}",
        "itemType": "movingfeature",
        "updateFrequency": 0,
        "license": source.licence,
        "extent": {
            "spatial": {"bbox": [bounds(fixes)], "crs": CRS84},
            "temporal": {"interval": [period(fixes)]},
        },
        "links": [
            link(address, "self"),
            link(f"{address}/items", "items", "application/geo+json"),
        ],
    }


def bounds(fixes: list[Fix] | tuple[Fix, ...]) -> list[float]:
    lons, lats = [fix.lon for fix in fixes], [fix.lat for fix in fixes]
    return [min(lons), min(lats), max(lons), max(lats)]


def period(fixes: list[Fix] | tuple[Fix, ...]) -> list[str]:
    times = [fix.at for fix in fixes]
    return [moments.written(min(times)), moments.written(max(times))]


def line(fixes: tuple[Fix, ...]) -> dict[str, Any]:
    places = [[round(fix.lon, 5), round(fix.lat, 5)] for fix in fixes]
    if len(places) == 1:
        return {"type": "Point", "coordinates": places[0]}
    return {"type": "LineString", "coordinates": places}


def moving(fixes: tuple[Fix, ...]) -> dict[str, Any]:
    """A temporal primitive geometry."""
    return {
        "type": "MovingPoint",
        "id": GEOMETRY,
        "datetimes": [moments.written(fix.at) for fix in fixes],
        "coordinates": [[round(fix.lon, 5), round(fix.lat, 5)] for fix in fixes],
        "interpolation": "Linear",
        "crs": SYSTEM,
        "trs": CLOCK,
    }


def feature(root: str, storm: Storm, cut: tuple[Fix, ...] | None = None) -> dict[str, Any]:
    """With ``cut``, the part of the track that was asked for goes along."""
    address = f"{root}/collections/{NAME}/items/{storm.id}"
    found: dict[str, Any] = {
        "type": "Feature",
        "id": storm.id,
        "geometry": line(storm.fixes),
        "properties": {
            "season": storm.season,
            "agency": storm.agency,
            "windAveragedOverMinutes": storm.wind_minutes,
            "source": api.source().attribution,
        },
        "bbox": bounds(storm.fixes),
        "time": period(storm.fixes),
        "crs": SYSTEM,
        "trs": CLOCK,
        "links": [
            link(address, "self", "application/geo+json"),
            link(f"{address}/tgsequence", "tgsequence"),
            link(f"{address}/tproperties", "tproperties"),
        ],
    }
    return found if cut is None else {**found, "temporalGeometry": moving(cut)}


def asked_times(query: Query) -> tuple[Times | None, bool]:
    """``datetime``, and whether only that part of a track is wanted."""
    times = asking.times(query.get("datetime"))
    part = asking.flag(query.get("subTrajectory"), "subTrajectory")
    if part and times is None:
        raise OgcError("subTrajectory needs datetime", parameter="subTrajectory")
    return times, part


def _items(context: Context, root: str, query: Query) -> dict[str, Any]:
    times, part = asked_times(query)
    box = asking.box(query.get("bbox"), SYSTEMS[CRS84])
    found = []
    for storm in api.storms(context=context):
        cut = api.during(storm=storm, start=times.start, end=times.end) if times else storm.fixes
        if cut and (box is None or shapely.geometry.shape(line(cut)).intersects(box)):
            found.append(feature(root, storm, cut if part else None))
    return paged(found, f"{root}/collections/{NAME}/items", query, "features") | {
        "type": "FeatureCollection",
        "crs": SYSTEM,
        "trs": CLOCK,
    }


def paged(found: list[Any], address: str, query: Query, name: str) -> dict[str, Any]:
    limit = asking.whole(query.get("limit"), "limit", USUAL, 1, MOST)
    offset = asking.whole(query.get("offset"), "offset", 0, 0, 10**8)
    shown = found[offset : offset + limit]
    links = [link(address, "self")]
    if offset + limit < len(found):
        told = urlencode({**query, "offset": offset + limit})
        links.append(link(f"{address}?{told}", "next"))
    return {
        name: shown,
        "timeStamp": moments.written(clock.now()),
        "numberMatched": len(found),
        "numberReturned": len(shown),
        "links": links,
    }


def one(context: Context, storm_id: str) -> Storm:
    try:
        return api.storm(context=context, storm_id=storm_id)
    except NotFound as none:
        raise missing(f"moving feature {storm_id[:60]!r}") from none


def item(context: Context, root: str, query: Query, storm_id: str) -> dict[str, Any]:
    return feature(root, one(context, storm_id))


def leaves(text: str) -> tuple[datetime, ...]:
    """``leaf``: moments in order, each once."""
    found = [moments.instant(each.strip().upper()) for each in text.split(",")]
    known = tuple(each for each in found if each is not None)
    if len(known) != len(found) or list(known) != sorted(set(known)) or len(known) > MOST:
        raise OgcError("leaf is a list of moments, each after the one before", parameter="leaf")
    return known


def wanted(storm: Storm, query: Query) -> tuple[Fix, ...]:
    """What ``datetime``, ``subTrajectory`` and ``leaf`` leave of a track."""
    times, part = asked_times(query)
    if "leaf" in query:
        if part:
            raise OgcError("leaf and subTrajectory exclude each other", parameter="leaf")
        chosen = leaves(query["leaf"])
        if times:
            chosen = tuple(each for each in chosen if times.holds(each))
        return api.at(storm=storm, moments=chosen)
    if times is None:
        return storm.fixes
    cut = api.during(storm=storm, start=times.start, end=times.end)
    return cut if part or not cut else storm.fixes


def sequence(context: Context, root: str, query: Query, storm_id: str) -> dict[str, Any]:
    storm = one(context, storm_id)
    fixes = wanted(storm, query)
    box = asking.box(query.get("bbox"), SYSTEMS[CRS84])
    if fixes and box is not None and not shapely.geometry.shape(line(fixes)).intersects(box):
        fixes = ()
    address = f"{root}/collections/{NAME}/items/{storm.id}/tgsequence"
    found = paged([moving(fixes)] if fixes else [], address, query, "geometrySequence")
    return {"type": "TemporalGeometrySequence", **found}


def properties(context: Context, root: str, query: Query, storm_id: str) -> dict[str, Any]:
    storm = one(context, storm_id)
    address = f"{root}/collections/{NAME}/items/{storm.id}/tproperties"
    found = [
        {"name": name, "type": "TReal", "form": unit, "links": [link(f"{address}/{name}", "self")]}
        for name, unit in UNITS.items()
    ]
    return paged(found, address, query, "temporalProperties")


def one_property(
    context: Context, root: str, query: Query, storm_id: str, name: str
) -> dict[str, Any]:
    if name not in UNITS:
        raise missing(f"temporal property {name[:60]!r}")
    storm = one(context, storm_id)
    told = [f for f in wanted(storm, query) if getattr(f, name) is not None]
    values = {
        "datetimes": [moments.written(fix.at) for fix in told],
        "values": [round(getattr(fix, name), 2) for fix in told],
        "interpolation": "Linear",
    }
    address = f"{root}/collections/{NAME}/items/{storm.id}/tproperties/{name}"
    found = paged([values] if told else [], address, query, "valueSequence")
    return {"name": name, "type": "TReal", "form": UNITS[name], **found}


_ONE = "collections/storms/items/{}"
_CUT = "datetime subTrajectory leaf limit offset"
ROUTES: tuple[tuple[str, str, Callable[..., dict[str, Any]]], ...] = (
    ("", "", landing),
    ("conformance", "", conformance),
    ("collections", "", collections),
    ("collections/storms", "", collection),
    ("collections/storms/items", "bbox datetime subTrajectory limit offset", _items),
    (_ONE, "", item),
    (f"{_ONE}/tgsequence", f"bbox {_CUT}", sequence),
    (f"{_ONE}/tproperties", "limit offset", properties),
    (f"{_ONE}/tproperties/{{}}", _CUT, one_property),
)
