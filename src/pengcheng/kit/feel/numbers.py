"""FEEL numbers are IEEE 754 decimal128: 34 digits, half-even, no infinities and no NaN."""

from __future__ import annotations

import decimal
from decimal import Decimal

from pengcheng.kit.feel.errors import FeelError

CONTEXT = decimal.Context(
    prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[]
)
WIDE = decimal.Context(prec=6500, Emin=-99999, Emax=99999, traps=[])
"""For steps in between, so that only the result is rounded to 34 digits."""
ZERO = Decimal(0)
ONE = Decimal(1)


def finite(value: Decimal) -> Decimal:
    """Pass a result on unless it left the decimal128 range."""
    if value.is_finite():
        return value
    raise FeelError("the result is not a number")


def from_text(text: str) -> Decimal:
    return finite(CONTEXT.create_decimal(text))


def from_int(value: int) -> Decimal:
    return finite(CONTEXT.create_decimal(value))


def to_text(value: Decimal) -> str:
    """Plain digits: equal numbers read the same, so 1.50 is 1.5 and no exponent shows."""
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def whole(value: Decimal) -> int:
    """The integer part; positions and counts may arrive as 3.8."""
    if value.adjusted() > 18:
        raise FeelError("the number is too large for a position or a count")
    return int(value)


def power(base: Decimal, exponent: Decimal) -> Decimal:
    # 0 ** 0 is undefined for the decimal module, one for every other FEEL engine.
    if exponent == 0:
        return ONE
    return finite(CONTEXT.power(base, exponent))


def divide(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise FeelError("division by zero")
    return finite(CONTEXT.divide(left, right))


def quantize(value: Decimal, scale: int, rounding: str) -> Decimal:
    """Round to a number of places after the point; a negative scale rounds tens, hundreds …"""
    if not -6111 <= scale <= 6176:
        raise FeelError("the scale must lie between -6111 and 6176")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= scale:
        return value  # no digits to lose
    unit = Decimal((0, (1,), -scale))
    return finite(CONTEXT.plus(value.quantize(unit, rounding=rounding, context=WIDE)))
