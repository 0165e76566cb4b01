"""Where in the outbox we are, when positions may become visible out of order.

On PostgreSQL a position is taken before its transaction commits, so a lower one may appear after
a higher one. We pass on at once what we see, remember the gaps, and look below again until each is
filled or too old to be anything but a transaction that was undone.
"""

from __future__ import annotations

from collections.abc import Iterable

from pengcheng.shell.live.frames import Row

GAP_SECONDS = 5.0


class Cursor:
    """Gives each row once."""

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self._seen: dict[int, float] = {}

    def fresh(self, rows: Iterable[Row], *, at: float) -> list[Row]:
        """The rows not given before; ``at`` is a monotonic time in seconds."""
        new = [row for row in rows if row.position > self.floor and row.position not in self._seen]
        for row in new:
            self._seen[row.position] = at
        self._settle(at)
        return new

    def given(self) -> tuple[int, frozenset[int]]:
        """Everything up to the first, and the single positions above it."""
        return self.floor, frozenset(self._seen)

    def _settle(self, at: float) -> None:
        for position in sorted(self._seen):
            gap = position > self.floor + 1
            if gap and at - self._seen[position] < GAP_SECONDS:
                return
            self.floor = position
            del self._seen[position]
