"""Between FEEL's values and Python's. What Python cannot hold stays a value of FEEL."""

from __future__ import annotations

import datetime as python
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from pengcheng.kit.feel import numbers
from pengcheng.kit.feel.bounds import check_size
from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.functions import Function
from pengcheng.kit.feel.ranges import Range
from pengcheng.kit.feel.temporal import Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from pengcheng.kit.feel.temporal.durations import SECOND
from pengcheng.kit.feel.temporal.zones import Zone, from_tzinfo

_DEEPEST = 60
_KEPT = (Date, Time, DateTime, DayTimeDuration, YearMonthDuration, Range, Function)


def from_python(value: Any, depth: int = 0) -> Any:
    """Raises FeelError for what has no meaning in FEEL."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is Decimal:
        return numbers.finite(numbers.CONTEXT.plus(value))
    if isinstance(value, int):
        return numbers.from_int(value)
    if isinstance(value, float):
        return numbers.from_text(repr(value))
    return _from_container(value, depth)


def _from_container(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise FeelError("the value is nested too deeply", "limit")
    if isinstance(value, Mapping):
        return {str(key): from_python(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [from_python(item, depth + 1) for item in value]
    if isinstance(value, _KEPT):
        return value
    return _from_temporal(value)


def _from_temporal(value: Any) -> Any:
    if isinstance(value, python.datetime):
        return DateTime(Date(value.year, value.month, value.day), _time(value.timetz(), value))
    if isinstance(value, python.date):
        return Date(value.year, value.month, value.day)
    if isinstance(value, python.time):
        return _time(value, None)
    if isinstance(value, python.timedelta):
        return DayTimeDuration.from_timedelta(value)
    if isinstance(value, str | Decimal):  # subclasses, such as text enums
        return str(value) if isinstance(value, str) else numbers.finite(Decimal(value))
    raise FeelError(f"a {type(value).__name__} has no meaning in FEEL")


def _time(value: python.time, moment: python.datetime | None) -> Time:
    zone = None if value.tzinfo is None else from_tzinfo(value.tzinfo, moment)
    return Time.of(value.hour, value.minute, value.second, value.microsecond * 1000, zone)


def to_python(value: Any) -> Any:
    """Raises FeelError for a value too large to write down."""
    kind = type(value)
    if kind is str or kind is Decimal or kind is bool or value is None:
        return value
    if kind is list or kind is dict:
        check_size(value)
    return _to_python(value)


def _to_python(value: Any) -> Any:
    kind = type(value)
    if kind is list:
        return [_to_python(item) for item in value]
    if kind is dict:
        return {key: _to_python(item) for key, item in value.items()}
    convert = _TO_PYTHON.get(kind)
    return convert(value) if convert is not None else value


def _python_date(value: Date) -> Any:
    if not 1 <= value.year <= 9999:
        return value
    return python.date(value.year, value.month, value.day)


def _python_time(value: Time) -> Any:
    if value.nanos % 1000:
        return value
    hour, minute, second, nano = value.fields()
    return python.time(hour, minute, second, nano // 1000, _info(value.zone))


def _python_datetime(value: DateTime) -> Any:
    date, time = _python_date(value.date), _python_time(value.time)
    if isinstance(date, Date) or isinstance(time, Time):
        return value
    return python.datetime.combine(date, time)


def _python_timedelta(value: DayTimeDuration) -> Any:
    if value.nanos % 1000 or abs(value.nanos) > 999_999_998 * 86_400 * SECOND:
        return value
    return python.timedelta(microseconds=value.nanos // 1000)


def _info(zone: Zone | None) -> python.tzinfo | None:
    return None if zone is None else zone.info


_TO_PYTHON: dict[type, Callable[[Any], Any]] = {
    Date: _python_date,
    Time: _python_time,
    DateTime: _python_datetime,
    DayTimeDuration: _python_timedelta,
}
