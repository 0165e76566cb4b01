"""From one kind of value to another."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from pengcheng.kit.feel import numbers
from pengcheng.kit.feel.bounds import check_size
from pengcheng.kit.feel.builtins.registry import builtin
from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.range_texts import parse_range
from pengcheng.kit.feel.ranges import Range
from pengcheng.kit.feel.temporal import (
    Date,
    DateTime,
    DayTimeDuration,
    Time,
    YearMonthDuration,
    texts,
    zones,
)
from pengcheng.kit.feel.temporal.durations import SECOND, parse_duration
from pengcheng.kit.feel.texts import to_text

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def _found(value: Any, what: str) -> Any:
    if value is None:
        raise FeelError(f"the text is not {what}")
    return value


@builtin("date", "from: string")
def date_from_text(text: str) -> Date:
    found: Date = _found(texts.parse_date(text), "a date")
    return found


@builtin("date", "from: date")
def date_from_date(value: Date) -> Date:
    return value


@builtin("date", "from: date and time")
def date_from_moment(value: DateTime) -> Date:
    return value.date


@builtin("date", "year: number, month: number, day: number")
def date_from_parts(year: Decimal, month: Decimal, day: Decimal) -> Date:
    return Date(_whole(year), _whole(month), _whole(day))


def _whole(value: Decimal) -> int:
    number = numbers.whole(value)
    if number != value:
        raise FeelError("a whole number is expected")
    return number


@builtin("date and time", "from: string")
def moment_from_text(text: str) -> DateTime:
    found: DateTime = _found(texts.parse_date_time(text), "a date and time")
    return found


@builtin("date and time", "from: date and time")
def moment_from_moment(value: DateTime) -> DateTime:
    return value


@builtin("date and time", "from: date")
def moment_from_date(value: Date) -> DateTime:
    return value.at_midnight()


@builtin("date and time", "date: date|date and time, time: time")
def moment_from_parts(date: Date | DateTime, time: Time) -> DateTime:
    return DateTime(date.date if isinstance(date, DateTime) else date, time)


@builtin("time", "from: string")
def time_from_text(text: str) -> Time:
    found: Time = _found(texts.parse_time(text), "a time")
    return found


@builtin("time", "from: time")
def time_from_time(value: Time) -> Time:
    return value


@builtin("time", "from: date and time")
def time_from_moment(value: DateTime) -> Time:
    return value.time


@builtin("time", "from: date")
def time_from_date(value: Date) -> Time:
    return value.at_midnight().time


@builtin("time", "hour: number, minute: number, second: number, offset: days and time duration?")
def time_from_parts(
    hour: Decimal, minute: Decimal, second: Decimal, offset: DayTimeDuration | None
) -> Time:
    """Seconds may have a fraction; the offset is limited to eighteen hours."""
    whole = numbers.whole(second)
    nano = int((second - whole) * SECOND)
    zone = None
    if offset is not None:
        if offset.nanos % SECOND or abs(offset.nanos) > 18 * 3600 * SECOND:
            raise FeelError("this is no offset of a time zone")
        zone = zones.fixed(offset.nanos // SECOND)
    if nano < 0:
        raise FeelError("there is no such time")
    return Time.of(_whole(hour), _whole(minute), whole, nano, zone)


@builtin("number", "from: string, grouping separator: string?, decimal separator: string?")
def number_from_text(text: str, grouping: str | None, point: str | None) -> Decimal:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        raise FeelError("these separators are not allowed")
    if grouping is not None and grouping == point:
        raise FeelError("the two separators must differ")
    if grouping is not None:
        text = text.replace(grouping, "")
    if point is not None and point != ".":
        text = text.replace(point, ".") if "." not in text else "x"
    if not _NUMBER.fullmatch(text):
        raise FeelError("the text is not a number")
    return numbers.from_text(text)


@builtin("number", "from: number")
def number_from_number(value: Decimal) -> Decimal:
    return value


@builtin("string", "from: any")
def string(value: Any) -> str | None:
    check_size(value)
    return None if value is None else to_text(value)


@builtin("duration", "from: string")
def duration_from_text(text: str) -> DayTimeDuration | YearMonthDuration:
    found: DayTimeDuration | YearMonthDuration = _found(parse_duration(text), "a duration")
    return found


@builtin("duration", "from: days and time duration|years and months duration")
def duration_from_duration(
    value: DayTimeDuration | YearMonthDuration,
) -> DayTimeDuration | YearMonthDuration:
    return value


@builtin("years and months duration", "from: date|date and time, to: date|date and time")
def months_between(start: Date | DateTime, end: Date | DateTime) -> YearMonthDuration:
    """Whole months from one day to the other, cut towards zero."""
    first = start.date if isinstance(start, DateTime) else start
    last = end.date if isinstance(end, DateTime) else end
    if last.days < first.days:
        return YearMonthDuration(-_months(last, first))
    return YearMonthDuration(_months(first, last))


def _months(first: Date, last: Date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


@builtin("range", "from: string")
def range_from_text(text: str) -> Range:
    return parse_range(text)
