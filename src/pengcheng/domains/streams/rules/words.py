"""The words a condition may use, and what they mean over a list of readings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from statistics import fmean, pstdev
from typing import Any

from pengcheng.domains.streams.contracts import Reading
from pengcheng.kit.feel import Expression, FeelSyntaxError, Limits, compile_expression

ONE = ("value", "previous", "change", "rate", "hour")
MANY = ("average", "lowest", "highest", "total", "number", "spread", "first", "last")
NAMES = (*ONE, *MANY)
LOCAL = timedelta(hours=8)  # people live by the clock of the city
SMALL = Limits(steps=10_000, items=1_000, text=10_000, expression=1_000)


@lru_cache(maxsize=512)
def compiled(text: str) -> Expression:
    """Raises FeelSyntaxError."""
    if len(text) > SMALL.expression:
        raise FeelSyntaxError("the condition is too long", text[:80])
    return compile_expression(text, NAMES)


def holds(text: str, facts: dict[str, Any]) -> bool:
    """Whether the condition is true; what has no answer is not."""
    return compiled(text).explain(facts, SMALL).value is True


def of_one(reading: Reading, before: Reading | None) -> dict[str, Any]:
    """Of a reading and the one before it; ``rate`` is the change in an hour."""
    facts = dict.fromkeys(NAMES) | {"value": reading.value, "hour": (reading.at + LOCAL).hour}
    if before is not None and reading.at > before.at:
        change = reading.value - before.value
        hours = (reading.at - before.at).total_seconds() / 3600
        facts |= {"previous": before.value, "change": change, "rate": change / hours}
    return facts


def of_many(readings: Sequence[Reading]) -> dict[str, Any]:
    """Of a window."""
    values = [each.value for each in readings]
    before = readings[-2] if len(readings) > 1 else None
    return of_one(readings[-1], before) | {
        "average": fmean(values),
        "lowest": min(values),
        "highest": max(values),
        "total": sum(values),
        "number": len(values),
        "spread": pstdev(values),
        "first": values[0],
        "last": values[-1],
    }
