"""Reading a mark from any picture of a page: straighten by the waves, add up the tiles, decide."""

from __future__ import annotations

import io
from itertools import combinations

import msgspec
import numpy as np
from PIL import Image

from pengcheng.kit.marks.pattern import (
    BITS,
    CELL,
    SEAL_BITS,
    SIDE,
    TILE,
    WAVES,
    Floats,
    layout,
    seal,
    sync_tile,
)

SIZES = (1024, 2000)  # pixels along a side: a page is read fast, a page within a photo finely
SMALLEST = 200
PEAKS = 48
WEAK_BITS = 6  # the least sure bits are tried both ways


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A tag whose seal fits. `sure` is the mean strength of a bit over its noise."""

    tag: int
    sure: float
    mended: int  # bits that had to be turned over
    turned: float  # degrees
    scale: float  # pixels a unit


def find(picture: bytes, *, key: bytes) -> Found | None:
    """The mark in a picture; None when there is none that its seal confirms."""
    whole = _grey(picture)
    if whole is None or min(whole.size) < SMALLEST:
        return None
    for size in SIZES:
        grey = whole.copy()
        grey.thumbnail((size, size), Image.Resampling.LANCZOS)
        found = _found(_flat(np.asarray(grey, dtype=np.float64)), key, grey.width / whole.width)
        if found is not None or grey.size == whole.size:
            return found
    return None


def _found(flat: Floats, key: bytes, smaller: float) -> Found | None:
    for shape in _shapes(flat):
        found = _read(flat, shape, key, smaller)
        if found is not None:
            return found
    return None


def _grey(picture: bytes) -> Image.Image | None:
    with Image.open(io.BytesIO(picture)) as opened:
        if max(opened.size) > 20_000 or opened.size[0] * opened.size[1] > 80_000_000:
            return None
        opened.draft("L", (SIZES[-1], SIZES[-1]))
        return opened.convert("L")


def _box(values: Floats, reach: int) -> Floats:
    """Sums over windows of 2·reach+1, edges repeated as nothing."""
    for axis in (0, 1):
        sums = np.cumsum(values, axis=axis)
        size = values.shape[axis]
        high = np.minimum(np.arange(size) + reach, size - 1)
        low = np.arange(size) - reach - 1
        upper = np.take(sums, high, axis=axis)
        lower = np.take(sums, np.maximum(low, 0), axis=axis)
        shape = [1, 1]
        shape[axis] = size
        values = upper - lower * (low >= 0).reshape(shape)
    return values


def _flat(grey: Floats) -> Floats:
    """Only the paper's fine changes: print and what lies beside the page count as nothing."""
    reach = max(6, round(max(grey.shape) / 90))
    area = _box(np.ones_like(grey), reach)
    mean = _box(grey, reach) / area
    paper = np.abs(grey - mean) < 22
    paper &= _box((grey < mean - 26).astype(float), 1) < 0.5
    weight = paper.astype(float)
    count = _box(weight, reach)
    local = _box(grey * weight, reach) / np.maximum(count, 1)
    spread = _box((grey - local) ** 2 * weight, reach) / np.maximum(count, 1)
    flat = np.where(paper & (spread > 0.3), grey - local, 0.0)
    return np.asarray(np.clip(flat / np.sqrt(np.maximum(spread, 1.0)), -2.5, 2.5))


# --- straightening --------------------------------------------------------------------------


