"""Reading dates, times and durations from their ISO 8601 forms."""

from __future__ import annotations

import re

from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.temporal import zones
from pengcheng.kit.feel.temporal.durations import (
    DayTimeDuration,
    YearMonthDuration,
    parse_duration,
)
from pengcheng.kit.feel.temporal.points import Date, DateTime, Time

_DATE = re.compile(r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,30}))?(.*)", re.DOTALL)

Temporal = Date | Time | DateTime | DayTimeDuration | YearMonthDuration


def parse_date(text: str) -> Date | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return Date(year, month, day)
    except FeelError:
        return None


def parse_time(text: str) -> Time | None:
    """24:00:00 alone is read as 00:00:00; with a date it is the day after, see below."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, fraction, rest = found.groups()
    zone = zones.parse(rest) if rest else None
    if rest and zone is None:
        return None
    nano = int((fraction or "")[:9].ljust(9, "0"))
    if (hour, minute, second, nano) == ("24", "00", "00", 0):
        hour = "00"
    try:
        return Time.of(int(hour), int(minute), int(second), nano, zone)
    except FeelError:
        return None


def parse_date_time(text: str) -> DateTime | None:
    """A date alone counts as its midnight, without a zone."""
    day_text, mark, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None:
        return None
    if not mark:
        return DateTime(day, Time(0))
    time = parse_time(time_text)
    if time is None:
        return None
    if time_text.startswith("24"):
        day = Date.from_days(day.days + 1)
    return DateTime(day, time)


def parse_at_literal(text: str) -> Temporal | None:
    """The value of @"…", by its shape."""
    if "P" in text[:2]:
        return parse_duration(text)
    if text[2:3] == ":":
        return parse_time(text)
    return parse_date_time(text) if "T" in text else parse_date(text)
