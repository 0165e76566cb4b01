"""What + - * / ** mean for each pair of kinds; a pair that is not here has no answer."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pengcheng.kit.feel import numbers
from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.temporal import Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from pengcheng.kit.feel.temporal.durations import DAY, scaled, shared

Rule = Callable[[Any, Any], Any]
Table = dict[tuple[type, type], Rule]

D, T, DT = Date, Time, DateTime
DTD, YMD = DayTimeDuration, YearMonthDuration


def _minus_moment(left: DateTime, right: DateTime) -> DayTimeDuration:
    if (left.zone is None) != (right.zone is None):
        raise FeelError("one moment has a time zone, the other has none")
    return DayTimeDuration(left.rank - right.rank)


def _minus_time(left: Time, right: Time) -> DayTimeDuration:
    if (left.zone is None) != (right.zone is None):
        raise FeelError("one time has a time zone, the other has none")
    return DayTimeDuration(left.rank - right.rank)


def _plus_days(date: Date, nanos: int) -> Date:
    """The day that holds midnight moved by the duration."""
    return Date.from_days((date.days * DAY + nanos) // DAY)


def _ratio(left: int, right: int) -> Decimal:
    return numbers.divide(Decimal(left), Decimal(right))


def _commuted(table: Table) -> Table:
    """The pairs, and each the other way round."""
    turned = {(right, left): _turned(rule) for (left, right), rule in table.items()}
    return {**turned, **table}


def _turned(rule: Rule) -> Rule:
    return lambda a, b: rule(b, a)


_ADD: Table = {
    (Decimal, Decimal): lambda a, b: numbers.finite(numbers.CONTEXT.add(a, b)),
    (str, str): lambda a, b: a + b,
    (DTD, DTD): lambda a, b: DTD(a.nanos + b.nanos),
    (YMD, YMD): lambda a, b: YMD(a.months + b.months),
    **_commuted(
        {
            (DT, DTD): lambda a, b: a.plus(b.nanos),
            (DT, YMD): lambda a, b: a.plus_months(b.months),
            (D, DTD): lambda a, b: _plus_days(a, b.nanos),
            (D, YMD): lambda a, b: a.plus_months(b.months),
            (T, DTD): lambda a, b: a.plus(b.nanos),
        }
    ),
}
_SUBTRACT: Table = {
    (Decimal, Decimal): lambda a, b: numbers.finite(numbers.CONTEXT.subtract(a, b)),
    (DTD, DTD): lambda a, b: DTD(a.nanos - b.nanos),
    (YMD, YMD): lambda a, b: YMD(a.months - b.months),
    (DT, DT): _minus_moment,
    (DT, D): lambda a, b: _minus_moment(a, b.at_midnight()),
    (D, DT): lambda a, b: _minus_moment(a.at_midnight(), b),
    (D, D): lambda a, b: DTD((a.days - b.days) * DAY),
    (T, T): _minus_time,
    (DT, DTD): lambda a, b: a.plus(-b.nanos),
    (DT, YMD): lambda a, b: a.plus_months(-b.months),
    (D, DTD): lambda a, b: _plus_days(a, -b.nanos),
    (D, YMD): lambda a, b: a.plus_months(-b.months),
    (T, DTD): lambda a, b: a.plus(-b.nanos),
}
_MULTIPLY: Table = {
    (Decimal, Decimal): lambda a, b: numbers.finite(numbers.CONTEXT.multiply(a, b)),
    **_commuted(
        {
            (DTD, Decimal): lambda a, b: DTD(scaled(a.nanos, b)),
            (YMD, Decimal): lambda a, b: YMD(scaled(a.months, b)),
        }
    ),
}
_DIVIDE: Table = {
    (Decimal, Decimal): numbers.divide,
    (DTD, Decimal): lambda a, b: DTD(shared(a.nanos, b)),
    (YMD, Decimal): lambda a, b: YMD(shared(a.months, b)),
    (DTD, DTD): lambda a, b: _ratio(a.nanos, b.nanos),
    (YMD, YMD): lambda a, b: _ratio(a.months, b.months),
}
_POWER: Table = {(Decimal, Decimal): numbers.power}

TABLES: dict[str, Table] = {
    "+": _ADD,
    "-": _SUBTRACT,
    "*": _MULTIPLY,
    "/": _DIVIDE,
    "**": _POWER,
}


def negate(value: Any) -> Any:
    if isinstance(value, Decimal):
        return numbers.CONTEXT.minus(value)
    if isinstance(value, DayTimeDuration):
        return DayTimeDuration(-value.nanos)
    if isinstance(value, YearMonthDuration):
        return YearMonthDuration(-value.months)
    raise FeelError("only numbers and durations have a negative")
