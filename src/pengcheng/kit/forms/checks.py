"""Whether a number can be right: check characters and shapes of the national standards."""

from __future__ import annotations

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def resident_id(text: str) -> bool:
    """A citizen's number (GB 11643): 17 digits with a real birthday, MOD 11-2 check character."""
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", text):
        return False
    if birthday(text) is None:
        return False
    return id_check(text[:17]) == text[17]


def id_check(body: str) -> str:
    """The check character that belongs to the first 17 digits."""
    total = sum(int(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return _ID_CHECK[total % 11]


def birthday(text: str) -> date | None:
    """The day of birth in a citizen's number, None if there is no such day."""
    try:
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None


def organisation_code(text: str) -> bool:
    """A unified social credit code (GB 32100): 18 characters, the last one a check character."""
    if not re.fullmatch(rf"[{_CODE_ALPHABET}]{{18}}", text):
        return False
    return code_check(text[:17]) == text[17]


def code_check(body: str) -> str:
    """The check character that belongs to the first 17 characters."""
    pairs = zip(body, _CODE_WEIGHTS, strict=True)
    return _CODE_ALPHABET[-sum(_CODE_ALPHABET.index(char) * w for char, w in pairs) % 31]


def mobile(text: str) -> bool:
    """A mobile number of mainland China."""
    return bool(re.fullmatch(r"1[3-9]\d{9}", text))


def phone(text: str) -> bool:
    """A number one can call from anywhere in the country: with area code, mobile, 400 or 800."""
    if mobile(text.replace("-", "")):
        return True
    return bool(
        re.fullmatch(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?", text)
        or re.fullmatch(r"[48]00-?\d{3}-?\d{4}", text)
    )


def account_number(text: str) -> bool:
    """Digits as on a bank card or a book; which bank and whose is for others to say."""
    return bool(re.fullmatch(r"\d{8,30}", text))
