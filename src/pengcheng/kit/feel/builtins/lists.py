"""Lists. Positions count from 1; negative ones from the end."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from pengcheng.kit.feel import numbers
from pengcheng.kit.feel.builtins.registry import builtin
from pengcheng.kit.feel.comparison import equal, less
from pengcheng.kit.feel.errors import FeelError, LimitExceeded
from pengcheng.kit.feel.functions import Function
from pengcheng.kit.feel.runtime import Run

List = list[Any]


def _index(items: Sequence[Any], position: Decimal) -> int:
    """Where a position points, from 0."""
    index = numbers.whole(position)
    if index == 0 or abs(index) > len(items):
        raise FeelError("the position lies outside the list")
    return index - 1 if index > 0 else len(items) + index


def _bounded(run: Run, items: List) -> List:
    run.spend(len(items) >> 4)
    if len(items) > run.limits.items:
        raise LimitExceeded("the list is too long")
    return items


def _among(items: Iterable[Any], value: Any) -> bool:
    return any(equal(item, value) is True for item in items)


@builtin("list contains", "list: list, element: any", run=True)
def list_contains(run: Run, items: List, element: Any) -> bool:
    run.spend(len(items) >> 4)
    return _among(items, element)


@builtin("count", "list: items")
def count(items: List) -> Decimal:
    return Decimal(len(items))


@builtin("sublist", "list: list, start position: number, length: number?")
def sublist(items: List, start: Decimal, length: Decimal | None) -> List:
    first = _index(items, start)
    if length is None:
        return items[first:]
    last = first + numbers.whole(length)
    if last < first or last > len(items):
        raise FeelError("the length does not fit the list")
    return items[first:last]


@builtin("append", "list: list, item: any*", run=True)
def append(run: Run, items: List, more: List) -> List:
    return _bounded(run, [*items, *more])


@builtin("concatenate", "list: list*", run=True)
def concatenate(run: Run, lists: list[List]) -> List:
    return _bounded(run, [item for items in lists for item in items])


@builtin("insert before", "list: list, position: number, newItem: any", run=True)
def insert_before(run: Run, items: List, position: Decimal, new: Any) -> List:
    index = _index(items, position)
    return _bounded(run, [*items[:index], new, *items[index:]])


@builtin("remove", "list: list, position: number")
def remove(items: List, position: Decimal) -> List:
    index = _index(items, position)
    return [*items[:index], *items[index + 1 :]]


@builtin("list replace", "list: list, position: number, newItem: any")
def list_replace_at(items: List, position: Decimal, new: Any) -> List:
    index = _index(items, position)
    return [*items[:index], new, *items[index + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: any", run=True)
def list_replace_where(run: Run, items: List, match: Function, new: Any) -> List:
    return [new if _holds(run, match, item, new) else item for item in items]


def _holds(run: Run, function: Function, *args: Any) -> bool:
    answer = function.call(run, args)
    if not isinstance(answer, bool):
        raise FeelError("the function does not answer true or false")
    return answer


@builtin("reverse", "list: list")
def reverse(items: List) -> List:
    return items[::-1]


@builtin("index of", "list: list, match: any")
def index_of(items: List, match: Any) -> List:
    return [Decimal(i) for i, item in enumerate(items, 1) if equal(item, match) is True]


@builtin("union", "list: list*", run=True)
def union(run: Run, lists: list[List]) -> List:
    return distinct_values(run, [item for items in lists for item in items])


@builtin("distinct values", "list: list", run=True)
def distinct_values(run: Run, items: List) -> List:
    """The first of each group of equals, in order; plain values by hash, the rest compared."""
    seen: set[Any] = set()
    others: List = []
    kept: List = []
    for item in items:
        if type(item) in (str, Decimal, bool, type(None)):
            key = (type(item), item)
            if key not in seen:
                seen.add(key)
                kept.append(item)
            continue
        run.spend(1 + (len(others) >> 2))
        if not _among(others, item):
            others.append(item)
            kept.append(item)
    return kept


@builtin("flatten", "list: list", run=True)
def flatten(run: Run, items: List) -> List:
    flat: List = []
    pending = [iter(items)]
    while pending:
        for item in pending[-1]:
            run.spend()
            if isinstance(item, list):
                pending.append(iter(item))
                break
            flat.append(item)
        else:
            pending.pop()
    return flat


@builtin("sort", "list: list, precedes: function", run=True)
def sort(run: Run, items: List, precedes: Function) -> List:
    def compare(left: Any, right: Any) -> int:
        if _holds(run, precedes, left, right):
            return -1
        return 1 if _holds(run, precedes, right, left) else 0

    return sorted(items, key=functools.cmp_to_key(compare))


@builtin("sort", "list: list")
def sort_naturally(items: List) -> List:
    def compare(left: Any, right: Any) -> int:
        before = less(left, right)
        if before is None:
            raise FeelError("the elements do not compare")
        return -1 if before else int(less(right, left) is True)

    return sorted(items, key=functools.cmp_to_key(compare))
