"""Date, time, and date and time: nanosecond exact, any year of nine digits, optional zone."""

from __future__ import annotations

from dataclasses import dataclass

from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.temporal import calendar
from pengcheng.kit.feel.temporal.durations import DAY, HOUR, MINUTE, SECOND
from pengcheng.kit.feel.temporal.zones import UTC_ZONE, Zone


@dataclass(frozen=True, slots=True)
class Date:
    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if not calendar.is_date(self.year, self.month, self.day):
            raise FeelError("there is no such date")

    @property
    def days(self) -> int:
        return calendar.to_days(self.year, self.month, self.day)

    @classmethod
    def from_days(cls, days: int) -> Date:
        return cls(*calendar.from_days(days))

    def plus_months(self, months: int) -> Date:
        return Date(*calendar.add_months(self.year, self.month, self.day, months))

    @property
    def rank(self) -> int:
        return self.days

    def at_midnight(self) -> DateTime:
        """A date read as date and time is midnight UTC."""
        return DateTime(self, Time(0, UTC_ZONE))

    def __str__(self) -> str:
        return f"{'-' if self.year < 0 else ''}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True, slots=True)
class Time:
    """Nanoseconds since midnight, and perhaps a zone."""

    nanos: int
    zone: Zone | None = None

    @classmethod
    def of(
        cls, hour: int, minute: int, second: int, nano: int = 0, zone: Zone | None = None
    ) -> Time:
        if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
            raise FeelError("there is no such time")
        return cls(hour * HOUR + minute * MINUTE + second * SECOND + nano, zone)

    def fields(self) -> tuple[int, int, int, int]:
        hour, rest = divmod(self.nanos, HOUR)
        minute, rest = divmod(rest, MINUTE)
        return (hour, minute, *divmod(rest, SECOND))

    def offset(self) -> int | None:
        """Of a region without a date: its offset on the first day of the epoch."""
        return None if self.zone is None else self.zone.offset_at(0, self.nanos // SECOND)

    @property
    def rank(self) -> int:
        """Place on the line of times; a time without a zone counts as UTC."""
        return self.nanos - (self.offset() or 0) * SECOND

    def plus(self, nanos: int) -> Time:
        return Time((self.nanos + nanos) % DAY, self.zone)

    def __str__(self) -> str:
        hour, minute, second, nano = self.fields()
        text = f"{hour:02d}:{minute:02d}:{second:02d}"
        if nano:
            text += f".{nano:09d}".rstrip("0")
        return text + ("" if self.zone is None else str(self.zone))


@dataclass(frozen=True, slots=True)
class DateTime:
    date: Date
    time: Time

    @property
    def zone(self) -> Zone | None:
        return self.time.zone

    def offset(self) -> int | None:
        if self.time.zone is None:
            return None
        return self.time.zone.offset_at(self.date.days, self.time.nanos // SECOND)

    @property
    def rank(self) -> int:
        """Nanoseconds since the epoch; without a zone the clock counts as UTC."""
        return self.date.days * DAY + self.time.nanos - (self.offset() or 0) * SECOND

    def plus(self, nanos: int) -> DateTime:
        """The instant that much later, shown on the clock of the same zone."""
        zone = self.time.zone
        instant = self.rank + nanos
        shift = 0 if zone is None else zone.offset_of_instant(instant // SECOND)
        days, rest = divmod(instant + shift * SECOND, DAY)
        return DateTime(Date.from_days(days), Time(rest, zone))

    def plus_months(self, months: int) -> DateTime:
        return DateTime(self.date.plus_months(months), self.time)

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"
