"""Drawing a mark into the picture of a page."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from pengcheng.kit.marks.pattern import CELL, TILE, UNITS, WAVES, Floats, tile

PAPER = 245.0
"""White paper becomes this grey: on pure white half of the mark would be cut off."""
TILE_DEPTH, WAVE_DEPTH = 3.0, 0.9
QUALITY = 90


def mark(page: bytes, tag: int, *, key: bytes, dpi: float) -> bytes:
    """The page (a picture) with the tag in it, as a grey JPEG of the same size."""
    with Image.open(io.BytesIO(page)) as picture:
        grey = np.asarray(picture.convert("L"), dtype=np.float64)
    drawn = _drawn(grey.shape[0], grey.shape[1], tag, key, UNITS / dpi)
    made = np.clip(grey * (PAPER / 255.0) + drawn, 0, 255).astype(np.uint8)
    target = io.BytesIO()
    Image.fromarray(made).save(target, "JPEG", quality=QUALITY, dpi=(dpi, dpi))
    return target.getvalue()


def _drawn(height: int, width: int, tag: int, key: bytes, unit: float) -> Floats:
    """Tile and waves over a whole page; ``unit`` is how many units a pixel is wide."""
    down, across = np.arange(height, dtype=np.float64), np.arange(width, dtype=np.float64)
    down, across = down * unit, across * unit
    signs = tile(tag, key)
    rows, columns = _soft(down), _soft(across)
    drawn = TILE_DEPTH * (rows @ signs @ columns.T)
    tall = 2 * np.pi * down[:, None] * WAVES[:, 1]
    wide = 2 * np.pi * across[:, None] * WAVES[:, 0]
    waves = np.cos(tall) @ np.cos(wide).T - np.sin(tall) @ np.sin(wide).T
    return np.asarray(drawn + WAVE_DEPTH * waves)


def _soft(places: Floats) -> Floats:
    """Weights of the cells at each place: from one cell to the next the value glides."""
    cells = TILE // CELL
    exact = (places % TILE) / CELL - 0.5
    low = np.floor(exact).astype(int)
    rest = exact - low
    ease = rest * rest * (3 - 2 * rest)
    weights = np.zeros((len(places), cells))
    every = np.arange(len(places))
    np.add.at(weights, (every, low % cells), 1 - ease)
    np.add.at(weights, (every, (low + 1) % cells), ease)
    return weights
