"""When a message may go out, and how long to wait after a failure."""

from datetime import datetime, time, timedelta

PAUSES = (1, 5, 15, 60, 180, 360, 720)
"""Minutes before the next attempt; after the last of them it is given up."""
MAX_ATTEMPTS = len(PAUSES) + 1


def is_quiet(at: time, start: time, end: time) -> bool:
    """Whether the time of day lies in the quiet hours; equal ends mean there are none."""
    if start <= end:
        return start <= at < end
    return at >= start or at < end


def not_before(local: datetime, start: time, end: time, *, urgent: bool) -> datetime:
    """The first moment from `local` (the city's time) on at which it may ring."""
    if urgent or not is_quiet(local.time(), start, end):
        return local
    morning = datetime.combine(local.date(), end, local.tzinfo)
    return morning if morning > local else morning + timedelta(days=1)


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None: no more."""
    if attempts > len(PAUSES):
        return None
    return timedelta(minutes=PAUSES[attempts - 1])
