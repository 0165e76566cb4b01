"""The calendar, today and now."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import Any

from pengcheng.kernel import clock
from pengcheng.kit.feel.bounds import check_size
from pengcheng.kit.feel.builtins.registry import builtin
from pengcheng.kit.feel.comparison import equal
from pengcheng.kit.feel.functions import Function
from pengcheng.kit.feel.ranges import Range
from pengcheng.kit.feel.temporal import Date, DateTime, Time
from pengcheng.kit.feel.temporal.calendar import iso_week, to_days, weekday
from pengcheng.kit.feel.temporal.durations import SECOND
from pengcheng.kit.feel.temporal.zones import from_tzinfo

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


def _day(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("day of year", "date: date|date and time")
def day_of_year(date: Date | DateTime) -> Decimal:
    day = _day(date)
    return Decimal(day.days - to_days(day.year, 1, 1) + 1)


@builtin("day of week", "date: date|date and time")
def day_of_week(date: Date | DateTime) -> str:
    return _DAYS[weekday(_day(date).days) - 1]


@builtin("month of year", "date: date|date and time")
def month_of_year(date: Date | DateTime) -> str:
    return _MONTHS[_day(date).month - 1]


@builtin("week of year", "date: date|date and time")
def week_of_year(date: Date | DateTime) -> Decimal:
    day = _day(date)
    return Decimal(iso_week(day.year, day.month, day.day))


@builtin("now")
def now() -> DateTime:
    """The clock of the city, so that tests and replays can hold it."""
    local = clock.local(clock.now())
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    time = Time(
        seconds * SECOND + local.microsecond * 1000, from_tzinfo(local.tzinfo or UTC, local)
    )
    return DateTime(Date(local.year, local.month, local.day), time)


@builtin("today")
def today() -> Date:
    day = clock.today()
    return Date(day.year, day.month, day.day)


@builtin("is", "value1: any, value2: any")
def is_(value1: Any, value2: Any) -> bool:
    """Whether both are the same element of the same domain: stricter than `=`."""
    check_size(value1)
    return _identical(value1, value2)


def _identical(value1: Any, value2: Any) -> bool:
    if type(value1) is not type(value2):
        return False
    if isinstance(value1, Time | DateTime):
        return bool(value1 == value2)
    if isinstance(value1, Range | Function):
        return bool(value1 is value2 or equal(value1, value2))
    if isinstance(value1, list):
        return len(value1) == len(value2) and all(map(_identical, value1, value2))
    if isinstance(value1, dict):
        return value1.keys() == value2.keys() and all(
            _identical(value, value2[key]) for key, value in value1.items()
        )
    return bool(value1 == value2)
