"""How fast one caller may apply: so many at once, and so many a second for as long as they like."""

from __future__ import annotations

from functools import cache
from math import ceil
from threading import Lock

BURST = 20.0
"""Seconds' worth that may come at once, for a program that has gathered some."""
MOST_KNOWN = 10_000


class Pace:
    """A bucket for each caller, in this process: gentle, no defence against many callers."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def wait(self, caller: str, rate: float, now: float) -> int:
        """Take one; answers 0, or after how many seconds to come again."""
        full = rate * BURST
        with self._lock:
            left, at = self._left.get(caller, (full, now))
            left = min(full, left + max(now - at, 0.0) * rate)
            if left < 1:
                return max(ceil((1 - left) / rate), 1)
            if len(self._left) >= MOST_KNOWN:
                self._left.clear()
            self._left[caller] = (left - 1, now)
        return 0


@cache
def rates(text: str) -> dict[str, float]:
    """``tax office=50,bank=20``: what organisations may do a second. Raises ValueError."""
    pairs = (one.rpartition("=") for one in text.split(",") if one.strip())
    found = {name.strip(): float(rate) for name, _, rate in pairs}
    if not all(name and rate > 0 for name, rate in found.items()):
        raise ValueError(f"PENGCHENG_APPLY_RATES: {text!r} is not name=number,…")
    return found
