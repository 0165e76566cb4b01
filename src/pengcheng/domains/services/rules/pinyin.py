"""The first letter of a Chinese name, for lists from A to Z.

GB 2312 orders its 3,755 common characters by their sound; the first character of each letter marks
where it begins. Rarer characters are ordered by radical and go under '#'.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right

_FIRST = "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"
_LETTERS = "ABCDEFGHJKLMNOPQRSTWXYZ"
_STARTS = [int.from_bytes(char.encode("gb2312")) for char in _FIRST]
_END = int.from_bytes("座".encode("gb2312"))


def initial(text: str) -> str:
    """A letter, or '#' where there is none to be told."""
    for char in unicodedata.normalize("NFKC", text):
        if char.isalnum():
            return _letter(char)
    return "#"


def _letter(char: str) -> str:
    if char.isascii():
        return char.upper() if char.isalpha() else "#"
    try:
        place = int.from_bytes(char.encode("gb2312"))
    except UnicodeEncodeError:
        return "#"
    if not _STARTS[0] <= place <= _END:
        return "#"
    return _LETTERS[bisect_right(_STARTS, place) - 1]