def _shapes(flat: Floats) -> list[Floats]:
    """Matrices from units to pixels that the waves speak for, likeliest first."""
    spots, power = _peaks(flat)
    if len(spots) < 4:
        return []
    points = spots[:, 0] + 1j * spots[:, 1]
    waves = WAVES[:, 0] + 1j * WAVES[:, 1]
    both, strength = np.concatenate([points, -points]), np.concatenate([power, power])
    guesses = (both[:, None] / waves[None, :]).ravel()
    guesses = guesses[(np.abs(guesses) > 0.25) & (np.abs(guesses) < 2.2)]
    scores = np.array([_score(guess, waves, both, strength)[0] for guess in guesses])
    shapes: list[Floats] = []
    taken: list[complex] = []
    for place in np.argsort(-scores)[:200]:
        guess = complex(guesses[place])
        if any(abs(guess - known) < 0.01 * abs(known) for known in taken):
            continue
        taken.append(guess)
        shape = _fitted(guess, waves, both, strength)
        if shape is not None:
            shapes += [shape, -shape]
        if len(taken) == 4:
            break
    return shapes


def _score(
    guess: complex, waves: np.ndarray, both: np.ndarray, strength: Floats
) -> tuple[float, list[tuple[int, int]]]:
    """How many waves have a peak where this guess expects one, and which."""
    distance = np.abs(waves[:, None] * guess - both[None, :])
    nearest = distance.argmin(axis=1)
    near = distance[np.arange(len(waves)), nearest] < 0.02 * np.abs(waves * guess)
    pairs = [(int(wave), int(nearest[wave])) for wave in np.flatnonzero(near)]
    return sum((1.0 + min(float(strength[peak]), 20.0) / 40 for _, peak in pairs), 0.0), pairs


def _fitted(guess: complex, waves: np.ndarray, both: np.ndarray, strength: Floats) -> Floats | None:
    """Frequencies go with the inverse transposed: fitted over all waves that were seen."""
    pairs = _score(guess, waves, both, strength)[1]
    if len(pairs) < 4:
        return None
    ours = WAVES[[wave for wave, _ in pairs]]
    seen = np.array([(both[peak].real, both[peak].imag) for _, peak in pairs])
    solved = np.linalg.lstsq(ours, seen, rcond=None)[0]
    if abs(np.linalg.det(solved)) < 1e-4:
        return None
    return np.asarray(np.linalg.inv(solved))


def _peaks(flat: Floats) -> tuple[Floats, Floats]:
    """Frequencies (cycles a pixel, across and down) that stand out, strongest first."""
    size = 1 << int(np.ceil(np.log2(max(flat.shape))))
    window = np.hanning(flat.shape[0])[:, None] * np.hanning(flat.shape[1])[None, :]
    seen = np.abs(np.fft.rfft2(flat * window, s=(size, size)))
    seen = np.fft.fftshift(seen, axes=0)
    ground = _box(seen, 8) / _box(np.ones_like(seen), 8)
    clear = seen / np.maximum(ground, 1e-9)
    middle = size // 2
    reach = int(0.02 * size)
    clear[middle - reach : middle + reach + 1, :reach] = 0
    clear[:, :2] = 0
    best: list[tuple[float, float, float]] = []
    rest = clear.copy()
    for _ in range(PEAKS):
        y, x = np.unravel_index(int(rest.argmax()), rest.shape)
        if rest[y, x] < 2.5:
            break
        best.append((float(rest[y, x]), *_exact(seen, int(y), int(x))))
        rest[max(y - 4, 0) : y + 5, max(x - 4, 0) : x + 5] = 0
    told = np.array([(x / size, (y - middle) / size) for _, x, y in best]).reshape(-1, 2)
    return told, np.array([power for power, _, _ in best])


def _exact(seen: Floats, y: int, x: int) -> tuple[float, float]:
    """Between the grid's points, by a parabola each way."""

    def top(low: float, mid: float, high: float) -> float:
        bend = low - 2 * mid + high
        return 0.0 if bend >= 0 else max(-0.5, min(0.5, 0.5 * (low - high) / bend))

    if not (0 < y < seen.shape[0] - 1 and 0 < x < seen.shape[1] - 1):
        return float(x), float(y)
    over = np.log(np.maximum(seen[y - 1 : y + 2, x - 1 : x + 2], 1e-12))
    return x + top(*map(float, over[1])), y + top(*map(float, over[:, 1]))


# --- reading --------------------------------------------------------------------------------


