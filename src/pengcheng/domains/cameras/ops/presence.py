"""Coming and going of sources, as their registrations and keep-alive messages tell it."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from pengcheng.domains.cameras import models
from pengcheng.domains.cameras.ops import shared
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit

ACTION = "cameras.source.register"


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """What a device said when it registered."""

    transport: str
    address: str
    seconds: int


def registered(context: Context, number: str, said: Registration) -> datetime:
    """Until when; only the coming is audited, not each time it says so again."""
    resource, now = Resource(kind="source", id=number), clock.now()
    row = shared.source_row(number)
    facts = {
        "transport": said.transport,
        "address": said.address,
        "expires_at": now + timedelta(seconds=said.seconds),
        "registered_at": now,
        "kept_at": now,
        "online": True,
    }
    rows = models.Source.objects.filter(id=row.id, ended_at=None)
    if row.online:
        permit(context, ACTION, resource)
        rows.update(**facts)
    else:
        with act(context, ACTION, resource) as acting:
            rows.update(**facts)
            shared.touch(number)
            acting.note(online=True, transport=said.transport, seconds=said.seconds)
    return facts["expires_at"]  # type: ignore[return-value]


def left(context: Context, number: str, why: str) -> None:
    """It took its registration back, let it end, or fell silent."""
    with act(context, ACTION, Resource(kind="source", id=number)) as acting:
        models.Source.objects.filter(number=number).update(online=False)
        shared.touch(number)
        acting.note(online=False, why=why)


def back(context: Context, number: str, at: datetime) -> None:
    """It was silent and speaks again, within its registration."""
    with act(context, ACTION, Resource(kind="source", id=number)) as acting:
        models.Source.objects.filter(number=number).update(online=True, kept_at=at)
        shared.touch(number)
        acting.note(online=True, why="speaks again")


def kept(seen: list[tuple[str, datetime]]) -> None:
    """Keep-alive messages, many at once; they are no acts."""
    for number, at in seen:
        models.Source.objects.filter(number=number).update(kept_at=at)


def told(context: Context, number: str, facts: dict[str, str]) -> None:
    """What it says of itself."""
    permit(context, "cameras.signal.take", Resource(kind="source", id=number))
    models.Source.objects.filter(number=number).update(
        **{name: value[:120] for name, value in facts.items()}
    )


def refused(context: Context, number: str, network: str, why: str) -> None:
    """Somebody who may not register tried to."""
    audit.record(
        context,
        action=ACTION,
        resource=f"source/{number}",
        outcome="denied",
        facts={"network": network, "why": why},
    )


def simulate(context: Context, number: str) -> None:
    """A simulated source counts as being there; it never speaks."""
    permit(context, ACTION, Resource(kind="source", id=number))
    now = clock.now()
    models.Source.objects.filter(number=number, simulated=True).update(
        online=True,
        registered_at=now,
        kept_at=now,
        expires_at=now + timedelta(days=1),
    )
    shared.touch(number)
