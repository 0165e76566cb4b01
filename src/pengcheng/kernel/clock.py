"""The one clock. Everything asks it, so that tests and rehearsals can set the hour."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Whatever can say what time it is (aware, UTC)."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time(), tz=UTC)


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a frozen clock needs an aware time")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, *, seconds: float = 0, hours: float = 0, days: float = 0) -> None:
        """Move on by so much."""
        self._at += timedelta(seconds=seconds, hours=hours, days=days)


_system = SystemClock()
_current: Clock = _system


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _current.now()


def local(moment: datetime) -> datetime:
    """The moment in the city's own time (Asia/Shanghai)."""
    return moment.astimezone(CITY_ZONE)


def today() -> date:
    """The date in the city."""
    return local(now()).date()


@contextmanager
def frozen(at: datetime) -> Iterator[FrozenClock]:
    """Within the block the whole process sees ``at``; for tests and drills."""
    global _current
    before, _current = _current, FrozenClock(at)
    try:
        yield _current
    finally:
        _current = before
