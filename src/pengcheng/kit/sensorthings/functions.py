"""The functions of $filter (18-088, table 22 and 23) on Python's values; nothing gives nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from shapely.geometry.base import BaseGeometry

from pengcheng.kernel import clock
from pengcheng.kit.sensorthings.moments import Interval, ends


@dataclass(frozen=True)
class Function:
    counts: tuple[int, ...]
    run: Callable[..., Any]
    takes: tuple[type, ...] = ()  # kinds of the first arguments; another kind gives nothing


def _at(text: str, start: int, length: int | None = None) -> str:
    first = max(int(start), 0)
    return text[first:] if length is None else text[first : first + max(int(length), 0)]


def _round(number: float) -> float:
    """Halves go away from zero, as in OData."""
    return math.copysign(math.floor(abs(number) + 0.5), number)


def _begin(value: Any) -> datetime:
    return ends(value)[0]


def _relate(one: BaseGeometry, other: BaseGeometry, pattern: str) -> bool | None:
    if len(pattern) != 9 or set(pattern) - set("TF*012"):
        return None
    return bool(one.relate_pattern(other, pattern))


def _geo(name: str) -> Function:
    def run(one: BaseGeometry, other: BaseGeometry) -> bool:
        return bool(getattr(one, name)(other))

    return Function((2,), run, (BaseGeometry, BaseGeometry))


def _times(test: Callable[[Any, Any], bool]) -> Function:
    """How two times lie to each other; an extension that other services have as well."""

    def run(one: Any, other: Any) -> bool:
        return test(ends(one), ends(other))

    return Function((2,), run, (datetime | Interval, datetime | Interval))  # type: ignore[arg-type]


_TIME: tuple[Any, ...] = (datetime | Interval,)
FUNCTIONS: dict[str, Function] = {
    # strings
    "substringof": Function((2,), lambda part, whole: part in whole, (str, str)),
    "contains": Function((2,), lambda whole, part: part in whole, (str, str)),
    "endswith": Function((2,), lambda whole, part: whole.endswith(part), (str, str)),
    "startswith": Function((2,), lambda whole, part: whole.startswith(part), (str, str)),
    "length": Function((1,), len, (str,)),
    "indexof": Function((2,), lambda whole, part: whole.find(part), (str, str)),
    "substring": Function((2, 3), _at, (str, int)),
    "tolower": Function((1,), str.lower, (str,)),
    "toupper": Function((1,), str.upper, (str,)),
    "trim": Function((1,), str.strip, (str,)),
    "concat": Function((2,), lambda one, other: one + other, (str, str)),
    # dates, in UTC
    "year": Function((1,), lambda at: _begin(at).year, _TIME),
    "month": Function((1,), lambda at: _begin(at).month, _TIME),
    "day": Function((1,), lambda at: _begin(at).day, _TIME),
    "hour": Function((1,), lambda at: _begin(at).hour, _TIME),
    "minute": Function((1,), lambda at: _begin(at).minute, _TIME),
    "second": Function((1,), lambda at: _begin(at).second, _TIME),
    "fractionalseconds": Function((1,), lambda at: _begin(at).microsecond / 1e6, _TIME),
    "date": Function((1,), lambda at: datetime.combine(_begin(at).date(), time(tzinfo=UTC)), _TIME),
    "time": Function((1,), lambda at: _begin(at).timetz(), _TIME),
    "totaloffsetminutes": Function((1,), lambda at: 0, _TIME),
    "totalseconds": Function((1,), timedelta.total_seconds, (timedelta,)),
    "now": Function((0,), clock.now),
    "mindatetime": Function((0,), lambda: datetime.min.replace(tzinfo=UTC)),
    "maxdatetime": Function((0,), lambda: datetime.max.replace(tzinfo=UTC)),
    # numbers
    "round": Function((1,), _round, (float,)),
    "floor": Function((1,), math.floor, (float,)),
    "ceiling": Function((1,), math.ceil, (float,)),
    # places; distances and lengths are in units of the coordinate system: degrees
    "geo.distance": Function(
        (2,), lambda one, other: float(one.distance(other)), (BaseGeometry, BaseGeometry)
    ),
    "geo.length": Function((1,), lambda one: float(one.length), (BaseGeometry,)),
    "geo.intersects": _geo("intersects"),
    **{
        f"st_{name}": _geo(name)
        for name in ("equals", "disjoint", "touches", "within", "overlaps", "crosses")
    },
    "st_intersects": _geo("intersects"),
    "st_contains": _geo("contains"),
    "st_relate": Function((3,), _relate, (BaseGeometry, BaseGeometry, str)),
    # times
    "before": _times(lambda one, other: one[1] < other[0]),
    "after": _times(lambda one, other: one[0] > other[1]),
    "meets": _times(lambda one, other: one[1] == other[0] or one[0] == other[1]),
    "during": _times(lambda one, other: one[0] >= other[0] and one[1] <= other[1]),
    "overlaps": _times(lambda one, other: one[0] <= other[1] and other[0] <= one[1]),
    "starts": _times(lambda one, other: one[0] == other[0]),
    "finishes": _times(lambda one, other: one[1] == other[1]),
}


def fits(function: Function, arguments: list[Any]) -> bool:
    """Whether the arguments are of the kinds that the function takes."""
    for kind, value in zip(function.takes, arguments, strict=False):
        if kind is float:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
        elif not isinstance(value, kind):
            return False
    return not any(each is None for each in arguments)
