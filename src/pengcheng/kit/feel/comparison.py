"""Equality and order of values. Two values of different kinds do not compare: null."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pengcheng.kit.feel.bounds import check_size
from pengcheng.kit.feel.temporal import Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from pengcheng.kit.feel.temporal.durations import SECOND

_PLAIN = (str, Decimal)


def equal(left: Any, right: Any) -> bool | None:
    """True, false, or null when the kinds differ; null equals only null."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return None
    if kind is Decimal or kind is str or kind is bool:
        return bool(left == right)
    if kind is list or kind is dict:
        check_size(left)
    return _equal_deep(left, right)


def _equal_deep(left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return None
    compare = _EQUAL.get(kind)
    return _equal_other(left, right) if compare is None else compare(left, right)


def less(left: Any, right: Any) -> bool | None:
    """Strict order of numbers, texts, points in time and durations; null for all else."""
    kind = type(left)
    if kind is not type(right):
        return None
    if kind is Decimal or kind is str:
        return bool(left < right)
    rank = _RANK.get(kind)
    if rank is None:
        return None
    return bool(rank(left) < rank(right))


def _equal_lists(left: list[Any], right: list[Any]) -> bool | None:
    if len(left) != len(right):
        return False
    return all(_equal_deep(a, b) is True for a, b in zip(left, right, strict=True))


def _equal_contexts(left: dict[str, Any], right: dict[str, Any]) -> bool | None:
    if left.keys() != right.keys():
        return False
    return all(_equal_deep(value, right[key]) is True for key, value in left.items())


def _equal_times(left: Time, right: Time) -> bool:
    """Times are equal to the second: the standard's value of a time drops its fraction."""
    return left.rank // SECOND == right.rank // SECOND and (left.zone is None) == (
        right.zone is None
    )


def _equal_date_times(left: DateTime, right: DateTime) -> bool:
    return left.rank // SECOND == right.rank // SECOND and (left.zone is None) == (
        right.zone is None
    )


def _equal_other(left: Any, right: Any) -> bool | None:
    same = getattr(left, "same", None)
    return left is right if same is None else bool(same(right))


_EQUAL: dict[type, Callable[[Any, Any], bool | None]] = {
    list: _equal_lists,
    dict: _equal_contexts,
    Decimal: lambda a, b: bool(a == b),
    str: lambda a, b: bool(a == b),
    bool: lambda a, b: a is b,
    Date: lambda a, b: bool(a == b),
    Time: _equal_times,
    DateTime: _equal_date_times,
    DayTimeDuration: lambda a, b: bool(a == b),
    YearMonthDuration: lambda a, b: bool(a == b),
}
_RANK: dict[type, Callable[[Any], int]] = {
    Date: lambda value: int(value.rank),
    Time: lambda value: int(value.rank),
    DateTime: lambda value: int(value.rank),
    DayTimeDuration: lambda value: int(value.nanos),
    YearMonthDuration: lambda value: int(value.months),
}


def at_most(left: Any, right: Any) -> bool | None:
    before = less(left, right)
    return before if before is not False else equal(left, right)


def orderable(value: Any) -> bool:
    return type(value) in _RANK or type(value) in _PLAIN
