"""Geometries (RFC 7946) and their boxes: what is wrong is told with the very position."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from pengcheng.domains.earth.rules.faults import Faults

DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
MOST_POSITIONS = 100_000
MOST_PARTS = 100
NEAR = 1e-6
PLACED = re.compile(r"(?P<why>[^\[]+)\[(?P<x>\S+) (?P<y>\S+)\]")


def geometry(told: Any, at: str, faults: Faults, *, within: bool = False) -> BaseGeometry | None:
    """The geometry, or None after telling what is wrong."""
    before = len(faults.found)
    kind = told.get("type") if isinstance(told, dict) else None
    if kind == "GeometryCollection" and not within:
        return _collection(told, at, faults)
    if not isinstance(kind, str) or kind not in DEPTHS:
        _tell_kind(at, faults)
        return None
    _Walk(faults).go(told.get("coordinates"), f"{at}/coordinates", DEPTHS[kind], kind)
    if len(faults.found) > before:
        return None
    found = shapely.geometry.shape(told)
    if not found.is_valid:
        _tell_invalid(found, at, faults)
        return None
    return found


def _tell_kind(at: str, faults: Faults) -> None:
    names = ", ".join(DEPTHS)
    faults.add(
        at,
        f"应为 GeoJSON 几何对象，type 为 {names} 或 GeometryCollection",
        f"To be a GeoJSON geometry: its type is one of {names} or GeometryCollection",
    )


def _collection(told: dict[str, Any], at: str, faults: Faults) -> BaseGeometry | None:
    parts = told.get("geometries")
    if not isinstance(parts, list) or not 1 <= len(parts) <= MOST_PARTS:
        faults.add(
            f"{at}/geometries",
            f"应为 1 至 {MOST_PARTS} 个几何对象",
            f"To be 1 to {MOST_PARTS} geometries",
        )
        return None
    found = [
        geometry(each, f"{at}/geometries/{number}", faults, within=True)
        for number, each in enumerate(parts)
    ]
    known = [each for each in found if each is not None]
    return shapely.GeometryCollection(known) if len(known) == len(found) else None


def _tell_invalid(found: BaseGeometry, at: str, faults: Faults) -> None:
    told = PLACED.match(shapely.is_valid_reason(found))
    why = told["why"] if told else "not valid"
    where = f" ({told['x']}, {told['y']})" if told else ""
    crossing = "intersection" in why.lower()
    faults.add(
        f"{at}/coordinates",
        f"{'几何自相交' if crossing else '几何无效：' + why}{where}",
        f"{'The geometry crosses itself' if crossing else 'The geometry is not valid: ' + why}"
        f"{where}",
    )


class _Walk:
    """Goes through coordinates and counts positions."""

    def __init__(self, faults: Faults) -> None:
        self.faults, self.count = faults, 0

    def go(self, told: Any, at: str, depth: int, kind: str) -> None:
        if self.faults.enough:
            return
        if depth == 0:
            self._position(told, at)
            return
        if not isinstance(told, list) or not told:
            self.faults.add(at, "应为非空的坐标数组", "To be a list of coordinates, not empty")
            return
        for number, each in enumerate(told):
            self.go(each, f"{at}/{number}", depth - 1, kind)
            if self.count > MOST_POSITIONS:
                return
        if depth == 1:
            self._line(told, at, kind)

    def _line(self, told: list[Any], at: str, kind: str) -> None:
        if "Polygon" in kind and (len(told) < 4 or told[0] != told[-1]):
            self.faults.add(
                at,
                "环至少应有四个坐标点，且首尾相同",
                "A ring has at least four positions, the last as the first",
            )
        if "Line" in kind and len(told) < 2:
            self.faults.add(at, "线至少应有两个坐标点", "A line has at least two positions")

    def _position(self, told: Any, at: str) -> None:
        self.count += 1
        if self.count == MOST_POSITIONS + 1:
            self.faults.add(
                at,
                f"坐标点超过 {MOST_POSITIONS} 个",
                f"There are more than {MOST_POSITIONS} positions",
            )
        if not isinstance(told, list) or not 2 <= len(told) <= 4 or not all(map(number, told)):
            self.faults.add(at, "应为两个或三个数", "To be two or three numbers")
        elif not (-180 <= told[0] <= 180 and -90 <= told[1] <= 90):
            self.faults.add(
                at,
                "超出范围：经度在 -180 至 180 之间，纬度在 -90 至 90 之间（先经度，后纬度）",
                "Out of range: longitude from -180 to 180, then latitude from -90 to 90",
            )


def number(told: Any) -> bool:
    """A finite number, and no truth value."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        return False
    try:
        return math.isfinite(told)
    except OverflowError:
        return False


def box(told: Any, at: str, faults: Faults) -> tuple[float, ...]:
    """Four or six numbers, empty after telling what is wrong; west > east crosses 180°."""
    if not isinstance(told, list) or len(told) not in {4, 6} or not all(map(number, told)):
        faults.add(at, "应为四个或六个数", "To be four or six numbers")
        return ()
    west, south, east, north = corners(tuple(told))
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        faults.add(
            at,
            "应依次为西、南、东、北，并在经纬度范围内",
            "To be west, south, east, north, within the range of longitude and latitude",
        )
        return ()
    return tuple(told)


def corners(bbox: tuple[float, ...]) -> tuple[float, float, float, float]:
    """West, south, east, north, without heights."""
    half = len(bbox) // 2
    return bbox[0], bbox[1], bbox[half], bbox[half + 1]


def holds(bbox: tuple[float, ...], shape: BaseGeometry) -> bool:
    """Whether a box has all of a geometry in it."""
    west, south, east, north = corners(bbox)
    return all(
        south - NEAR <= y <= north + NEAR and _between(west, x, east)
        for x, y in shapely.get_coordinates(shape)
    )


def _between(west: float, x: float, east: float) -> bool:
    if west <= east:
        return west - NEAR <= x <= east + NEAR
    return x >= west - NEAR or x <= east + NEAR


def halves(bbox: tuple[float, ...]) -> Iterator[BaseGeometry]:
    """A box as polygons: two where it crosses 180°."""
    west, south, east, north = corners(bbox)
    for left, right in [(west, east)] if west <= east else [(west, 180), (-180, east)]:
        edges = [(left, south), (right, south), (right, north), (left, north)]
        yield shapely.MultiPoint(edges).convex_hull  # a box may be a line or a point


def area(bbox: tuple[float, ...]) -> dict[str, Any]:
    """A box as a geometry."""
    found: dict[str, Any] = shapely.geometry.mapping(shapely.union_all(list(halves(bbox))))
    return found
