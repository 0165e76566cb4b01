"""Ranges as values: `[1..5)`, and the ones written with an operator, `(< 10)`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pengcheng.kit.feel.comparison import equal, less


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """`shape` is empty for an interval, else the operator the range was written with."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool
    shape: str = ""

    @classmethod
    def of_operator(cls, operator: str, end: Any) -> Range:
        if operator in ("<", "<="):
            return cls(None, end, False, operator == "<=", operator)
        if operator in (">", ">="):
            return cls(end, None, operator == ">=", False, operator)
        return cls(end, end, operator == "=", operator == "=", operator)

    def same(self, other: Range) -> bool:
        flags = (self.shape, self.low_closed, self.high_closed)
        return (
            flags == (other.shape, other.low_closed, other.high_closed)
            and equal(self.low, other.low) is True
            and equal(self.high, other.high) is True
        )

    def contains(self, value: Any) -> bool | None:
        """Null when value and ends do not compare; an open end of an interval is an error."""
        if self.shape == "!=":
            same = equal(value, self.low)
            return None if same is None else not same
        if self.shape == "=":
            return equal(value, self.low)
        if value is None or (not self.shape and (self.low is None or self.high is None)):
            return None
        above = True if self.low is None else _ordered(self.low, value, self.low_closed)
        below = True if self.high is None else _ordered(value, self.high, self.high_closed)
        if above is None or below is None:
            return None
        return above and below

    def __str__(self) -> str:
        from pengcheng.kit.feel.texts import to_text  # values print each other

        if self.shape:
            return f"({self.shape} {to_text(self.high if self.low is None else self.low, True)})"
        left, right = "[" if self.low_closed else "(", "]" if self.high_closed else ")"
        return f"{left}{to_text(self.low, True)}..{to_text(self.high, True)}{right}"


def _ordered(left: Any, right: Any, closed: bool) -> bool | None:
    before = less(left, right)
    if before is None or before or not closed:
        return before
    return equal(left, right)
