"""Environmental data: readings at a place, in an area, around a point, of a location (19-086)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from shapely.geometry.base import BaseGeometry

from pengcheng.domains.sensing.api.atlas import Collection, Feature, Summary
from pengcheng.domains.sensing.web.ogc import describing, openapi
from pengcheng.domains.sensing.web.ogc.asked import GEO, HTML, Ask, Told, link, selves
from pengcheng.kit.ngsild import geometry
from pengcheng.kit.ogc import asking, coverage
from pengcheng.kit.ogc.asking import Times
from pengcheng.kit.ogc.coverage import Track
from pengcheng.kit.ogc.crs import CRS84, system
from pengcheng.kit.ogc.errors import OgcError
from pengcheng.kit.sensorthings.moments import written

MOST_READINGS = 100_000
MOST_PLACES = 1000
FAR = 20_000_000.0  # metres; half around the earth
UNITS = {"m": 1.0, "km": 1000.0, "mi": 1609.344}
LISTED = {"json": GEO, "html": HTML}


def position(ask: Ask, name: str) -> Told:
    """The readings of the nearest place; of several points, of each its nearest."""
    collection, params = _begin(ask, name, ("coords", *openapi.SERIES))
    where = _coords(params, "Point", "MultiPoint")
    found: dict[str, Feature] = {}
    places = [each for each in _observed(ask, collection) if each.shape is not None]
    for point in getattr(where, "geoms", [where]):
        nearest = min(places, key=_distance(point), default=None)
        if nearest is not None:
            found[nearest.id] = nearest
    return _series(ask, collection, params, found.values())


def area(ask: Ask, name: str) -> Told:
    """The readings of all places within a polygon."""
    collection, params = _begin(ask, name, ("coords", *openapi.SERIES))
    where = _coords(params, "Polygon", "MultiPolygon")
    found = (e for e in _observed(ask, collection) if e.shape and e.shape.intersects(where))
    return _series(ask, collection, params, found)


def radius(ask: Ask, name: str) -> Told:
    """The readings of all places around a point."""
    wanted = ("coords", "within", "within-units", *openapi.SERIES)
    collection, params = _begin(ask, name, wanted)
    where = _coords(params, "Point")
    unit = UNITS.get(params.get("within-units", ""))
    if unit is None:
        raise OgcError(f"within-units is one of {', '.join(UNITS)}", parameter="within-units")
    far = asking.numbers(params.get("within", ""), "within")
    if len(far) != 1 or not 0 <= far[0] * unit <= FAR:
        raise OgcError("within is a distance", parameter="within")
    away = _distance(where)
    found = (e for e in _observed(ask, collection) if e.shape and away(e) <= far[0] * unit)
    return _series(ask, collection, params, found)


def location(ask: Ask, name: str, identity: str) -> Told:
    """The readings of one place by its id."""
    collection, params = _begin(ask, name, openapi.SERIES)
    found = ask.catalogue.feature(collection, identity)
    return _series(ask, collection, params, [found])


def locations(ask: Ask, name: str) -> Told:
    """All places with readings."""
    collection = ask.collection(name)
    params = ask.read(("bbox", "datetime", "limit", "parameter-name"))
    form = ask.form(**LISTED)
    box = asking.box(params.get("bbox"), system(CRS84))
    times = asking.times(params.get("datetime"))
    limit = asking.whole(params.get("limit"), "limit", MOST_PLACES, 1, 10_000)
    features = []
    for each in _observed(ask, collection):
        if box is not None and (each.shape is None or not each.shape.intersects(box)):
            continue
        span = each.source.span(each) if each.source else None
        if times is not None and span and (span[1] < times.start or span[0] > times.end):
            continue
        features.append(_place(ask, name, each, span))
        if len(features) == limit:
            break
    document = {
        "type": "FeatureCollection",
        "features": features,
        "links": selves(ask, form, LISTED),
        "numberReturned": len(features),
    }
    facts = {"doc": document, "collection": collection}
    return Told(document, GEO, page="locations" if form == "html" else "", facts=facts)


def _place(ask: Ask, name: str, found: Feature, span: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"name": found.title, "parameter-name": list(found.observed)}
    if span:
        told["datetime"] = f"{written(span[0])}/{written(span[1])}"
    address = ask.at("collections", name, "locations", found.id)
    told["edrqueryendpoint"] = address
    links = [link(address, "data", describing.OUTPUTS["CoverageJSON"])]
    place = found.geometry if found.shape is not None else None
    return {
        "type": "Feature",
        "id": found.id,
        "geometry": place,
        "properties": told,
        "links": links,
    }


# --- common to all ----------------------------------------------------------------------


def _begin(ask: Ask, name: str, allowed: Iterable[str]) -> tuple[Collection, dict[str, str]]:
    collection = ask.collection(name)
    params = ask.read(allowed)
    if not ask.catalogue.summary(collection).parameters:
        raise OgcError(f"Nothing is observed in {name}", status=404)
    return collection, params


def _coords(params: dict[str, str], *kinds: str) -> BaseGeometry:
    if "coords" not in params:
        raise OgcError("coords is missing", parameter="coords")
    return asking.geometry(params["coords"], system(params.get("crs", CRS84)), *kinds)


def _observed(ask: Ask, collection: Collection) -> Iterable[Feature]:
    return (each for each in ask.catalogue.features(collection) if each.observed)


def _distance(point: BaseGeometry) -> Callable[[Feature], float]:
    def far(found: Feature) -> float:
        return math.inf if found.shape is None else geometry.distance(found.shape, point)

    return far


def _series(
    ask: Ask, collection: Collection, params: dict[str, str], found: Iterable[Feature]
) -> Told:
    form = ask.form(**describing.OUTPUTS)
    crs = system(params.get("crs", CRS84))
    times = asking.times(params.get("datetime")) or Times()
    summary = ask.catalogue.summary(collection)
    names = _parameters(params.get("parameter-name"), summary)
    tracks = [each for each in _tracks(found, names, times) if any(each.series.values())]
    if form == "CSV":
        text = coverage.table(tracks, names, crs)
        return Told(kind="text/csv; charset=utf-8", text=text)
    if form == "GeoJSON":
        document = coverage.features(tracks, crs)
        for each in document["features"]:
            place = each["properties"]["edrqueryendpoint"]
            each["properties"]["edrqueryendpoint"] = ask.at(
                "collections", collection.id, "locations", place
            )
        return Told(document, GEO)
    told = {name: describing.parameter(summary.parameters[name]) for name in names}
    return Told(coverage.collection(tracks, told, crs), describing.OUTPUTS["CoverageJSON"])


def _parameters(text: str | None, summary: Summary) -> list[str]:
    if text is None:
        return sorted(summary.parameters)
    names = [each.strip() for each in text.split(",") if each.strip()]
    for name in names:
        if name not in summary.parameters:
            raise OgcError(f"There is no parameter {name[:60]!r} here", parameter="parameter-name")
    return names


def _tracks(found: Iterable[Feature], names: list[str], times: Times) -> Iterable[Track]:
    left, places = MOST_READINGS, 0
    for each in found:
        if each.source is None or each.shape is None:
            continue
        places += 1
        series = {}
        for name in names:
            if name not in each.observed:
                continue
            points = each.source.series(each, name, times, left)
            left -= len(points)
            if left < 0 or places > MOST_PLACES:
                raise OgcError(
                    f"More than {MOST_READINGS} readings or {MOST_PLACES} places; ask for less",
                    status=413,
                )
            series[name] = points
        centre: Any = each.shape.centroid
        yield Track(each.id, each.title, centre.x, centre.y, series)
