"""Who looked at somebody's personal data: read from the audit lines that are about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Count, Q, QuerySet

from pengcheng.kernel.audit import Line, line_of
from pengcheng.kernel.models import AuditEntry, Seen


class LookQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which looks; ``own`` counts those of the person themselves in."""

    purpose: str = ""
    since: datetime | None = None
    until: datetime | None = None
    own: bool = False
    page: int = 1
    size: int = 20


class LookPage(msgspec.Struct, frozen=True):
    """Some of the looks, newest first."""

    lines: tuple[Line, ...]
    total: int
    page: int


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many lines of one purpose and action, without persons."""

    purpose: str
    action: str
    lines: int
    refused: int


def looks(subject: str, query: LookQuery) -> LookPage:
    """One page of the audit lines about a person."""
    rows = _about(subject, query)
    total = rows.count()
    page = min(max(query.page, 1), max(1, -(-total // query.size)))
    found = rows.order_by("-position")[(page - 1) * query.size : page * query.size]
    return LookPage(tuple(line_of(row) for row in found), total, page)


def purposes_of(subject: str) -> list[str]:
    """The purposes for which a person was ever looked at."""
    rows = _about(subject, LookQuery(own=True))
    return sorted(set(rows.order_by().values_list("purpose", flat=True).distinct()))


def tallies(actions: Iterable[str], since: datetime) -> list[Tally]:
    """How often each of these actions was done since then, by purpose."""
    rows = AuditEntry.objects.filter(action__in=list(actions), time__gte=since)
    counted = rows.order_by().values("purpose", "action")
    refused = Count("position", filter=~Q(outcome="success"))
    found = counted.annotate(lines=Count("position"), refused=refused)
    return [Tally(**one) for one in found.order_by("purpose", "action")]


def _about(subject: str, query: LookQuery) -> QuerySet[AuditEntry]:
    entries = Seen.objects.filter(subject=subject).values("entry")
    rows = AuditEntry.objects.filter(id__in=entries)
    if not query.own:
        rows = rows.exclude(actor=subject)
    limits: dict[str, Any] = {
        "purpose": query.purpose,
        "time__gte": query.since,
        "time__lt": query.until,
    }
    return rows.filter(**{name: value for name, value in limits.items() if value})
