"""Times as SensorThings writes them: instants, intervals, durations (ISO 8601)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pengcheng.kit.ngsild.terms import stamp

DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?\Z"
)
INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?\Z")


@dataclass(frozen=True, slots=True)
class Interval:
    """Two moments, the first not after the second."""

    start: datetime
    end: datetime


Moment = datetime | Interval


def instant(text: object) -> datetime | None:
    """A moment, in UTC; one without a zone is one of UTC. ``None`` if the text is none."""
    if not isinstance(text, str) or not INSTANT.match(text):
        return None
    try:
        found = datetime.fromisoformat(text.replace(",", "."))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def moment(text: object) -> Moment | None:
    """An instant or an interval."""
    if not isinstance(text, str) or "/" not in text:
        return instant(text)
    first, _, second = text.partition("/")
    start, end = instant(first), instant(second)
    if start is None or end is None or end < start:
        return None
    return Interval(start, end)


def duration(text: str) -> timedelta | None:
    found = DURATION.match(text)
    if not found or text[-1] in "PT":
        return None
    parts = {key: float(found[key] or 0) for key in ("days", "hours", "minutes", "seconds")}
    try:
        length = timedelta(**parts)
    except OverflowError:
        return None
    return -length if found["sign"] else length


def written(value: Moment) -> str:
    if isinstance(value, Interval):
        return f"{stamp(value.start)}/{stamp(value.end)}"
    return stamp(value)


def ends(value: Moment) -> tuple[datetime, datetime]:
    """Where a moment begins and ends."""
    return (value.start, value.end) if isinstance(value, Interval) else (value, value)
