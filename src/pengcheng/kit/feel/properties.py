"""What can be read behind a dot: `date.year`, `duration.hours`, `range.start`, entries."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pengcheng.kit.feel.ranges import Range
from pengcheng.kit.feel.temporal import Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from pengcheng.kit.feel.temporal.calendar import weekday
from pengcheng.kit.feel.temporal.durations import SECOND
from pengcheng.kit.feel.temporal.zones import Zone

Getter = Callable[[Any], Any]


def _signed(amount: int, negative: bool) -> Decimal:
    return Decimal(-amount if negative else amount)


def _offset(seconds: int | None) -> DayTimeDuration | None:
    return None if seconds is None else DayTimeDuration(seconds * SECOND)


def _zone_name(zone: Zone | None) -> str | None:
    return None if zone is None else zone.region or None


_DATE: dict[str, Getter] = {
    "year": lambda v: Decimal(v.year),
    "month": lambda v: Decimal(v.month),
    "day": lambda v: Decimal(v.day),
    "weekday": lambda v: Decimal(weekday(v.days)),
}
_TIME: dict[str, Getter] = {
    "hour": lambda v: Decimal(v.fields()[0]),
    "minute": lambda v: Decimal(v.fields()[1]),
    "second": lambda v: Decimal(v.fields()[2]),
    "time offset": lambda v: _offset(v.offset()),
    "timezone": lambda v: _zone_name(v.zone),
}


def _of_part(getter: Getter, part: str) -> Getter:
    return lambda value: getter(getattr(value, part))


PROPERTIES: dict[type, dict[str, Getter]] = {
    Date: _DATE,
    Time: _TIME,
    DateTime: {
        **{name: _of_part(getter, "date") for name, getter in _DATE.items()},
        **{name: _of_part(getter, "time") for name, getter in _TIME.items()},
        "time offset": lambda v: _offset(v.offset()),
    },
    DayTimeDuration: {
        "days": lambda v: _signed(v.split()[0], v.nanos < 0),
        "hours": lambda v: _signed(v.split()[1], v.nanos < 0),
        "minutes": lambda v: _signed(v.split()[2], v.nanos < 0),
        "seconds": lambda v: _signed(v.split()[3], v.nanos < 0),
    },
    YearMonthDuration: {
        "years": lambda v: _signed(abs(v.months) // 12, v.months < 0),
        "months": lambda v: _signed(abs(v.months) % 12, v.months < 0),
    },
    Range: {
        "start": lambda v: v.low,
        "end": lambda v: v.high,
        "start included": lambda v: v.low_closed,
        "end included": lambda v: v.high_closed,
    },
}

NAMES = tuple({name for table in PROPERTIES.values() for name in table})
