"""Token Status List: the state of a million credentials in a few kilobytes.

Whoever fetches the list learns all states at once, so nobody learns which one was asked for.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Literal

from pengcheng.kit.keys.curves import decoded, encoded

Bits = Literal[1, 2, 4, 8]
VALID, INVALID, SUSPENDED = 0, 1, 2
TYPE = "statuslist+jwt"
LARGEST = 16 * 1024 * 1024


def compress(changed: Iterable[tuple[int, int]], *, size: int, bits: Bits) -> str:
    """The list of ``size`` states, all valid but the ``changed`` (index, state)."""
    each = 8 // bits
    table = bytearray(-(-size // each))
    for index, state in changed:
        if not (0 <= index < size and 0 <= state < 1 << bits):
            raise ValueError("no place in the list for this state")
        shift = index % each * bits
        table[index // each] &= ~(((1 << bits) - 1) << shift) & 0xFF
        table[index // each] |= state << shift
    return encoded(zlib.compress(bytes(table), 9))


def state_at(compressed: str, index: int, *, bits: Bits) -> int:
    """The state at ``index``. Raises ValueError for a list that is none or has no such place."""
    unpacker = zlib.decompressobj()
    try:
        table = unpacker.decompress(decoded(compressed), LARGEST)
    except zlib.error as error:
        raise ValueError("the status list cannot be unpacked") from error
    each = 8 // bits
    if unpacker.unconsumed_tail or not 0 <= index < len(table) * each:
        raise ValueError("the status list is too long or has no such place")
    return table[index // each] >> (index % each * bits) & ((1 << bits) - 1)
