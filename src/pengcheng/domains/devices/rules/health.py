"""Whether a device is well: late, flapping, stuck, out of range, with a clock that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pengcheng.domains.devices.contracts import Health, Measure

LATE_AFTER = 3  # reports that did not come
LEAST_LATE = timedelta(seconds=30)
FLAPS, FLAPPING_WITHIN = 5, timedelta(minutes=10)
OUT_FOR = timedelta(minutes=10)
SKEW = 60  # seconds


class Signs(NamedTuple):
    """What is known of a device."""

    interval: int = 0
    seen_at: datetime | None = None
    connects: Sequence[datetime] = ()
    changed: Mapping[str, datetime] = {}  # when each value last became another
    refused_at: datetime | None = None  # when a value was last out of range
    skew: int = 0


class Found(NamedTuple):
    health: Health
    about: str = ""


def late_at(signs: Signs) -> datetime | None:
    """The moment from which a device that says nothing more is late."""
    if signs.seen_at is None or not signs.interval:
        return None
    pause = timedelta(seconds=signs.interval * LATE_AFTER)
    return signs.seen_at + max(pause, LEAST_LATE)


def judge(signs: Signs, measures: Sequence[Measure], now: datetime) -> Found:
    """The worst that is to be said of it."""
    if signs.seen_at is None:
        return Found("new")
    late = late_at(signs)
    if late is not None and now >= late:
        return Found("late")
    recent = [each for each in signs.connects if now - each <= FLAPPING_WITHIN]
    if len(recent) >= FLAPS:
        return Found("flapping")
    if signs.refused_at is not None and now - signs.refused_at <= OUT_FOR:
        return Found("out_of_range")
    for measure in measures:
        if stuck(measure, signs.changed.get(measure.key), signs.seen_at):
            return Found("stuck", measure.key)
    return Found("skewed") if abs(signs.skew) > SKEW else Found("well")


def stuck(measure: Measure, changed: datetime | None, seen: datetime) -> bool:
    """It goes on speaking, but its value has not moved for longer than is natural."""
    if not measure.stuck_after or changed is None:
        return False
    return (seen - changed).total_seconds() >= measure.stuck_after
