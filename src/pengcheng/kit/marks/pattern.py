"""What is drawn: waves that tell how a picture was turned and scaled, and a tile that says the tag.

Lengths are in units: a seventy-fifth of an inch (0.34 mm). A cell of the tile is two units wide, so
that everything lies at frequencies that JPEG at ordinary quality keeps.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

UNITS = 75.0  # an inch
CELL = 2
SIDE = 64  # cells along a tile
TILE = CELL * SIDE  # units
TAG_BITS = 40
SEAL_BITS = 24
BITS = TAG_BITS + SEAL_BITS
SYNC = 1024  # cells of the tile that are the same in every copy

WAVES = np.array(
    [
        (0.1170, 0.0443),
        (0.0877, 0.0931),
        (0.0329, 0.1302),
        (-0.0418, 0.1153),
        (-0.0871, 0.0694),
        (-0.1327, 0.0291),
        (0.1549, 0.0812),
        (-0.1010, 0.1405),
    ]
)
"""Cycles a unit, across and down. No two have the same ratio, and none lies where lines of text
have theirs."""


@lru_cache(maxsize=4)
def layout(key: bytes) -> tuple[NDArray[np.intp], Floats, NDArray[np.intp], Floats]:
    """(cells of sync, their signs, cells of bits as rows of a bit, their signs), from the key."""
    seed = np.frombuffer(hmac.digest(key, b"pengcheng mark layout", "sha256"), dtype=np.uint32)
    chance = np.random.Generator(np.random.PCG64(list(map(int, seed))))
    order = chance.permutation(SIDE * SIDE)
    signs = chance.choice([-1.0, 1.0], SIDE * SIDE)
    told = order[SYNC:].reshape(BITS, -1)
    return order[:SYNC], signs[:SYNC], told, signs[SYNC:].reshape(BITS, -1)


def sync_tile(key: bytes) -> Floats:
    """The cells that are the same in every copy; zero elsewhere."""
    cells, signs, _, _ = layout(key)
    tile = np.zeros(SIDE * SIDE)
    tile[cells] = signs
    return tile.reshape(SIDE, SIDE)


def tile(tag: int, key: bytes) -> Floats:
    """The tile of a tag: a sign in each cell."""
    cells, signs, told, masks = layout(key)
    made = np.zeros(SIDE * SIDE)
    made[cells] = signs
    made[told] = masks * bits(tag, key)[:, None]
    return made.reshape(SIDE, SIDE)


def bits(tag: int, key: bytes) -> Floats:
    """Tag and seal as +1 and -1: without the key nobody makes a mark that is believed."""
    if not 0 <= tag < 1 << TAG_BITS:
        raise ValueError("a tag has 40 bits")
    whole = tag << SEAL_BITS | seal(tag, key)
    places = np.arange(BITS - 1, -1, -1)
    return np.array([1.0 if whole >> int(place) & 1 else -1.0 for place in places])


def seal(tag: int, key: bytes) -> int:
    made = hmac.new(key, b"pengcheng mark seal" + tag.to_bytes(5, "big"), hashlib.sha256)
    return int.from_bytes(made.digest()[: SEAL_BITS // 8], "big")
