"""How often one caller may use a door that costs much: counted in the database, so that all
processes count together.

A signed-in account is counted by itself, everybody else by the network they come from. The machine
itself (loopback) is not counted: its owner has other ways to overload it.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, wraps
from typing import Any, TypeVar

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.utils import IntegrityError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from pengcheng.kernel import clock
from pengcheng.kernel.address import client_address, network
from pengcheng.kernel.context import Context
from pengcheng.kernel.models import PaceWindow
from pengcheng.kernel.problems import TooMany

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
DAY = timedelta(days=1)


class Limit(msgspec.Struct, frozen=True):
    """So many uses in so many seconds."""

    times: int
    seconds: int = 60


DOORS = {
    "check-file": Limit(30),
    "time-stamp": Limit(120),
    "status": Limit(20),
    "check-code": Limit(120),
    "taken-codes": Limit(30),
    "check-licence": Limit(120),
    "copy-file": Limit(20),
    "copy-trace": Limit(20),
}
"""The heavy doors and what they allow unless the settings say otherwise."""


def paced(door: str, *, methods: frozenset[str] = frozenset({"POST"})) -> Callable[[View], View]:
    """Declare that a view is a heavy door. Put it next to the view, below @page."""
    if door not in DOORS:
        raise ValueError(f"no limit is known for {door!r}")

    def declare(view: View) -> View:
        @wraps(view)
        def held(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods:
                hold(request, door)
            return view(request, *args, **kwargs)

        return held  # type: ignore[return-value]

    return declare


def hold(request: HttpRequest, door: str) -> None:
    """Count this use. Raises TooMany with the seconds to wait."""
    limit = limits(settings.PENGCHENG_LIMITS).get(door)
    caller = _caller(request)
    if limit is None or not caller:
        return
    now = clock.now()
    key = hashlib.sha256(f"{door}\x00{caller}".encode()).hexdigest()
    until = _counted(key, limit, now)
    if until is not None:
        raise _too_many(max(1, int((until - now).total_seconds()) + 1))


def _caller(request: HttpRequest) -> str:
    """Empty where nobody is counted."""
    context: Context | None = getattr(request, "auth", None) or getattr(request, "context", None)
    if isinstance(context, Context) and context.actor.kind != "anonymous":
        return f"account/{context.actor.id}"
    address = client_address(request)
    if not address or ipaddress.ip_address(address).is_loopback:
        return ""
    return f"network/{network(address)}"


def _counted(key: str, limit: Limit, now: datetime) -> datetime | None:
    """None when it was counted, else when the window ends. One statement in the usual case."""
    row = PaceWindow.objects.filter(key=key)
    for _ in range(3):
        if row.filter(ends_at__gt=now, uses__lt=limit.times).update(uses=F("uses") + 1):
            return None
        fresh = now + timedelta(seconds=limit.seconds)
        if row.filter(ends_at__lte=now).update(uses=1, ends_at=fresh):
            return None
        known = row.first()
        if known is not None and known.ends_at > now and known.uses >= limit.times:
            return known.ends_at
        if known is None and _begun(key, fresh, now):
            return None
    return None  # others came between three times: rather one too many than a false refusal


def _begun(key: str, ends_at: datetime, now: datetime) -> bool:
    try:
        with transaction.atomic():
            PaceWindow.objects.create(key=key, uses=1, ends_at=ends_at)
    except IntegrityError:
        return False
    PaceWindow.objects.filter(ends_at__lt=now - DAY).delete()
    return True


@lru_cache(maxsize=8)
def limits(told: str) -> dict[str, Limit]:
    """The doors' limits with what the settings change: `check-file=60/60,time-stamp=off`."""
    if told.strip() == "off":
        return {}
    found = dict(DOORS)
    for part in filter(None, (one.strip() for one in told.split(","))):
        door, _, value = part.partition("=")
        if door not in DOORS:
            raise ValueError(f"PENGCHENG_LIMITS: no door {door!r}; known: {', '.join(DOORS)}")
        if value == "off":
            found.pop(door, None)
            continue
        times, _, seconds = value.partition("/")
        if not times.isdecimal() or not (seconds or "60").isdecimal() or int(times) < 1:
            raise ValueError(f"PENGCHENG_LIMITS: {part!r} is not door=times/seconds or door=off")
        found[door] = Limit(int(times), max(1, int(seconds or 60)))
    return found


def _too_many(seconds: int) -> TooMany:
    return TooMany(
        code="kernel.pace.too_many",
        zh="操作过于频繁",
        en="Too many requests",
        next_zh=f"请在 {seconds} 秒后重试。",
        next_en=f"Try again in {seconds} second{'s' if seconds > 1 else ''}.",
        retry_after=seconds,
    )
