"""Counting attempts in the database, so that every process and every restart counts together."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.utils import IntegrityError

from pengcheng.domains.identity import rules
from pengcheng.domains.identity.models import Throttle
from pengcheng.kernel import clock
from pengcheng.kernel.problems import TooMany


def reserve(limit: rules.Limit, *parts: str) -> None:
    """Count an attempt before it is made, so that parallel guesses count too, or refuse it."""
    key, now = rules.throttle_key(limit, *parts), clock.now()
    for _ in range(3):
        if _counted(key, limit, now):
            return
        row = Throttle.objects.filter(key=key).first()
        if row is not None and row.window_ends_at > now and row.attempts >= limit.attempts:
            raise _wait(row.window_ends_at, now)
    raise _wait(now + limit.window, now)


def _counted(key: str, limit: rules.Limit, now: datetime) -> bool:
    row = Throttle.objects.filter(key=key)
    open_window = row.filter(window_ends_at__gt=now, attempts__lt=limit.attempts)
    if open_window.update(attempts=F("attempts") + 1):
        return True
    fresh = now + limit.window
    if row.filter(window_ends_at__lte=now).update(attempts=1, window_ends_at=fresh):
        return True
    if row.exists():
        return False
    try:
        with transaction.atomic():
            Throttle.objects.create(key=key, attempts=1, window_ends_at=fresh)
    except IntegrityError:
        return False
    return True


def give_back(limit: rules.Limit, *parts: str) -> None:
    """A right password is no attempt: only failures count."""
    row = Throttle.objects.filter(key=rules.throttle_key(limit, *parts), attempts__gt=0)
    row.update(attempts=F("attempts") - 1)


def clear(limit: rules.Limit, *parts: str) -> None:
    """Forget the failures on one key."""
    Throttle.objects.filter(key=rules.throttle_key(limit, *parts)).delete()


def forget_old() -> int:
    """Delete the windows that have passed."""
    return Throttle.objects.filter(window_ends_at__lte=clock.now()).delete()[0]


def _wait(until: datetime, now: datetime) -> TooMany:
    seconds = max(1, int((until - now).total_seconds()) + 1)
    minutes = -(-seconds // 60)
    return TooMany(
        code="identity.sign_in.too_many",
        zh="尝试次数过多",
        en="Too many attempts",
        next_zh=f"请在 {minutes} 分钟后再试。",
        next_en=f"Try again in {minutes} minute{'s' if minutes > 1 else ''}.",
        retry_after=seconds,
    )
