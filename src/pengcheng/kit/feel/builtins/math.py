"""Numbers: rounding, roots, remainders. And `not`."""

from __future__ import annotations

import decimal
from decimal import Decimal

from pengcheng.kit.feel import numbers
from pengcheng.kit.feel.builtins.registry import builtin
from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.numbers import CONTEXT
from pengcheng.kit.feel.temporal import DayTimeDuration, YearMonthDuration

_FARTHEST = 6000  # orders of magnitude


def _round(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    return numbers.quantize(value, numbers.whole(scale), rounding)


@builtin("decimal", "n: number, scale: number")
def decimal_(n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_HALF_EVEN)


@builtin("floor", "n: number")
def floor(n: Decimal) -> Decimal:
    return _round(n, numbers.ZERO, decimal.ROUND_FLOOR)


@builtin("floor", "n: number, scale: number")
def floor_at(n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_FLOOR)


@builtin("ceiling", "n: number")
def ceiling(n: Decimal) -> Decimal:
    return _round(n, numbers.ZERO, decimal.ROUND_CEILING)


@builtin("ceiling", "n: number, scale: number")
def ceiling_at(n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_CEILING)


@builtin("round up", "n: number, scale: number")
def round_up(n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_UP)


@builtin("round down", "n: number, scale: number")
def round_down(n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_DOWN)


@builtin("round half up", "n: number, scale: number")
def round_half_up(n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_HALF_UP)


@builtin("round half down", "n: number, scale: number")
def round_half_down(n: Decimal, scale: Decimal) -> Decimal:
    return _round(n, scale, decimal.ROUND_HALF_DOWN)


@builtin("abs", "n: number")
def abs_number(n: Decimal) -> Decimal:
    return n.copy_abs()


@builtin("abs", "n: days and time duration")
def abs_days(n: DayTimeDuration) -> DayTimeDuration:
    return DayTimeDuration(abs(n.nanos))


@builtin("abs", "n: years and months duration")
def abs_months(n: YearMonthDuration) -> YearMonthDuration:
    return YearMonthDuration(abs(n.months))


@builtin("modulo", "dividend: number, divisor: number")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """dividend - divisor * floor(dividend / divisor): the sign is the divisor's."""
    if divisor == 0:
        raise FeelError("division by zero")
    if abs(dividend.adjusted() - divisor.adjusted()) > _FARTHEST:
        raise FeelError("the numbers are too far apart")
    rest = numbers.WIDE.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest = numbers.WIDE.add(rest, divisor)
    return numbers.finite(CONTEXT.plus(rest))


@builtin("sqrt", "number: number")
def sqrt(number: Decimal) -> Decimal:
    if number < 0:
        raise FeelError("a negative number has no square root")
    return numbers.finite(CONTEXT.sqrt(number))


@builtin("log", "number: number")
def log(number: Decimal) -> Decimal:
    if number <= 0:
        raise FeelError("only positive numbers have a logarithm")
    return numbers.finite(CONTEXT.ln(number))


@builtin("exp", "number: number")
def exp(number: Decimal) -> Decimal:
    return numbers.finite(CONTEXT.exp(number))


@builtin("odd", "number: number")
def odd(number: Decimal) -> bool:
    return _remainder(number) in (1, -1)


@builtin("even", "number: number")
def even(number: Decimal) -> bool:
    return _remainder(number) == 0


def _remainder(number: Decimal) -> Decimal:
    if number != number.to_integral_value():
        return Decimal("0.5")  # neither odd nor even
    return modulo(number, Decimal(2))


@builtin("not", "negand: any")
def not_(negand: object) -> bool | None:
    return not negand if isinstance(negand, bool) else None
