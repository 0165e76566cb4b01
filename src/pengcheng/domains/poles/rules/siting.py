"""Where new poles should stand: greedy maximal coverage of road length, with spacing.

The roads are cut into short pieces. A pole covers a piece when it stands within the reach of the
piece's class of road: half the spacing of that class. Each round takes the site that covers the
most metres not covered yet, so that no later choice can make an earlier one worse than it was;
sites nearer to a pole than the spacing allows are left out. Without spacing, what is covered is at
least 1 - 1/e of the best there can be (Nemhauser, Wolsey and Fisher 1978); with it, it need not be.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy
import shapely

from pengcheng.domains.poles.contracts import ClassFigures, Site

EARTH_M = 111_195.0  # metres of a degree of latitude on the mean sphere
PIECE_M, STEP_M = 5.0, 20.0
FINE_M = 2.0  # for the figures: coarse pieces flatter those who choose by them
CLOSEST = 0.6  # of the spacing: no two poles are nearer
MOST_METRES = 3_000_000
# Metres between poles by class of road (OpenStreetMap's names): a planner's start, to be changed.
SPACING = {
    **{"motorway": 50.0, "trunk": 45.0, "primary": 40.0, "secondary": 35.0, "tertiary": 35.0},
    **{"unclassified": 30.0, "residential": 30.0, "living_street": 25.0, "service": 30.0},
}
OTHER = 30.0


class Road(msgspec.Struct, frozen=True):
    """A line in longitude and latitude, its class and its name."""

    road_class: str
    name: str
    points: tuple[tuple[float, float], ...]


class Laid(msgspec.Struct, frozen=True):
    """Sites in the order in which they were chosen, and what they cover."""

    sites: tuple[Site, ...]
    figures: tuple[ClassFigures, ...]


def plain_class(text: str) -> str:
    """Without prefix; a link counts as the road that it leads to."""
    return text.rpartition(".")[2].removesuffix("_link") or "other"


class Ground:
    """A flat piece of the Earth in metres, true enough over a city."""

    def __init__(self, roads: Sequence[Road]) -> None:
        every = [point for road in roads for point in road.points]
        self.west = min(x for x, _y in every)
        self.south = min(y for _x, y in every)
        middle = (self.south + max(y for _x, y in every)) / 2
        self.across = EARTH_M * math.cos(math.radians(middle))

    def flat(self, points: Iterable[tuple[float, float]]) -> Any:
        listed = numpy.array(list(points), dtype=float).reshape(-1, 2)
        return (listed - [self.west, self.south]) * [self.across, EARTH_M]

    def round(self, x: float, y: float) -> tuple[float, float]:
        return round(x / self.across + self.west, 6), round(y / EARTH_M + self.south, 6)


def metres(roads: Sequence[Road]) -> float:
    """How long they are in all."""
    ground = Ground(roads)
    return float(sum(shapely.LineString(ground.flat(road.points)).length for road in roads))


class Pieces(msgspec.Struct, frozen=True):
    """What is to be covered: the middle of each piece, its metres and its class."""

    at: Any
    metres: Any
    kinds: Any
    roads: Any


def spacing_of(kind: str, scale: float) -> float:
    return SPACING.get(kind, OTHER) * scale


def cut(lines: Sequence[Any], kinds: Sequence[str], step: float) -> Pieces:
    """Every line in even pieces of at most ``step`` metres."""
    at, metres, named, roads = [], [], [], []
    for number, (line, kind) in enumerate(zip(lines, kinds, strict=True)):
        length = float(line.length)
        count = max(1, math.ceil(length / step))
        along = (numpy.arange(count) + 0.5) * (length / count)
        at.append(shapely.line_interpolate_point(line, along))
        metres.append(numpy.full(count, length / count))
        named += [kind] * count
        roads += [number] * count
    return Pieces(
        numpy.concatenate(at), numpy.concatenate(metres), numpy.array(named), numpy.array(roads)
    )


def lay(
    roads: Sequence[Road],
    existing: Sequence[tuple[float, float]],
    *,
    count: int,
    scale: float = 1.0,
    spaced: bool = True,
) -> Laid:
    """At most ``count`` new sites beside the poles there are."""
    ground = Ground(roads)
    lines = [shapely.LineString(ground.flat(road.points)) for road in roads]
    kinds = [plain_class(road.road_class) for road in roads]
    pieces, sites = cut(lines, kinds, PIECE_M), cut(lines, kinds, STEP_M)
    reach = numpy.array([spacing_of(kind, scale) / 2 for kind in pieces.kinds])
    tree = shapely.STRtree(pieces.at)
    there = shapely.points(ground.flat(existing)) if len(existing) else numpy.array([])
    covered = numpy.zeros(len(reach), dtype=bool)
    for found in _covers(tree, pieces, reach, there):
        covered[found] = True
    apart = numpy.array([spacing_of(k, scale) * CLOSEST * spaced for k in sites.kinds])
    covers = _covers(tree, pieces, reach, sites.at)
    chosen = _greedy(sites.at, covers, pieces.metres, covered, apart, there, count)
    told = tuple(
        _site(ground, sites.at[each], gain, roads[sites.roads[each]]) for each, gain in chosen
    )
    now = shapely.points(ground.flat([(each.longitude, each.latitude) for each in told]))
    fine = cut(lines, kinds, FINE_M)
    return Laid(told, _figures(fine, there, numpy.concatenate([there, now]), scale))


def _covers(tree: Any, pieces: Pieces, reach: Any, at: Any) -> list[Any]:
    """For each point the pieces within their own reach."""
    found: list[Any] = [numpy.array([], dtype=int)] * len(at)
    if not len(at):
        return found
    points, hits = tree.query(at, predicate="dwithin", distance=float(reach.max()))
    near = shapely.distance(at[points], pieces.at[hits]) <= reach[hits]
    points, hits = points[near], hits[near]
    ends = numpy.searchsorted(points, numpy.arange(len(at) + 1))
    return [hits[ends[n] : ends[n + 1]] for n in range(len(at))]


def _greedy(
    at: Any, covers: list[Any], metres: Any, covered: Any, apart: Any, there: Any, count: int
) -> list[tuple[int, float]]:
    """Gains only sink, so whoever still leads after a second look is the best (Minoux 1978)."""
    near = _Near(at, apart, there)
    heap = [(-float(metres[each[~covered[each]]].sum()), n) for n, each in enumerate(covers)]
    heapq.heapify(heap)
    chosen: list[tuple[int, float]] = []
    while heap and len(chosen) < count:
        told, number = heapq.heappop(heap)
        if near.crowded(number):
            continue
        fresh = covers[number][~covered[covers[number]]]
        gain = float(metres[fresh].sum())
        if gain <= 0:
            continue
        if gain < -told - 1e-9:
            heapq.heappush(heap, (-gain, number))
            continue
        covered[covers[number]] = True
        near.add(number)
        chosen.append((number, gain))
    return chosen


class _Near:
    """Poles in square cells: the nearest can only be in the nine around."""

    def __init__(self, at: Any, apart: Any, there: Any) -> None:
        self.places, self.apart = shapely.get_coordinates(at), apart
        self.size = max(float(apart.max(initial=0.0)), 1.0)
        self.cells: dict[tuple[int, int], list[tuple[float, float]]] = {}
        for x, y in shapely.get_coordinates(there):
            self._put(float(x), float(y))

    def _cell(self, x: float, y: float) -> tuple[int, int]:
        return math.floor(x / self.size), math.floor(y / self.size)

    def _put(self, x: float, y: float) -> None:
        self.cells.setdefault(self._cell(x, y), []).append((x, y))

    def add(self, number: int) -> None:
        self._put(*map(float, self.places[number]))

    def crowded(self, number: int) -> bool:
        (x, y), apart = self.places[number], self.apart[number]
        column, row = self._cell(x, y)
        around = ((column + a, row + b) for a in (-1, 0, 1) for b in (-1, 0, 1))
        return any(
            math.hypot(x - there[0], y - there[1]) < apart
            for cell in around
            for there in self.cells.get(cell, ())
        )


def _site(ground: Ground, at: Any, gain: float, road: Road) -> Site:
    lon, lat = ground.round(at.x, at.y)
    kind = plain_class(road.road_class)
    return Site(longitude=lon, latitude=lat, road_class=kind, road=road.name, gain=round(gain, 1))


def _figures(pieces: Pieces, before: Any, after: Any, scale: float) -> tuple[ClassFigures, ...]:
    found = []
    for kind in sorted(set(pieces.kinds.tolist())):
        own = pieces.kinds == kind
        at, lengths = pieces.at[own], pieces.metres[own]
        spacing = spacing_of(kind, scale)
        found.append(
            ClassFigures(
                road_class=kind,
                metres=round(float(lengths.sum()), 1),
                before=round(_covered(at, lengths, before, spacing / 2), 1),
                after=round(_covered(at, lengths, after, spacing / 2), 1),
                spacing=spacing,
            )
        )
    return tuple(found)


def _covered(at: Any, lengths: Any, poles: Any, reach: float) -> float:
    if not len(poles):
        return 0.0
    hits = shapely.STRtree(poles).query(at, predicate="dwithin", distance=reach)[0]
    return float(lengths[numpy.unique(hits)].sum())
