"""Whether a device is well: late, flapping, stuck, out of range, with a clock that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pengcheng.domains.devices.contracts import Health, Measure

LATE_AFTER = 3  # reports that did not come
LEAST_LATE = timedelta(seconds=30)
FLAPS, FLAPPING_WITHIN = 5, timedelta(minutes=10)
OUT_FOR = timedelta(minutes=10)
SKEW = 60  # seconds
ENDS: frozenset[Health] = frozenset({"late", "flapping", "stuck", "out_of_range"})
TOLD: frozenset[Health] = ENDS - {"late"}  # told as an illness; silence has an event of its own


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


class Sight(NamedTuple):
    """What was seen of an illness, and what it passed."""

    value: float
    bound: float
    unit_code: str
    direction: str = "above"
    about: str = ""


def sight(
    found: Found,
    signs: Signs,
    measures: Sequence[Measure],
    flaws: Sequence[Mapping[str, Any]],
    now: datetime,
) -> Sight:
    """The figures of an illness, for whoever is told of it."""
    by_key = {each.key: each for each in measures}
    if found.health == "flapping":
        count = sum(now - each <= FLAPPING_WITHIN for each in signs.connects)
        return Sight(float(count), float(FLAPS), "C62")
    if found.health == "stuck":
        since = (now - signs.changed[found.about]).total_seconds()
        return Sight(float(round(since)), float(by_key[found.about].stuck_after), "SEC")
    last = [each for each in flaws if each["code"] in {"below", "above"}][-1:]
    return _out(last[0], by_key) if last else Sight(0.0, 0.0, "C62")


def _out(flaw: Mapping[str, Any], measures: Mapping[str, Measure]) -> Sight:
    measure = measures.get(flaw["key"], Measure(key=flaw["key"]))
    bound = measure.low if flaw["code"] == "below" else measure.high
    try:
        value = float(flaw["value"])
    except ValueError:  # cut short when it was written down
        value = bound or 0.0
    return Sight(value, bound or 0.0, measure.unit_code or "C62", flaw["code"], measure.key)
