"""Whether a resource fits an expression, and what an expression is of it.

Names are checked against the model before anything is read. Where a path leads to many
(``Datastreams/Observations/result``), one of them must fit, and the same one throughout the
expression: as a join would have it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from shapely.geometry.base import BaseGeometry

from pengcheng.kit.ngsild import geometry
from pengcheng.kit.sensorthings import moments
from pengcheng.kit.sensorthings.errors import StaError
from pengcheng.kit.sensorthings.functions import FUNCTIONS, fits
from pengcheng.kit.sensorthings.model import TYPES, EntityType
from pengcheng.kit.sensorthings.moments import Interval
from pengcheng.kit.sensorthings.parsing import Binary, Call, Literal, Node, Path, Unary

MOST_STEPS = 2_000_000  # evaluations one request may cost
IDS = ("id", "@iot.id")


class Resource(Protocol):
    """What an expression is asked about."""

    @property
    def type(self) -> EntityType: ...
    @property
    def id(self) -> str | int: ...
    @property
    def values(self) -> dict[str, Any]: ...


Follow = Callable[[Any, str], Iterable[Any]]
Names = tuple[str, ...]


@dataclass(slots=True)
class View:
    """One resource with what it leads to."""

    follow: Follow
    found: dict[Names, Any] = field(default_factory=dict)

    def at(self, names: Names) -> Any:
        if names not in self.found:
            owner = self.at(names[:-1])
            listed = self.follow(owner, names[-1]) if owner is not None else ()
            self.found[names] = next(iter(listed), None)
        return self.found[names]


Step = Callable[[View], Any]


class Compiled:
    """An expression over resources of one type."""

    def __init__(self, kind: EntityType, node: Node, target: str = "$filter") -> None:
        self.kind, self.target, self.node = kind, target, node
        self.many: list[Names] = []
        self.run = self._step(node)
        self.many.sort(key=len)
        self.steps = 0

    def holds(self, resource: Any, follow: Follow) -> bool:
        if not self.many:
            self._count()
            return self.run(View(follow, {(): resource})) is True
        return self._any(View(follow, {(): resource}), 0)

    def value(self, resource: Any, follow: Follow) -> Any:
        return self.run(View(follow, {(): resource}))

    def _count(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise StaError("The filter has to look at too much; narrow it", target=self.target)

    def _any(self, view: View, index: int) -> bool:
        """Whether one choice among the many fits; none at all counts as nothing."""
        if index == len(self.many):
            self._count()
            return self.run(view) is True
        names = self.many[index]
        owner = view.at(names[:-1])
        empty = True
        for each in view.follow(owner, names[-1]) if owner is not None else ():
            empty = False
            kept = {key: value for key, value in view.found.items() if key[: len(names)] != names}
            if self._any(View(view.follow, {**kept, names: each}), index + 1):
                return True
        if not empty:
            return False
        return self._any(View(view.follow, {**view.found, names: None}), index + 1)

    # -- from the tree to steps ----------------------------------------------------------

    def _step(self, node: Node) -> Step:
        if isinstance(node, Literal):
            value = node.value
            return lambda view: value
        if isinstance(node, Path):
            return self._path(node)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, Unary):
            inner = self._step(node.inner)
            if node.operator == "not":
                return lambda view: _not(inner(view))
            return lambda view: _negative(inner(view))
        return self._binary(node)

    def _binary(self, node: Binary) -> Step:
        left, right = self._step(node.left), self._step(node.right)
        if node.operator == "and":
            return lambda view: left(view) is True and right(view) is True
        if node.operator == "or":
            return lambda view: left(view) is True or right(view) is True
        run = ARITHMETIC.get(node.operator)
        if run is not None:
            return lambda view: _calculated(run, left(view), right(view))
        name = node.operator
        return lambda view: compare(name, left(view), right(view))

    def _call(self, node: Call) -> Step:
        function, arguments = FUNCTIONS[node.name], [self._step(each) for each in node.arguments]
        geo = function.takes[:1] == (BaseGeometry,)

        def run(view: View) -> Any:
            values = [_shaped(each(view)) if geo else each(view) for each in arguments]
            return function.run(*values) if fits(function, values) else None

        return run

    def _path(self, node: Path) -> Step:
        kind, names = self.kind, node.names
        for count, name in enumerate(names):
            link = kind.links.get(name)
            if link is None:
                return self._property(kind, names[:count], names[count:], node.at)
            prefix = names[: count + 1]
            if link.many and prefix not in self.many:
                self.many.append(prefix)
            kind = TYPES[link.target]
        raise self._wrong(
            f"{'/'.join(names)} leads to {kind.name}; name one of its properties", node
        )

    def _property(self, kind: EntityType, owner: Names, rest: Names, at: int) -> Step:
        name, inner = rest[0], rest[1:]
        if name in IDS and not inner:
            return lambda view: (found := view.at(owner)) and found.id
        prop = kind.properties.get(name)
        if prop is None:
            raise self._wrong(f"{kind.name} has no property {name!r}", at)
        if inner and prop.kind not in {"json", "any", "geo"}:
            raise self._wrong(f"{name} of {kind.name} has nothing within", at)
        timely = prop.kind in {"time", "interval"}

        def read(view: View) -> Any:
            found = view.at(owner)
            value = found.values.get(name) if found is not None else None
            for each in inner:
                value = value.get(each) if isinstance(value, dict) else None
            return moments.moment(value) if timely else value

        return read

    def _wrong(self, message: str, where: Path | int) -> StaError:
        at = where if isinstance(where, int) else where.at
        return StaError(f"{self.target}: {message}", target=self.target, at=at)


def _not(value: Any) -> bool:
    return value is not True


def _negative(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | timedelta):
        return None
    return -value


def _shaped(value: Any) -> Any:
    """A geometry that came as GeoJSON, also within a Feature."""
    if not isinstance(value, dict):
        return value
    if value.get("type") == "Feature":
        value = value.get("geometry")
    return geometry.to_shape(value) if geometry.looks_like(value) else None


def _modulo(one: Any, other: Any) -> Any:
    return one - other * int(one / other)


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "mod": _modulo,
}
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
QUANTITIES = (int, float, datetime, timedelta)


def _calculated(run: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    if isinstance(one, Interval) or isinstance(other, Interval):
        return _moved(run, one, other)
    if not _quantity(one) or not _quantity(other):
        return None
    try:
        return run(one, other)
    except (TypeError, ZeroDivisionError, OverflowError, ValueError):
        return None


def _moved(run: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    """An interval earlier or later by a duration."""
    if isinstance(one, timedelta) and run is operator.add:
        one, other = other, one
    if not isinstance(one, Interval) or not isinstance(other, timedelta):
        return None
    start, end = _calculated(run, one.start, other), _calculated(run, one.end, other)
    return Interval(start, end) if start is not None and end is not None else None


def _quantity(value: Any) -> bool:
    return isinstance(value, QUANTITIES) and not isinstance(value, bool)


def compare(name: str, one: Any, other: Any) -> bool:
    """Nothing equals only nothing, and comes neither before nor after anything."""
    if one is None or other is None:
        return {"eq": one is other, "ne": one is not other}.get(name, False)
    if isinstance(one, Interval) or isinstance(other, Interval):
        return _compare_times(name, one, other)
    one, other = _alike(one, other), _alike(other, one)
    numbers = _quantity(one) and _quantity(other)
    if type(one) is not type(other) and not (numbers and _same_measure(one, other)):
        return name == "ne"
    if isinstance(one, dict | list | BaseGeometry) and name not in {"eq", "ne"}:
        return False
    return bool(ORDER[name](one, other))


def _same_measure(one: Any, other: Any) -> bool:
    return isinstance(one, int | float) and isinstance(other, int | float)


def _alike(value: Any, other: Any) -> Any:
    """A text beside a moment is read as one; GeoJSON beside a geometry likewise."""
    if isinstance(value, str) and isinstance(other, datetime):
        return moments.instant(value) or value
    if isinstance(value, dict) and isinstance(other, BaseGeometry):
        return _shaped(value)
    return value


def _compare_times(name: str, one: Any, other: Any) -> bool:
    """Before is wholly before, after is wholly after."""
    if not isinstance(one, datetime | Interval) or not isinstance(other, datetime | Interval):
        return name == "ne"
    (a, b), (c, d) = moments.ends(one), moments.ends(other)
    return {
        "eq": (a, b) == (c, d),
        "ne": (a, b) != (c, d),
        "gt": a > d,
        "ge": a >= d,
        "lt": b < c,
        "le": b <= c,
    }[name]
