"""The two durations of FEEL, kept apart because a month has no fixed number of days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.numbers import CONTEXT

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_LARGEST = 10**30  # nanoseconds; beyond it arithmetic would only waste memory

_MONTHS = re.compile(r"(-)?P(?=\d)(?:(\d{1,12})Y)?(?:(\d{1,12})M)?")
_DAYS = re.compile(
    r"(-)?P(?=[\dT])(?:(\d{1,12})D)?"
    r"(?:T(?=\d)(?:(\d{1,15})H)?(?:(\d{1,15})M)?(?:(\d{1,15})(?:\.(\d{1,30}))?S)?)?"
)


@dataclass(frozen=True, slots=True, order=True)
class YearMonthDuration:
    """Years and months, as whole months."""

    months: int

    @classmethod
    def parse(cls, text: str) -> YearMonthDuration | None:
        found = _MONTHS.fullmatch(text)
        if found is None:
            return None
        sign, years, months = found.groups()
        total = int(years or 0) * 12 + int(months or 0)
        return cls(-total if sign else total)

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        body = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (body or "0M")


@dataclass(frozen=True, slots=True, order=True)
class DayTimeDuration:
    """Days, hours, minutes and seconds, as whole nanoseconds."""

    nanos: int

    def __post_init__(self) -> None:
        if abs(self.nanos) > _LARGEST:
            raise FeelError("the duration is too long")

    @classmethod
    def parse(cls, text: str) -> DayTimeDuration | None:
        found = _DAYS.fullmatch(text)
        if found is None:
            return None
        sign, days, hours, minutes, seconds, fraction = found.groups()
        nanos = int(days or 0) * DAY + int(hours or 0) * HOUR + int(minutes or 0) * MINUTE
        nanos += int(seconds or 0) * SECOND + int((fraction or "")[:9].ljust(9, "0"))
        return cls(-nanos if sign else nanos)

    @classmethod
    def from_timedelta(cls, delta: timedelta) -> DayTimeDuration:
        return cls((delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds * 1000)

    def split(self) -> tuple[int, int, int, int, int]:
        """Days, hours, minutes, seconds, nanoseconds of the absolute value."""
        days, rest = divmod(abs(self.nanos), DAY)
        hours, rest = divmod(rest, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        return (days, hours, minutes, *divmod(rest, SECOND))

    def __str__(self) -> str:
        days, hours, minutes, seconds, nanos = self.split()
        second_text = f"{seconds}.{nanos:09d}".rstrip("0") if nanos else str(seconds or "")
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        clock += f"{second_text}S" if second_text else ""
        body = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
        return ("-" if self.nanos < 0 else "") + "P" + (body or "T0S")


def parse_duration(text: str) -> YearMonthDuration | DayTimeDuration | None:
    return YearMonthDuration.parse(text) or DayTimeDuration.parse(text)


def scaled(amount: int, factor: Decimal) -> int:
    """An amount of months or nanoseconds times a number, cut towards zero."""
    return int(CONTEXT.multiply(Decimal(amount), factor))


def shared(amount: int, divisor: Decimal) -> int:
    if divisor == 0:
        raise FeelError("division by zero")
    return int(CONTEXT.divide(Decimal(amount), divisor))
