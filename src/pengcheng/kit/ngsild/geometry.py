"""GeoJSON geometries (clause 4.7, RFC 7946) and how they lie to each other (clause 4.10)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from pengcheng.kit.maps import sphere
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.terms import GEOMETRIES

RELATIONS: dict[str, Callable[[BaseGeometry, BaseGeometry], bool]] = {
    "within": lambda one, other: bool(one.within(other)),
    "contains": lambda one, other: bool(one.contains(other)),
    "intersects": lambda one, other: bool(one.intersects(other)),
    "overlaps": lambda one, other: bool(one.overlaps(other)),
    "equals": lambda one, other: bool(one.equals(other)),
    "disjoint": lambda one, other: bool(one.disjoint(other)),
}
NUMBERS = (int, float)  # and no booleans
DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def looks_like(value: Any) -> bool:
    """Whether a value is meant as a geometry."""
    if not isinstance(value, dict) or not terms.is_one_of(value.get("type"), GEOMETRIES):
        return False
    return "coordinates" in value or "geometries" in value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def checked(value: Any, where: str, *, collections: bool = True) -> dict[str, Any]:
    """The geometry if it is one; some clients send it as text."""
    if _is_plain_point(value):
        return value  # type: ignore[no-any-return]  # a dict
    value = _parsed(value) if isinstance(value, str) else value
    if not isinstance(value, dict) or not terms.is_one_of(value.get("type"), GEOMETRIES):
        raise BadRequestData(f"{where} must be a GeoJSON geometry", title="Invalid geometry")
    if value["type"] == "GeometryCollection" and not collections:
        raise BadRequestData(f"{where} cannot be a GeometryCollection", title="Invalid geometry")
    if value["type"] == "GeometryCollection":
        for each in value.get("geometries", ()):
            checked(each, where)
    elif not _coordinates(value.get("coordinates"), DEPTH[value["type"]]):
        raise BadRequestData(f"{where} has wrong coordinates", title="Invalid geometry")
    elif value["type"] == "Polygon" and not all(_closed(ring) for ring in value["coordinates"]):
        raise BadRequestData(f"A ring of {where} is not closed", title="Invalid geometry")
    return {key: inner for key, inner in value.items() if key != "@context"}


def _is_plain_point(value: Any) -> bool:
    """What most places are: a longitude and a latitude, and nothing besides."""
    if not isinstance(value, dict) or len(value) != 2 or value.get("type") != "Point":
        return False
    place = value.get("coordinates")
    if not isinstance(place, list) or len(place) != 2:
        return False
    x, y = place
    numbers = type(x) in NUMBERS and type(y) in NUMBERS
    return numbers and -180 <= x <= 180 and -90 <= y <= 90  # which NaN is not


def _coordinates(value: Any, depth: int) -> bool:
    if not isinstance(value, list) or not value:
        return False
    if depth:
        return all(_coordinates(each, depth - 1) for each in value)
    numbers = all(type(each) in NUMBERS and math.isfinite(each) for each in value)
    if not numbers or not 2 <= len(value) <= 4:
        return False
    return -180 <= value[0] <= 180 and -90 <= value[1] <= 90


def _closed(ring: list[Any]) -> bool:
    return len(ring) >= 4 and ring[0] == ring[-1]


@lru_cache(maxsize=1024)
def _of_text(text: str) -> BaseGeometry:
    return shape(json.loads(text))


def to_shape(value: dict[str, Any]) -> BaseGeometry:
    if value["type"] == "Point":
        return shapely.Point(value["coordinates"][0], value["coordinates"][1])
    found = _of_text(json.dumps(value))
    return found if found.is_valid else shapely.make_valid(found)


def distance(one: BaseGeometry, other: BaseGeometry) -> float:
    """Metres between the nearest points of two geometries, along the sphere."""
    a, b = nearest_points(one, other)
    return 1000 * sphere.km((a.x, a.y), (b.x, b.y))
