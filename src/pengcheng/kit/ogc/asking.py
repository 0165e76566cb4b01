"""Parameters of OGC APIs: boxes, times, numbers (17-069, clause 7.15; 19-086, clause 8)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from pengcheng.kit.ogc.crs import Crs
from pengcheng.kit.ogc.errors import OgcError
from pengcheng.kit.sensorthings import moments

LONGEST_WKT = 20_000
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Times:
    """A span with both ends in it."""

    start: datetime = FIRST
    end: datetime = LAST

    def holds(self, moment: datetime | None) -> bool:
        return moment is None or self.start <= moment <= self.end


def times(text: str | None) -> Times | None:
    """``datetime``: an instant, or an interval that may be open at an end."""
    if text is None:
        return None
    first, slash, second = text.partition("/")
    if not slash:
        return Times(*_bounds(text))
    start = FIRST if first in {"", ".."} else _bounds(first)[0]
    end = LAST if second in {"", ".."} else _bounds(second)[1]
    if start > end:
        raise OgcError("datetime ends before it begins", parameter="datetime")
    return Times(start, end)


def _bounds(text: str) -> tuple[datetime, datetime]:
    """A day is all of it."""
    found = moments.instant(text.upper())
    if found is None:
        raise OgcError(
            f"datetime: {text[:60]!r} is no time such as 2026-11-22T08:00:00Z",
            parameter="datetime",
        )
    whole = timedelta(days=1) - timedelta(microseconds=1) if len(text) == 10 else timedelta()
    return found, found + whole


def numbers(text: str, parameter: str) -> list[float]:
    try:
        found = [float(each) for each in text.split(",")]
    except ValueError as reason:
        raise OgcError(f"{parameter} is a list of numbers", parameter=parameter) from reason
    if not all(map(math.isfinite, found)):
        raise OgcError(f"{parameter} has a number without end", parameter=parameter)
    return found


def box(text: str | None, crs: Crs) -> BaseGeometry | None:
    """``bbox`` of four or six numbers; one across the date line has two parts."""
    if text is None:
        return None
    found = numbers(text, "bbox")
    if len(found) not in {4, 6}:
        raise OgcError("bbox has four or six numbers", parameter="bbox")
    half = len(found) // 2
    west, south = crs.back(found[0], found[1])
    east, north = crs.back(found[half], found[half + 1])
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise OgcError(
            "bbox is min x, min y, max x, max y within the system's bounds", parameter="bbox"
        )
    if west <= east:
        return shapely.box(west, south, east, north)
    return shapely.union(
        shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)
    )


def whole(text: str | None, parameter: str, default: int, lowest: int, highest: int) -> int:
    """A whole number; one that is too large is cut (17-069, /req/core/fc-limit-definition)."""
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < lowest:
        raise OgcError(f"{parameter} is a whole number from {lowest}", parameter=parameter)
    return min(int(text), highest)


def flag(text: str | None, parameter: str) -> bool:
    if text not in {None, "true", "false"}:
        raise OgcError(f"{parameter} is true or false", parameter=parameter)
    return text == "true"


def geometry(text: str, crs: Crs, *kinds: str) -> BaseGeometry:
    """``coords`` in WKT."""
    if len(text) > LONGEST_WKT:
        raise OgcError(f"coords has more than {LONGEST_WKT} characters", parameter="coords")
    try:
        found = shapely.from_wkt(text)
    except shapely.errors.ShapelyError as reason:
        raise OgcError(f"coords: {text[:60]!r} is no WKT", parameter="coords") from reason
    if found is None or found.is_empty or found.geom_type not in kinds:
        raise OgcError(f"coords is one of {', '.join(kinds)} in WKT", parameter="coords")
    flat = shapely.force_2d(found)

    def back(points: Any) -> Any:
        return [crs.back(x, y) for x, y in points]

    moved = shapely.transform(flat, back)
    if not moved.is_valid:
        raise OgcError("coords crosses itself or is not closed", parameter="coords")
    west, south, east, north = moved.bounds
    if not (-180 <= west and east <= 180 and -90 <= south and north <= 90):
        raise OgcError("coords lies outside of the world", parameter="coords")
    return moved
