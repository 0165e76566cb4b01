"""Allen's relations between points and ranges, as the standard spells them out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pengcheng.kit.feel.builtins.registry import builtin
from pengcheng.kit.feel.comparison import equal, less, orderable
from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.ranges import Range


def _same(left: Any, right: Any) -> bool:
    found = equal(left, right)
    if found is None or left is None:
        raise FeelError("the values do not compare")
    return found


def _less(left: Any, right: Any) -> bool:
    found = less(left, right)
    if found is None:
        raise FeelError("the values do not compare")
    return found


def _at_most(left: Any, right: Any) -> bool:
    return _less(left, right) or _same(left, right)


def _point(value: Any) -> Any:
    if type(value) is list and len(value) == 1:
        value = value[0]
    if not orderable(value):
        raise FeelError("a point or a range is expected")
    return value


def _starts_first(a: Range, b: Range) -> bool:
    return _less(a.low, b.low) or (_same(a.low, b.low) and a.low_closed and not b.low_closed)


def _ends_last(a: Range, b: Range) -> bool:
    return _less(b.high, a.high) or (_same(a.high, b.high) and a.high_closed and not b.high_closed)


def _same_start(a: Range, b: Range) -> bool:
    return _same(a.low, b.low) and a.low_closed == b.low_closed


def _same_end(a: Range, b: Range) -> bool:
    return _same(a.high, b.high) and a.high_closed == b.high_closed


def _within(point: Any, r: Range) -> bool:
    found = r.contains(point)
    if found is None:
        raise FeelError("the values do not compare")
    return found


def _before_range(a: Range, b: Range) -> bool:
    touching = a.high_closed and b.low_closed
    return _less(a.high, b.low) or (_same(a.high, b.low) and not touching)


def _includes(a: Range, b: Range) -> bool:
    return not _starts_first(b, a) and not _ends_last(b, a)


def _touch(a: Range, b: Range) -> bool:
    """They have at least one point in common, by their ends."""
    return not _before_range(a, b) and not _before_range(b, a)


def _overlaps_before(a: Range, b: Range) -> bool:
    return _starts_first(a, b) and not _ends_last(a, b) and _touch(a, b)


def _starts_with(a: Range, b: Range) -> bool:
    return _same_start(a, b) and not _ends_last(a, b)


def _finishes(a: Range, b: Range) -> bool:
    return _same_end(a, b) and not _starts_first(a, b)


def _point_before(p: Any, r: Range) -> bool:
    return _less(p, r.low) or (_same(p, r.low) and not r.low_closed)


def _point_after(p: Any, r: Range) -> bool:
    return _less(r.high, p) or (_same(r.high, p) and not r.high_closed)


def _flip(rule: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda a, b: rule(b, a)


_Rule = Callable[[Any, Any], bool]
# For each name: what it means for point-point, point-range, range-point and range-range.
_RELATIONS: dict[str, dict[str, _Rule]] = {
    "before": {
        "pp": _less,
        "pr": _point_before,
        "rp": lambda r, p: _point_after(p, r),
        "rr": _before_range,
    },
    "after": {
        "pp": _flip(_less),
        "pr": _point_after,
        "rp": lambda r, p: _point_before(p, r),
        "rr": _flip(_before_range),
    },
    "meets": {"rr": lambda a, b: a.high_closed and b.low_closed and _same(a.high, b.low)},
    "met by": {"rr": lambda a, b: b.high_closed and a.low_closed and _same(b.high, a.low)},
    "overlaps": {"rr": _touch},
    "overlaps before": {"rr": _overlaps_before},
    "overlaps after": {"rr": _flip(_overlaps_before)},
    "finishes": {"pr": lambda p, r: r.high_closed and _same(p, r.high), "rr": _finishes},
    "finished by": {
        "rp": lambda r, p: r.high_closed and _same(p, r.high),
        "rr": _flip(_finishes),
    },
    "includes": {"rp": lambda r, p: _within(p, r), "rr": _includes},
    "during": {"pr": _within, "rr": _flip(_includes)},
    "starts": {"pr": lambda p, r: r.low_closed and _same(p, r.low), "rr": _starts_with},
    "started by": {
        "rp": lambda r, p: r.low_closed and _same(p, r.low),
        "rr": _flip(_starts_with),
    },
    "coincides": {"pp": _same, "rr": lambda a, b: _same_start(a, b) and _same_end(a, b)},
}
# Parameter names differ with the kinds of the arguments.
_NAMES = {"pp": ("point1", "point2"), "pr": ("point", "range"), "rp": ("range", "point")}
_RANGES = ("range1", "range2")


def _relation(rules: dict[str, _Rule], left: Any, right: Any) -> bool:
    kinds = ("r" if isinstance(left, Range) else "p") + ("r" if isinstance(right, Range) else "p")
    rule = rules.get(kinds)
    if rule is None:
        raise FeelError("a range is expected where a point is given, or the reverse")
    a = left if isinstance(left, Range) else _point(left)
    b = right if isinstance(right, Range) else _point(right)
    return rule(a, b)


def _declare(name: str, rules: dict[str, _Rule]) -> None:
    for kinds in rules:
        first, second = _NAMES.get(kinds, _RANGES)
        types = ["range" if kind == "r" else "any" for kind in kinds]
        builtin(name, f"{first}: {types[0]}, {second}: {types[1]}")(
            lambda left, right: _relation(rules, left, right)
        )


for _name, _rules in _RELATIONS.items():
    _declare(_name, _rules)
