"""Where the elements of a process stand: columns along the flow, rows within lanes.

A flow that passes other columns gets a place in each of them, so that it never runs through an
element.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from pengcheng.kit.bpmn.model import Flow, NodeKind, Process

ROW, THIN, GAP, MARGIN, BAND = 112, 30, 48, 16, 30
_SIZES: dict[NodeKind, tuple[int, int]] = {
    "start": (36, 36),
    "end": (36, 36),
    "timer": (36, 36),
    "message": (36, 36),
    "exclusive": (50, 50),
    "parallel": (50, 50),
    "pass": (36, 36),
}
_TASK = (120, 76)
_VIA = (12, 0)


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def centre(self) -> int:
        return self.x + self.width // 2


Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Layout:
    boxes: Mapping[str, Box]
    ways: Mapping[str, tuple[Point, ...]]  # by id of the flow
    lanes: Mapping[str, Box]
    width: int
    height: int


@dataclass(slots=True)
class _Place:
    """An element, or the place where a flow passes a column."""

    lane: int
    size: tuple[int, int]
    before: list[str]
    column: int
    passing: bool = False
    row: int = 0


def lay_out(process: Process) -> Layout:
    """For a process without circles, such as `from_steps` makes."""
    return _Planner(process).layout()


class _Planner:
    def __init__(self, process: Process) -> None:
        self.process = process
        self.lane_ids = [lane.id for lane in process.lanes] or [""]
        self.places: dict[str, _Place] = {}
        self.chains: dict[str, list[str]] = {}
        columns = self._columns()
        for node in process.nodes:
            lane = self.lane_ids.index(node.lane) if node.lane in self.lane_ids else 0
            size = _SIZES.get(node.kind, _TASK)
            self.places[node.id] = _Place(lane, size, [], columns[node.id])
        for flow in process.flows:
            self._chain(flow)
        self.count = max(place.column for place in self.places.values()) + 1

    def _columns(self) -> dict[str, int]:
        """The longest way from the beginning."""
        into = self.process.into()
        out_of = self.process.out_of()
        waiting = {node.id: len(into[node.id]) for node in self.process.nodes}
        ready = [node_id for node_id, count in waiting.items() if not count]
        columns = dict.fromkeys(waiting, 0)
        while ready:
            node_id = ready.pop(0)
            for flow in out_of[node_id]:
                columns[flow.target] = max(columns[flow.target], columns[node_id] + 1)
                waiting[flow.target] -= 1
                if not waiting[flow.target]:
                    ready.append(flow.target)
        return columns

    def _chain(self, flow: Flow) -> None:
        first, last = self.places[flow.source], self.places[flow.target]
        chain = [flow.source]
        for column in range(first.column + 1, last.column):
            via = f"{flow.id}@{column}"
            self.places[via] = _Place(last.lane, _VIA, [chain[-1]], column, passing=True)
            chain.append(via)
        last.before.append(chain[-1])
        self.chains[flow.id] = [*chain, flow.target]

    # --- rows ---------------------------------------------------------------------------

    def _rows(self) -> list[list[int]]:
        """Gives each place its row within its lane; answers the heights of the rows by lane.

        A row in which flows only pass needs little height.
        """
        for column in range(self.count):
            for lane in range(len(self.lane_ids)):
                self._rows_of(
                    [p for p in self.places.values() if (p.column, p.lane) == (column, lane)]
                )
        heights: list[list[int]] = []
        for lane in range(len(self.lane_ids)):
            mine = [place for place in self.places.values() if place.lane == lane]
            tall = {place.row for place in mine if not place.passing}
            last = max((place.row for place in mine), default=0)
            heights.append([ROW if r in tall or not mine else THIN for r in range(last + 1)])
        return heights

    def _rows_of(self, here: list[_Place]) -> None:
        following = 0
        for place in sorted(here, key=lambda place: (self._wanted(place), place.passing)):
            place.row = max(following, self._wanted(place))
            following = place.row + 1

    def _wanted(self, place: _Place) -> int:
        """On a line with what comes before it in the same lane."""
        before = [self.places[each] for each in place.before]
        return min((each.row for each in before if each.lane == place.lane), default=0)

    # --- coordinates --------------------------------------------------------------------

    def layout(self) -> Layout:
        heights = self._rows()
        self.tops = [MARGIN + sum(map(sum, heights[:lane])) for lane in range(len(heights))]
        self.heights = heights
        self.lefts, right = self._lefts(MARGIN + (BAND + GAP // 2 if self.process.lanes else 0))
        boxes = {name: self._box(place) for name, place in self.places.items()}
        lanes = {
            lane.id: Box(MARGIN, self.tops[n], right - MARGIN + GAP // 2, sum(heights[n]))
            for n, lane in enumerate(self.process.lanes)
        }
        return Layout(
            boxes={node.id: boxes[node.id] for node in self.process.nodes},
            ways={flow: self._way(chain, boxes) for flow, chain in self.chains.items()},
            lanes=lanes,
            width=right + MARGIN + (GAP // 2 if lanes else 0),
            height=self.tops[-1] + sum(heights[-1]) + MARGIN,
        )

    def _lefts(self, left: int) -> tuple[list[tuple[int, int]], int]:
        """Left edge and width of each column, and where the last one ends."""
        found = []
        for column in range(self.count):
            width = max(p.size[0] for p in self.places.values() if p.column == column)
            found.append((left, width))
            left += width + GAP
        return found, left - GAP

    def _box(self, place: _Place) -> Box:
        left, room = self.lefts[place.column]
        width, height = (room, 0) if place.passing else place.size
        rows = self.heights[place.lane]
        top = self.tops[place.lane] + sum(rows[: place.row])
        return Box(left + (room - width) // 2, top + (rows[place.row] - height) // 2, width, height)

    def _way(self, chain: list[str], boxes: Mapping[str, Box]) -> tuple[Point, ...]:
        """Out at the right, in at the left, bends in the gaps between columns."""
        points: list[Point] = []
        for here, there in pairwise(chain):
            a, b = boxes[here], boxes[there]
            bend = self._bend(here, self.places[there].column)
            points += [(a.x + a.width, a.middle), (bend, a.middle), (bend, b.middle)]
            points.append((b.x, b.middle))
        return _straightened(points)

    def _bend(self, here: str, column: int) -> int:
        """Each source has a track of its own in the gap, so that flows can be told apart."""
        sources = [name for name, place in self.places.items() if place.column == column - 1]
        track = sources.index(here) % 5 - 2
        return self.lefts[column][0] - GAP // 2 + 6 * track


def _straightened(points: list[Point]) -> tuple[Point, ...]:
    """Without the points that lie on the line between their neighbours."""
    found: list[Point] = []
    for point in points:
        if found and found[-1] == point:
            continue
        while len(found) > 1 and _in_line(found[-2], found[-1], point):
            found.pop()
        found.append(point)
    return tuple(found)


def _in_line(a: Point, b: Point, c: Point) -> bool:
    return a[0] == b[0] == c[0] or a[1] == b[1] == c[1]
