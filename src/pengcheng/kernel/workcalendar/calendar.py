"""Counting in working time. Holidays are data (one file a year) that an operator may replace."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

DATA = Path(__file__).parent / "data"
CITY_ZONE = ZoneInfo("Asia/Shanghai")


class Span(msgspec.Struct, frozen=True):
    """A run of days off, both ends included."""

    name: str
    start: date
    end: date

    def days(self) -> Iterator[date]:
        for offset in range((self.end - self.start).days + 1):
            yield self.start + timedelta(days=offset)


class YearFile(msgspec.Struct, frozen=True):
    """One year's public notice: days off, weekend days worked, its source, and whether it is only
    provisional.
    """

    year: int
    source: str
    provisional: bool
    holidays: tuple[Span, ...]
    worked: tuple[date, ...] = ()


class Hours(msgspec.Struct, frozen=True):
    """Office hours of a working day; the noon break is not working time."""

    spans: tuple[tuple[time, time], ...] = (
        (time(9), time(12)),
        (time(14), time(18)),
    )


class WorkCalendar:
    """Days and hours that count. Years without a file follow the plain week and are provisional."""

    def __init__(
        self,
        years: dict[int, YearFile],
        *,
        hours: Hours | None = None,
        zone: tzinfo = CITY_ZONE,
    ) -> None:
        self._years = years
        self._off = {
            day for year in years.values() for span in year.holidays for day in span.days()
        }
        self._worked = {day for year in years.values() for day in year.worked}
        self._hours = hours or Hours()
        self._zone = zone

    @classmethod
    def read(cls, folder: Path) -> WorkCalendar:
        """The calendar of all ``*.toml`` year files in ``folder``."""
        files = (tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml")))
        years = [msgspec.convert(content, YearFile) for content in files]
        return cls({year.year: year for year in years})

    @staticmethod
    @cache
    def china() -> WorkCalendar:
        """The national calendar shipped with the product (State Council notices)."""
        return WorkCalendar.read(DATA)

    def is_provisional(self, year: int) -> bool:
        """Whether the year's notice is not out yet, so that its days are the statutory ones."""
        known = self._years.get(year)
        return known is None or known.provisional

    def is_working_day(self, day: date) -> bool:
        """Whether offices are open on that day."""
        if day in self._worked:
            return True
        return day.weekday() < 5 and day not in self._off

    def next_working_day(self, day: date) -> date:
        """The day itself when offices are open, else the first one after it."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def add_working_days(self, start: date, days: int) -> date:
        """The day on which a limit of ``days`` working days ends; the day of acceptance does not
        count.
        """
        if days < 0:
            raise ValueError("a time limit cannot be negative")
        day = start
        for _ in range(days):
            day = self.next_working_day(day + timedelta(days=1))
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after ``start`` up to and with ``end`` (negative when ``end``
        is past).
        """
        if end < start:
            return -self.working_days_between(end, start)
        span = range(1, (end - start).days + 1)
        return sum(self.is_working_day(start + timedelta(days=offset)) for offset in span)

    def add_working_hours(self, start: datetime, hours: float) -> datetime:
        """The moment at which so many office hours have passed since ``start`` (aware, same zone as
        given).
        """
        if hours < 0:
            raise ValueError("a time limit cannot be negative")
        left = timedelta(hours=hours)
        moment = start.astimezone(self._zone)
        if not left:
            return start
        for opens, closes in self._spans_from(moment):
            if closes - opens >= left:
                return (opens + left).astimezone(start.tzinfo)
            left -= closes - opens
        raise AssertionError("working spans never end")

    def working_hours_between(self, start: datetime, end: datetime) -> float:
        """Office hours between two moments (negative when ``end`` is before ``start``)."""
        if end < start:
            return -self.working_hours_between(end, start)
        last = end.astimezone(self._zone)
        total = timedelta()
        for opens, closes in self._spans_from(start.astimezone(self._zone)):
            if opens >= last:
                break
            total += min(closes, last) - opens
        return total.total_seconds() / 3600

    def _spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = moment.date()
        while True:
            if self.is_working_day(day):
                for opens, closes in self._hours.spans:
                    begin = datetime.combine(day, opens, self._zone)
                    finish = datetime.combine(day, closes, self._zone)
                    if finish > moment:
                        yield max(begin, moment), finish
            day += timedelta(days=1)
