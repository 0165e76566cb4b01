"""Sums, averages, extremes, and `all` and `any`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pengcheng.kit.feel import numbers
from pengcheng.kit.feel.builtins.registry import builtin
from pengcheng.kit.feel.comparison import less
from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.numbers import CONTEXT

List = list[Any]


def _numbers(items: List) -> list[Decimal]:
    if not all(type(item) is Decimal for item in items):
        raise FeelError("the list holds something that is not a number")
    return items


def _extreme(items: List, better: Callable[[Any, Any], bool | None]) -> Any:
    if not items:
        return None
    best = items[0]
    if best is None or less(best, best) is None:
        raise FeelError("the elements do not compare")
    for item in items[1:]:
        wins = better(item, best)
        if wins is None:
            raise FeelError("the elements do not compare")
        best = item if wins else best
    return best


@builtin("min", "list: items")
def min_(items: List) -> Any:
    return _extreme(items, less)


@builtin("max", "list: items")
def max_(items: List) -> Any:
    return _extreme(items, lambda item, best: less(best, item))


@builtin("sum", "list: items")
def sum_(items: List) -> Decimal | None:
    if not items:
        return None
    return numbers.finite(functools.reduce(CONTEXT.add, _numbers(items)))


@builtin("mean", "list: items")
def mean(items: List) -> Decimal | None:
    total = sum_(items)
    return None if total is None else numbers.divide(total, Decimal(len(items)))


@builtin("product", "list: items")
def product(items: List) -> Decimal | None:
    if not items:
        return None
    return numbers.finite(functools.reduce(CONTEXT.multiply, _numbers(items)))


@builtin("median", "list: items")
def median(items: List) -> Decimal | None:
    ordered = sorted(_numbers(items))
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return numbers.divide(CONTEXT.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@builtin("stddev", "list: items")
def stddev(items: List) -> Decimal | None:
    """Of a sample: divided by one less than the count."""
    values = _numbers(items)
    if len(values) < 2:
        raise FeelError("a deviation needs at least two numbers")
    middle = numbers.divide(functools.reduce(CONTEXT.add, values), Decimal(len(values)))
    squares = [CONTEXT.power(CONTEXT.subtract(value, middle), 2) for value in values]
    variance = numbers.divide(functools.reduce(CONTEXT.add, squares), Decimal(len(values) - 1))
    return numbers.finite(CONTEXT.sqrt(variance))


@builtin("mode", "list: items")
def mode(items: List) -> List:
    """The most frequent numbers, smallest first."""
    counts: dict[Decimal, int] = {}
    for value in _numbers(items):
        counts[value] = counts.get(value, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(value for value, count in counts.items() if count == most)


def _all(items: List) -> bool | None:
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


def _any(items: List) -> bool | None:
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


for _name in ("all", "and"):
    builtin(_name, "list: items")(_all)
for _name in ("any", "or"):
    builtin(_name, "list: items")(_any)
