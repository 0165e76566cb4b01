"""The Merkle tree of RFC 9162 (section 2.1): hashes, proofs, and their verification.

A reader gives the hash of a complete subtree: ``read(height, number)`` covers the leaves from
``number << height`` to ``(number + 1) << height``. Everything else is put together from these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Read = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(read: Read, size: int) -> bytes:
    return span(read, 0, size) if size else EMPTY


def span(read: Read, start: int, end: int) -> bytes:
    """The hash over the leaves ``start`` to ``end``; ``start`` is where such a subtree begins."""
    width = end - start
    if width & (width - 1) == 0:
        height = width.bit_length() - 1
        return read(height, start >> height)
    middle = start + split(width)
    return node_hash(span(read, start, middle), span(read, middle, end))


def split(width: int) -> int:
    """The largest power of two below ``width``."""
    return 1 << (width - 1).bit_length() - 1


def inclusion(read: Read, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]): what is needed to get from the leaf to the root."""
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(span(read, middle, end))
            end = middle
        else:
            path.append(span(read, start, middle))
            start = middle
    return path[::-1]


def consistency(read: Read, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]): what shows that the first ``old`` leaves are the same in both."""
    if not 0 < old <= new:
        raise ValueError("the older tree must have leaves, and not more than the newer")
    path, start, end, whole = [], 0, new, True
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            path.append(span(read, middle, end))
            end = middle
        else:
            path.append(span(read, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(span(read, start, end))
    return path[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Whether the path leads from the leaf to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == head


def extends(old: int, new: int, path: Sequence[bytes], before: bytes, after: bytes) -> bool:
    """Whether the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and before == after
    if not 0 < old < new or not path:
        return False
    steps = list(path) if old & (old - 1) else [before, *path]
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, step)
        place, last = place >> 1, last >> 1
    return last == 0 and (first, second) == (before, after)
