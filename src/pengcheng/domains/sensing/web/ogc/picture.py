"""A map of features as SVG: it needs no script, no tiles, and no other server."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from pengcheng.domains.sensing.api.atlas import Feature

WIDTH, LOWEST, HIGHEST = 720, 240, 620
MOST = 1500  # marks on one map
ROOM = 0.04  # around what is shown, of its breadth
SMALLEST = 0.01  # degrees a map is wide at least


@dataclass
class Mark:
    """A feature: a point, or the outline of what is larger."""

    title: str
    url: str
    x: float = 0.0
    y: float = 0.0
    path: str = ""
    area: bool = False


@dataclass
class Picture:
    width: int
    height: int
    marks: list[Mark] = field(default_factory=list)
    ground: list[Mark] = field(default_factory=list)  # districts, for orientation
    left_out: int = 0


@dataclass
class Frame:
    """Where a longitude and latitude lie on the picture."""

    west: float
    north: float
    across: float
    down: float

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        x, y = (lon - self.west) * self.across, (self.north - lat) * self.down
        return round(x, 1), round(y, 1)


def draw(
    features: Iterable[Feature],
    title: Callable[[Feature], str],
    address: Callable[[Feature], str],
    outlines: dict[str, BaseGeometry],
) -> Picture | None:
    """Nothing is drawn where nothing has a place."""
    listed = [each for each in islice(features, MOST * 4) if each.shape is not None]
    shown = listed[:MOST]
    if not shown:
        return None
    bounds = shapely.total_bounds([each.shape for each in shown])
    outlines = _around(outlines, bounds)
    if outlines:
        bounds = shapely.total_bounds([*(each.shape for each in shown), *outlines.values()])
    frame, height = _frame(*map(float, bounds))
    picture = Picture(WIDTH, height, left_out=len(listed) - len(shown))
    fine = 1 / frame.across
    for name, outline in outlines.items():
        picture.ground.append(_mark(outline.simplify(fine), name, "", frame))
    for each in shown:
        shape = each.shape if each.shape is not None else shapely.Point(0, 0)
        simple = shape if shape.geom_type == "Point" else shape.simplify(fine)
        picture.marks.append(_mark(simple, title(each), address(each), frame))
    picture.marks.sort(key=lambda mark: not mark.area)
    return picture


def _around(outlines: dict[str, BaseGeometry], bounds: Any) -> dict[str, BaseGeometry]:
    """The city's outlines, if what is shown lies mostly there."""
    if not outlines:
        return {}
    west, south, east, north = shapely.total_bounds(list(outlines.values()))
    inside = west - 1 <= bounds[0] and bounds[2] <= east + 1
    return outlines if inside and south - 1 <= bounds[1] and bounds[3] <= north + 1 else {}


def _frame(west: float, south: float, east: float, north: float) -> tuple[Frame, int]:
    middle = math.cos(math.radians((south + north) / 2)) or 1.0
    wide = max((east - west) * (1 + 2 * ROOM), SMALLEST)
    tall = max((north - south) * (1 + 2 * ROOM), SMALLEST * 0.4)
    across = min(WIDTH / wide, HIGHEST * middle / tall)
    down = across / middle
    height = int(min(HIGHEST, max(LOWEST, tall * down)))
    lon, lat = (west + east) / 2, (south + north) / 2
    return Frame(lon - WIDTH / across / 2, lat + height / down / 2, across, down), height


def _mark(shape: BaseGeometry, title: str, url: str, frame: Frame) -> Mark:
    centre = shape.centroid if not shape.is_empty else shapely.Point(0, 0)
    x, y = frame.place(centre.x, centre.y)
    if shape.geom_type == "Point":
        return Mark(title, url, x, y)
    path = "".join(_paths(shape, frame))
    return Mark(title, url, x, y, path, area="Polygon" in shape.geom_type)


def _paths(shape: BaseGeometry, frame: Frame) -> Iterable[str]:
    for part in getattr(shape, "geoms", [shape]):
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings:
            points = [frame.place(x, y) for x, y, *_ in shapely.get_coordinates(ring)]
            joined = "L".join(f"{x} {y}" for x, y in points)
            yield f"M{joined}" + ("Z" if part.geom_type == "Polygon" else "")
