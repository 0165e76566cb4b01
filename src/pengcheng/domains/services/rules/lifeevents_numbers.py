"""Numbers that the demo's departments give out: of the real shape, with their check characters.

None of them was given to anybody: the serial part comes from the demo's own counter.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pengcheng.kit.forms.answers import Answers

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_REGION = "440300"


def credit_code(serial: int) -> str:
    """A unified social credit code (GB 32100) of a company in Shenzhen."""
    body = f"MADEM{serial % 1000:03d}"
    total = sum(int(char, 36) * weight for char, weight in zip(body, _BODY_WEIGHTS, strict=True))
    check = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    front = f"91{_REGION}{body}{check}"
    sum_ = sum(_ALPHABET.index(c) * w for c, w in zip(front, _CODE_WEIGHTS, strict=True))
    return front + _ALPHABET[-sum_ % 31]


def food_number(serial: int) -> str:
    """JY, kind 2 (catering), region, serial and the MOD 11,10 check digit (GB/T 17710)."""
    digits = f"2{_REGION}{serial % 1_000_000:06d}"
    product = 10
    for char in digits:
        product = ((product + int(char)) % 10 or 10) * 2 % 11
    return f"JY{digits}{(11 - product) % 10}"


def resident_id(born: date, serial: int, *, girl: bool) -> str:
    """A citizen's number (GB 11643); region 999999 belongs to no place, so it is nobody's."""
    order = serial % 500 * 2 + (0 if girl else 1)
    front = f"999999{born:%Y%m%d}{order:03d}"
    total = sum(int(char) * weight for char, weight in zip(front, _ID_WEIGHTS, strict=True))
    return front + "10X98765432"[total % 11]


def _child_id(serial: int, year: int, answers: Answers) -> str:
    born = answers.get("born")
    day = date.fromisoformat(str(born.value)) if born and born.value else date(year, 1, 1)
    sex = answers.get("sex")
    return resident_id(day, serial, girl=sex is not None and sex.value == "female")


_MAKERS: dict[str, Callable[[int, int, Answers], str]] = {
    "credit-code": lambda serial, year, answers: credit_code(serial),
    "food-number": lambda serial, year, answers: food_number(serial),
    "fire-number": lambda serial, year, answers: f"演示消安检字〔{year}〕第{serial:04d}号",
    "birth-number": lambda serial, year, answers: f"Z{year % 100:02d}{serial:07d}",
    "child-id": _child_id,
    "insurance-number": lambda serial, year, answers: f"IN{year}{serial:08d}",
    "card-number": lambda serial, year, answers: f"SC{year % 100:02d}{serial:07d}",
}


def number(fact: str, serial: int, year: int, answers: Answers) -> str:
    """The value of a fact that a granted part gives; every fact has its own shape."""
    return _MAKERS[fact](serial, year, answers)
