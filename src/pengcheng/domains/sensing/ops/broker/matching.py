"""Which subscriptions a change may concern, without asking all of them.

Subscriptions lie by type of entity, and below that by what rules out most changes: the ids they
name, the cells of a grid their area touches, or the attributes they watch. What is found here may
still not match; what is not found cannot. The writer's thread reads while the loop changes: every
list is replaced, none is altered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pengcheng.kit.ngsild import geometry
from pengcheng.kit.ngsild.changing import Change
from pengcheng.kit.ngsild.choosing import GeoQuery
from pengcheng.kit.ngsild.reading import Entity
from pengcheng.kit.ngsild.watching import Watch

ANY = "*"
CELL = 0.1  # degrees
MOST_CELLS = 64  # an area that touches more lies with those that are everywhere
METRES = 111_000.0  # of a degree, a little less than it is
Cell = tuple[str, int, int]
Box = tuple[float, float, float, float]


@dataclass
class Shelf:
    """Subscriptions to one type of entity."""

    everywhere: tuple[Watch, ...] = ()
    by_id: dict[str, tuple[Watch, ...]] = field(default_factory=dict)
    by_attribute: dict[str, tuple[Watch, ...]] = field(default_factory=dict)
    by_cell: dict[Cell, tuple[Watch, ...]] = field(default_factory=dict)
    watching: tuple[Watch, ...] = ()  # all those by attribute
    around: dict[str, tuple[Watch, ...]] = field(default_factory=dict)  # by cell, for a property

    def find(self, entity: Entity, change: Change, *, deleted: bool) -> Iterator[Watch]:
        yield from self.everywhere
        if self.by_id:
            yield from self.by_id.get(entity["id"], ())
        if self.by_attribute:
            yield from self._by_attribute(change, deleted=deleted)
        for name in self.around:
            yield from self._by_place(entity, name)

    def _by_attribute(self, change: Change, *, deleted: bool) -> Iterator[Watch]:
        if deleted:
            yield from self.watching
            return
        for name in change.names():
            yield from self.by_attribute.get(name, ())

    def _by_place(self, entity: Entity, name: str) -> Iterator[Watch]:
        for instance in entity["attrs"].get(name, ()):
            touched = cells(name, box_of(instance.get("value")))
            if touched is None:
                yield from self.around[name]
                return
            for cell in touched:
                yield from self.by_cell.get(cell, ())


class Index:
    """All subscriptions, by tenant and type."""

    def __init__(self) -> None:
        self._shelves: dict[str, dict[str, Shelf]] = {}

    def add(self, watch: Watch) -> None:
        for shelf in self._shelves_of(watch):
            for holder, key in _places(shelf, watch):
                holder[key] = (*holder.get(key, ()), watch)
            _again(shelf, watch, add=True)

    def remove(self, watch: Watch) -> None:
        for shelf in self._shelves_of(watch):
            for holder, key in _places(shelf, watch):
                rest = _without(holder.get(key, ()), watch)
                if rest:
                    holder[key] = rest
                else:
                    holder.pop(key, None)
            _again(shelf, watch, add=False)

    def candidates(
        self, tenant: str, entity: Entity, change: Change, *, deleted: bool
    ) -> Iterable[Watch]:
        shelves = self._shelves.get(tenant)
        if not shelves:
            return ()
        found: dict[str, Watch] = {}
        for name in (ANY, *entity["type"]):
            shelf = shelves.get(name)
            if shelf is not None:
                found |= {each.id: each for each in shelf.find(entity, change, deleted=deleted)}
        return found.values()

    def _shelves_of(self, watch: Watch) -> list[Shelf]:
        names: set[str] = set()
        for selector in watch.selectors:
            names |= selector.types.names if selector.types else {ANY}
        shelves = self._shelves.setdefault(watch.tenant, {})
        return [shelves.setdefault(name, Shelf()) for name in names or {ANY}]


def _places(shelf: Shelf, watch: Watch) -> list[tuple[dict, str | Cell]]:  # type: ignore[type-arg]
    """Where a subscription lies, if it is not everywhere."""
    if watch.selectors and all(each.ids for each in watch.selectors):
        return [(shelf.by_id, each) for selector in watch.selectors for each in selector.ids]
    touched = cells_of(watch.geo) if watch.geo is not None else None
    if touched is not None and watch.geo is not None:
        found: list[tuple[dict, str | Cell]] = [(shelf.around, watch.geo.property)]  # type: ignore[type-arg]
        return found + [(shelf.by_cell, each) for each in touched]
    return [(shelf.by_attribute, each) for each in watch.watched]


def _again(shelf: Shelf, watch: Watch, *, add: bool) -> None:
    """Lists without a key."""
    places = _places(shelf, watch)
    if not places:
        rest = _without(shelf.everywhere, watch)
        shelf.everywhere = (*rest, watch) if add else rest
    elif places[0][0] is shelf.by_attribute:
        rest = _without(shelf.watching, watch)
        shelf.watching = (*rest, watch) if add else rest


def _without(listed: tuple[Watch, ...], watch: Watch) -> tuple[Watch, ...]:
    return tuple(each for each in listed if each is not watch)


# --- places -----------------------------------------------------------------------------


def cells_of(query: GeoQuery) -> list[Cell] | None:
    """The cells in which something that matches must touch; ``None``: it can be anywhere."""
    if query.reach is None:
        return None
    west, south, east, north = query.reference.bounds
    tall = query.reach / METRES
    widest = max(abs(south), abs(north)) + tall
    if widest > 85:
        return None
    wide = tall / math.cos(math.radians(widest))
    box = (west - wide, south - tall, east + wide, north + tall)
    return None if box[0] < -180 or box[2] > 180 else cells(query.property, box)


def cells(name: str, box: Box | None) -> list[Cell] | None:
    """The cells that a box touches; none if there is no box, ``None`` if there are too many."""
    if box is None:
        return []
    left, low, right, high = (math.floor(each / CELL) for each in box)
    if (right - left + 1) * (high - low + 1) > MOST_CELLS:
        return None
    return [(name, x, y) for x in range(left, right + 1) for y in range(low, high + 1)]


def box_of(value: object) -> Box | None:
    if not isinstance(value, dict) or not geometry.looks_like(value):
        return None
    if value["type"] == "Point":
        x, y = value["coordinates"][:2]
        return x, y, x, y
    bounds: Box = geometry.to_shape(value).bounds
    return bounds
