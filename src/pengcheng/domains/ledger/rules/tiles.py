"""Tiles of the log as files (C2SP tlog-tiles): 256 hashes each, named by level and number."""

from __future__ import annotations

import re
from collections.abc import Iterable

WIDTH, HEIGHT, HASH = 256, 8, 32
_PATH = re.compile(r"((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?")
LONGEST_ENTRY = 65_535


def path_of(number: int) -> str:
    """A number in groups of three, all but the last marked: 1234067 is `x001/x234/067`."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03d}")
    return "/".join(reversed(groups))


def read_path(text: str) -> tuple[int, int] | None:
    """(number, width) of a tile's path, or None; `.p/<width>` marks one that is not full."""
    found = _PATH.fullmatch(text)
    if found is None or len(text) > 60:
        return None
    number = int(found[1].replace("x", "").replace("/", ""))
    width = int(found[2]) if found[2] else WIDTH
    fits = path_of(number) == found[1] and (found[2] is None or width < WIDTH)
    return (number, width) if fits else None


def bundle(leaves: Iterable[bytes]) -> bytes:
    """Entries one after the other, each behind its length in two bytes."""
    found = bytearray()
    for leaf in leaves:
        if len(leaf) > LONGEST_ENTRY:
            raise ValueError("an entry is too long for a bundle")
        found += len(leaf).to_bytes(2, "big") + leaf
    return bytes(found)


def unbundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ValueError."""
    found, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        leaf = data[at + 2 : at + 2 + length]
        if at + 2 > len(data) or len(leaf) != length:
            raise ValueError("the bundle ends within an entry")
        found.append(leaf)
        at += 2 + length
    return found
