"""How times lie to each other in CQL2 (21-065, clause 7.4): Allen's relations on spans."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pengcheng.kit.sensorthings import moments

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when; a moment is a span without length, a day one of its whole length."""

    start: datetime
    end: datetime
    day: bool = False


def literal(text: str, day: bool) -> Span | None:
    found = moments.instant(text)
    if found is None:
        return None
    if not day:
        return Span(found, found)
    return Span(found, found + timedelta(days=1) - timedelta(microseconds=1), day=True)


def span(value: Any) -> Span | None:
    """What can be read as a time."""
    if isinstance(value, Span):
        return value
    if isinstance(value, datetime):
        return Span(value, value)
    if not isinstance(value, str):
        return None
    found = moments.moment(value)
    if found is None:
        return None
    if isinstance(found, datetime) and len(value) == 10:
        return literal(value, day=True)
    return Span(*moments.ends(found))


def interval(start: Any, end: Any) -> Span | None:
    """Two ends, of which ".." is open."""
    first = Span(FIRST, FIRST) if start == ".." else span(start)
    last = Span(LAST, LAST) if end == ".." else span(end)
    if first is None or last is None:
        return None
    return Span(first.start, last.end)


def compared(run: Callable[[Any, Any], bool], one: Any, other: Any) -> bool | None:
    """A moment beside a day is that day."""
    a, b = span(one), span(other)
    if a is None or b is None:
        return None
    if a.day or b.day:
        return bool(run(a.start.date(), b.start.date()))
    if run in {operator.gt, operator.ge}:
        return bool(run(a.start, b.end))
    if run in {operator.lt, operator.le}:
        return bool(run(a.end, b.start))
    return bool(run((a.start, a.end), (b.start, b.end)))


RELATIONS: dict[str, Callable[[Span, Span], bool]] = {
    "after": lambda a, b: a.start > b.end,
    "before": lambda a, b: a.end < b.start,
    "contains": lambda a, b: a.start < b.start and a.end > b.end,
    "disjoint": lambda a, b: a.end < b.start or a.start > b.end,
    "during": lambda a, b: a.start > b.start and a.end < b.end,
    "equals": lambda a, b: a.start == b.start and a.end == b.end,
    "finishedby": lambda a, b: a.start < b.start and a.end == b.end,
    "finishes": lambda a, b: a.start > b.start and a.end == b.end,
    "intersects": lambda a, b: a.start <= b.end and b.start <= a.end,
    "meets": lambda a, b: a.end == b.start,
    "metby": lambda a, b: a.start == b.end,
    "overlappedby": lambda a, b: b.start < a.start < b.end < a.end,
    "overlaps": lambda a, b: a.start < b.start < a.end < b.end,
    "startedby": lambda a, b: a.start == b.start and a.end > b.end,
    "starts": lambda a, b: a.start == b.start and a.end < b.end,
}
