"""A person's own notary: the hash of a file is put on record, and proved later by anybody."""

from __future__ import annotations

from datetime import timedelta

from pengcheng.domains.ledger.contracts import StampView
from pengcheng.domains.ledger.models import LogEntry, Stamp
from pengcheng.domains.ledger.ops import log
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import TooMany

KIND, PERMISSION = "notary.file", "ledger.notary.stamp"
A_DAY = 50


def stamp(context: Context, digest: str, name: str) -> StampView:
    """Once a person and digest; the name is for their own list alone."""
    owner = context.actor.id
    with act(context, PERMISSION, Resource(kind="stamp", owner=owner)) as acting:
        row = Stamp.objects.filter(owner=owner, digest=digest).first()
        if row is None:
            _within(owner)
            log.append(system_context("ledger"), KIND, digest)
            row = Stamp.objects.create(owner=owner, digest=digest, name=name[:120], at=clock.now())
        acting.concerns(Resource(kind="stamp", id=row.id, owner=owner))
    return _views([row])[0]


def stamps(context: Context) -> tuple[StampView, ...]:
    """One's own, the newest first."""
    owner = context.actor.id
    permit(context, PERMISSION, Resource(kind="stamp", owner=owner))
    return tuple(_views(list(Stamp.objects.filter(owner=owner).order_by("-at")[:200])))


def _within(owner: str) -> None:
    since = clock.now() - timedelta(days=1)
    if Stamp.objects.filter(owner=owner, at__gt=since).count() >= A_DAY:
        raise TooMany(
            code="ledger.stamp.many",
            zh="今日存证次数已达上限",
            en="That is as many as one person may put on record in a day",
            next_zh=f"每人每日最多{A_DAY}份，请明日再试。",
            next_en=f"{A_DAY} a day; go on tomorrow.",
        )


def _views(rows: list[Stamp]) -> list[StampView]:
    found = LogEntry.objects.filter(kind=KIND, digest__in=[row.digest for row in rows])
    places = dict(found.values_list("digest", "index"))
    return [
        StampView(digest=row.digest, name=row.name, at=row.at, index=places.get(row.digest))
        for row in rows
    ]
