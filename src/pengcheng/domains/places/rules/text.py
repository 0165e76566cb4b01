"""Free text made even, character by character, so that a place in it stays the same place."""

import re
import unicodedata
from typing import Final

_DASHES: Final = frozenset("-‐‑‒–—―−_~")
_SEPARATORS: Final = frozenset(",.;:|/\\，、。；：·")
_DIGITS: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_UNITS: Final = {"十": 10, "百": 100}
_CHINESE_NUMBER: Final = re.compile("[零〇一二两三四五六七八九十百]+")


def normalise(text: str) -> str:
    """Half-width, upper-case, one kind of dash, blanks for separators; same length as before."""
    return "".join(_even(sign) for sign in text)


def _even(sign: str) -> str:
    wide = unicodedata.normalize("NFKC", sign)
    sign = wide if len(wide) == 1 else sign
    if sign in _DASHES:
        return "-"
    if sign in _SEPARATORS or sign.isspace():
        return " "
    upper = sign.upper()
    return upper if len(upper) == 1 else sign


def with_digits(text: str) -> str:
    """三栋 → 3栋, 十二单元 → 12单元: the same door written in two ways."""
    return _CHINESE_NUMBER.sub(lambda found: _value(found.group()), text)


def _value(signs: str) -> str:
    if not any(sign in _UNITS for sign in signs):
        return "".join(str(_DIGITS[sign]) for sign in signs)
    total, digit = 0, 0
    for sign in signs:
        if sign in _UNITS:
            total, digit = total + max(digit, 1) * _UNITS[sign], 0
        else:
            digit = _DIGITS[sign]
    return str(total + digit)
