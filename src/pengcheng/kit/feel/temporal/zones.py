"""Time zones: a fixed offset, or a region of the tz database."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from pengcheng.kit.feel.temporal import calendar

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)(?::(\d\d))?")
_REGION = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+)*")


@dataclass(frozen=True, slots=True)
class Zone:
    """`offset` seconds east of Greenwich for a fixed zone, else None and a region's name."""

    offset: int | None
    region: str = ""
    info: tzinfo = field(default=UTC, compare=False, repr=False)

    def offset_at(self, days: int, second_of_day: int) -> int:
        """Seconds east of Greenwich at a local time (days since 1970)."""
        if self.offset is not None:
            return self.offset
        local = _within_python(days) + timedelta(seconds=second_of_day)
        return _seconds(local.replace(tzinfo=self.info).utcoffset())

    def offset_of_instant(self, epoch_seconds: int) -> int:
        if self.offset is not None:
            return self.offset
        days, second = divmod(epoch_seconds, 86_400)
        moment = (_within_python(days) + timedelta(seconds=second)).replace(tzinfo=UTC)
        return _seconds(moment.astimezone(self.info).utcoffset())

    def __str__(self) -> str:
        if self.offset is None:
            return f"@{self.region}"
        if self.offset == 0:
            return "Z"
        hours, rest = divmod(abs(self.offset), 3600)
        minutes, seconds = divmod(rest, 60)
        text = f"{'-' if self.offset < 0 else '+'}{hours:02d}:{minutes:02d}"
        return f"{text}:{seconds:02d}" if seconds else text


def _seconds(delta: timedelta | None) -> int:
    return 0 if delta is None else delta.days * 86_400 + delta.seconds


def _within_python(days: int) -> datetime:
    """The same calendar day in a year Python knows; zone rules repeat every 400 years."""
    year, month, day = calendar.from_days(days)
    if not 2 <= year <= 9998:
        year = 2000 + year % 400
    return datetime(year, month, day)  # noqa: DTZ001 - the zone is put on by the caller


def fixed(seconds: int) -> Zone:
    return Zone(seconds, "", timezone(timedelta(seconds=seconds)))


UTC_ZONE = fixed(0)


@lru_cache(maxsize=1024)
def region(name: str) -> Zone | None:
    """A region by its exact name; names that could leave the database are refused."""
    if not _REGION.fullmatch(name):
        return None
    try:
        return Zone(None, name, zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def parse(text: str) -> Zone | None:
    """`Z`, `+08:00`, `-03:30:15` or `@Asia/Shanghai`."""
    if text in ("Z", "z"):
        return UTC_ZONE
    if text.startswith("@"):
        return region(text[1:])
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    sign, hours, minutes, seconds = found.groups()
    total = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
    if int(minutes) > 59 or int(seconds or 0) > 59 or total > 18 * 3600:
        return None
    return fixed(-total if sign == "-" else total)


def from_tzinfo(info: tzinfo, moment: datetime | None) -> Zone:
    """The zone of a Python value; a region keeps its name.

    The second of two equal clock readings in autumn has no name in FEEL: it keeps its offset.
    """
    key = getattr(info, "key", None)
    if isinstance(key, str) and not (moment is not None and moment.fold):
        found = region(key)
        if found is not None:
            return found
    return fixed(_seconds(info.utcoffset(moment)))
