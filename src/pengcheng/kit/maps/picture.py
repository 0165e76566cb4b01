"""A map without a script: outlines as SVG paths, small enough to stand in the page itself."""

import math
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
import numpy
import shapely
from shapely.geometry.base import BaseGeometry

WIDTH: Final = 640
Outlines = Mapping[str, BaseGeometry]


class Shape(msgspec.Struct, frozen=True):
    """One outline: an SVG path, and where its name goes."""

    key: str
    path: str
    x: float
    y: float


class Picture(msgspec.Struct, frozen=True):
    """Outlines in one frame; `place` puts a point of the same system into it."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    west: float
    north: float
    scale_x: float
    scale_y: float

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        x, y = (lon - self.west) * self.scale_x, (self.north - lat) * self.scale_y
        return round(x, 1), round(y, 1)


def draw(outlines: Outlines, *, width: int = WIDTH) -> Picture:
    """Outlines that share borders, drawn without gaps to a pixel."""
    west, south, east, north = shapely.total_bounds(list(outlines.values()))
    scale_x = width / (east - west)
    scale_y = scale_x / math.cos(math.radians((south + north) / 2))
    origin, scale = numpy.array([west, north]), numpy.array([scale_x, -scale_y])
    shapes = numpy.array(list(outlines.values()), dtype=object)
    shapes = shapely.transform(shapes, lambda points: (points - origin) * scale)
    shapes = shapely.coverage_simplify(shapes, 1.0)
    return Picture(
        width=width,
        height=math.ceil((north - south) * scale_y),
        shapes=tuple(_shape(key, form) for key, form in zip(outlines, shapes, strict=True)),
        west=float(west),
        north=float(north),
        scale_x=float(scale_x),
        scale_y=float(scale_y),
    )


def _shape(key: str, form: BaseGeometry) -> Shape:
    parts = [part for part in getattr(form, "geoms", [form]) if part.area > 1]
    biggest = max(parts or [form], key=lambda part: part.area)
    label = shapely.point_on_surface(biggest)
    rings = (ring for part in parts for ring in (part.exterior, *part.interiors))
    return Shape(key=key, path=_path(rings), x=round(label.x, 1), y=round(label.y, 1))


def _path(rings: Iterable[BaseGeometry]) -> str:
    pieces = []
    for ring in rings:
        points = [f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)[:-1]]
        pieces.append("M" + "L".join(points) + "Z")
    return "".join(pieces)
