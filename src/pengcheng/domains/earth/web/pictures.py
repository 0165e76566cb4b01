"""Footprints as SVG over the districts' outlines: needs no script, no tiles, no other server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from pengcheng.kit.maps.picture import Picture, draw

WIDTH = 320
MARGIN = 0.06
_drawn: dict[str, Any] = {}


def city(outlines: dict[str, BaseGeometry]) -> dict[str, Any] | None:
    """The districts as one path, for all pictures of a page; drawn once for the same outlines."""
    if not outlines:
        return None
    key = tuple((code, id(shape)) for code, shape in outlines.items())
    if _drawn.get("key") != key:
        picture = draw(outlines, width=WIDTH)
        path = "".join(shape.path for shape in picture.shapes)
        _drawn.update(key=key, found={"picture": picture, "path": path})
    found: dict[str, Any] = _drawn["found"]
    return found


def footprint(
    geometry: dict[str, Any] | None, upon: dict[str, Any] | None
) -> dict[str, Any] | None:
    """A footprint in the frame of the city, which grows until all of it is seen."""
    if geometry is None:
        return None
    shape = shapely.geometry.shape(geometry)
    frame: Picture = upon["picture"] if upon else draw({"": shape.envelope.buffer(0.01)})
    moved = shapely.transform(
        shapely.force_2d(shape), lambda points: [frame.place(x, y) for x, y in points]
    )
    west, north, east, south = _around(moved.bounds, (frame.width, frame.height))
    edge = MARGIN * max(east - west, south - north)
    return {
        "box": f"{west - edge:.1f} {north - edge:.1f} "
        f"{east - west + 2 * edge:.1f} {south - north + 2 * edge:.1f}",
        "path": "".join(_lines(moved)),
        "points": [(f"{x:.1f}", f"{y:.1f}") for x, y in _points(moved)],
        "radius": f"{(east - west) / 40:.1f}",
    }


def _around(bounds: tuple[float, ...], size: tuple[int, int]) -> tuple[float, float, float, float]:
    west, north, east, south = bounds
    return min(west, 0.0), min(north, 0.0), max(east, size[0]), max(south, size[1])


def _parts(shape: BaseGeometry) -> Iterable[BaseGeometry]:
    for part in getattr(shape, "geoms", [shape]):
        if hasattr(part, "geoms"):
            yield from _parts(part)
        else:
            yield part


def _lines(shape: BaseGeometry) -> Iterable[str]:
    for part in _parts(shape):
        if part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                yield f"{_line(ring)}Z"
        elif part.geom_type == "LineString":
            yield _line(part)


def _line(shape: BaseGeometry) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shape.simplify(0.2).coords)


def _points(shape: BaseGeometry) -> Iterable[tuple[float, float]]:
    return [(part.x, part.y) for part in _parts(shape) if part.geom_type == "Point"]
