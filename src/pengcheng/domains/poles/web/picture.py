"""Roads and poles as SVG: needs no script, no tiles, and no other server."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy
import shapely

WIDTH, TALLEST = 720, 620
Points = Sequence[tuple[float, float]]


def draw(
    roads: Sequence[Points], layers: dict[str, Points], *, centre: tuple[float, float] | None = None
) -> dict[str, Any] | None:
    """Roads as one path, and each layer's points as circles of its own class."""
    everything: list[Points] = [*layers.values()] if centre else [*roads, *layers.values()]
    if not any(len(each) for each in everything):
        return None
    frame = _Frame(centre or (), everything)
    return {
        "width": WIDTH,
        "height": frame.height,
        "roads": frame.path(roads),
        "layers": [
            {"name": name, "points": [frame.place(*each) for each in points]}
            for name, points in layers.items()
            if len(points)
        ],
    }


class _Frame:
    def __init__(self, centre: tuple[float, ...], every: Iterable[Points]) -> None:
        if centre:
            half = 0.0028
            west, east = centre[0] - half, centre[0] + half
            south, north = centre[1] - half * 0.6, centre[1] + half * 0.6
        else:
            flat = numpy.concatenate([numpy.asarray(each) for each in every if len(each)])
            (west, south), (east, north) = flat.min(axis=0) - 0.001, flat.max(axis=0) + 0.001
        squeeze = math.cos(math.radians((south + north) / 2))
        self.across = min(WIDTH / (east - west), TALLEST * squeeze / (north - south))
        self.down = self.across / squeeze
        self.west, self.north = float(west), float(north)
        self.height = math.ceil((north - south) * self.down)

    def place(self, x: float, y: float) -> tuple[float, float]:
        return round((x - self.west) * self.across, 1), round((self.north - y) * self.down, 1)

    def path(self, roads: Sequence[Points]) -> str:
        pieces = []
        for road in roads:
            line = shapely.LineString([self.place(*each) for each in road]).simplify(0.7)
            pieces.append("M" + "L".join(f"{x:g} {y:g}" for x, y in line.coords))
        return "".join(pieces)