def _read(flat: Floats, shape: Floats, key: bytes, smaller: float) -> Found | None:
    tile = _folded(flat, shape)
    if tile is None:
        return None
    start = _start(tile, key)
    rolled = np.roll(tile, (-start[0], -start[1]), axis=(0, 1))
    cells = rolled.reshape(SIDE, CELL, SIDE, CELL).mean(axis=(1, 3)).ravel()
    _, _, told, masks = layout(key)
    chips = cells[told] * masks
    values = chips.mean(axis=1)
    noise = chips.std() / np.sqrt(chips.shape[1]) or 1.0
    decided = _decided(values, key)
    if decided is None:
        return None
    tag, mended = decided
    scale = float(np.sqrt(abs(np.linalg.det(shape)))) / smaller
    turned = float(np.degrees(np.arctan2(shape[1, 0], shape[0, 0])))
    sure = float(np.abs(values).mean() / noise)
    return Found(tag=tag, sure=sure, mended=mended, turned=turned, scale=scale)


def _folded(flat: Floats, shape: Floats) -> Floats | None:
    """The whole page in units, cut into tiles, which are added up."""
    height, width = flat.shape
    inverse = np.linalg.inv(shape)
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)]) @ inverse.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    across, down = np.ceil(high - low).astype(int) + 1
    if across * down > 6_000_000 or min(across, down) < TILE // 2:
        return None
    ys, xs = np.mgrid[0:down, 0:across]
    places = np.stack([xs + low[0], ys + low[1]], axis=-1) @ shape.T
    values, there = _sampled(flat, places[..., 0], places[..., 1])
    rows, columns = -(-down // TILE) * TILE, -(-across // TILE) * TILE
    pad = ((0, rows - down), (0, columns - across))

    def added(one: Floats) -> Floats:
        whole = np.pad(one, pad).reshape(rows // TILE, TILE, columns // TILE, TILE)
        return np.asarray(whole.sum(axis=(0, 2)))

    return np.asarray(added(values) / np.maximum(added(there), 1.0))


def _sampled(flat: Floats, xs: Floats, ys: Floats) -> tuple[Floats, Floats]:
    """Between pixels, from a picture made soft enough; and where the page is at all."""
    height, width = flat.shape
    inside = (xs >= 0) & (ys >= 0) & (xs < width - 1) & (ys < height - 1)
    x, y = np.where(inside, xs, 0), np.where(inside, ys, 0)
    left, top = x.astype(int), y.astype(int)
    dx, dy = x - left, y - top
    upper = flat[top, left] * (1 - dx) + flat[top, left + 1] * dx
    lower = flat[top + 1, left] * (1 - dx) + flat[top + 1, left + 1] * dx
    values = np.where(inside, upper * (1 - dy) + lower * dy, 0.0)
    return values, (inside & (values != 0)).astype(float)


def _start(tile: Floats, key: bytes) -> tuple[int, int]:
    """Where the tile begins: where the known cells fit best."""
    known = np.kron(sync_tile(key), np.ones((CELL, CELL)))
    fit = np.fft.ifft2(np.fft.fft2(tile) * np.conj(np.fft.fft2(known))).real
    y, x = np.unravel_index(int(fit.argmax()), fit.shape)
    return int(y), int(x)


def _decided(values: Floats, key: bytes) -> tuple[int, int] | None:
    """The tag whose seal fits, the least sure bits turned over where that helps."""
    whole = 0
    for value in values:
        whole = whole << 1 | int(value > 0)
    weak = [BITS - 1 - int(place) for place in np.argsort(np.abs(values))[:WEAK_BITS]]
    for count in range(WEAK_BITS + 1):
        for chosen in combinations(weak, count):
            tried = whole
            for place in chosen:
                tried ^= 1 << place
            tag, told = tried >> SEAL_BITS, tried & (1 << SEAL_BITS) - 1
            if seal(tag, key) == told:
                return tag, count
    return None
