"""What happened, kept in the outbox with the change itself and brought to whoever hears it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from django.db import transaction

from pengcheng.kernel import clock, together
from pengcheng.kernel.context import Actor, Context, system_context
from pengcheng.kernel.event import Event
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.models import Delivery, OutboxEvent
from pengcheng.kernel.prepared import insert_all, insert_numbered
from pengcheng.kernel.problems import NotFound

E = TypeVar("E", bound=Event)


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What the outbox knows of an event beside its own facts."""

    id: str
    type: str
    subject: str
    time: datetime
    cause: str
    actor: str
    data: dict[str, Any]

    def context(self, part: str) -> Context:
        """The circumstances of a handler's own acts: the system, caused by this event."""
        return system_context(part, cause=self.id)


class Hearer(msgspec.Struct, frozen=True):
    """A handler and the kind of event that it hears."""

    name: str
    event_class: type[Event]
    handle: Callable[[Envelope, Any], None]
    when: Callable[[Any], bool] | None = None


_hearers: dict[str, list[Hearer]] = {}


def hears(
    event_class: type[E], *, when: Callable[[E], bool] | None = None
) -> Callable[[Callable[[Envelope, E], None]], Callable[[Envelope, Any], None]]:
    """Mark a function of a domain's ``handlers.py`` as hearer of an event.

    It runs in its own transaction, once in effect, and per subject in the order of what happened.
    With ``when`` it hears only the events of which that is true; it looks at the event alone.
    """

    def register(handle: Callable[[Envelope, E], None]) -> Callable[[Envelope, Any], None]:
        name = f"{handle.__module__}.{handle.__qualname__}"
        known = _hearers.setdefault(event_class.type, [])
        known[:] = [hearer for hearer in known if hearer.name != name]
        known.append(Hearer(name, event_class, handle, when))
        return handle

    return register


def hearers_of(event_type: str) -> tuple[Hearer, ...]:
    """Who hears this kind of event in this process."""
    return tuple(_hearers.get(event_type, ()))


def emit(context: Context, event: Event) -> str:
    """Write an event into the outbox. Must be called within the transaction of the change; returns
    the event's id.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event must be emitted in the transaction of the change it tells of")
    event_id = new_id()
    told = {
        "id": event_id,
        "type": event.type,
        "subject": event.subject,
        "time": clock.now(),
        "cause": context.cause or "",
        "context": _kept(context),
        "data": msgspec.to_builtins(event),
    }
    together.tell(_write, [_Told(told, _names(event))])
    return event_id


class _Told(msgspec.Struct, frozen=True):
    """A row of the outbox, and who is to hear of it."""

    row: dict[str, Any]
    handlers: tuple[str, ...]


def _names(event: Event) -> tuple[str, ...]:
    hearers = hearers_of(event.type)
    return tuple(each.name for each in hearers if each.when is None or each.when(event))


def _write(events: Sequence[_Told]) -> None:
    """Put events into the outbox, in their order, with what is owed to those who hear them."""
    positions = insert_numbered(OutboxEvent, [each.row for each in events])
    owed = [
        {"event_id": at, "subject": told.row["subject"], "due": told.row["time"], "handler": name}
        for at, told in zip(positions, events, strict=True)
        for name in told.handlers
    ]
    insert_all(Delivery, owed)


def _kept(context: Context) -> dict[str, Any]:
    """The circumstances without name and roles: an event stays for ever, and the id tells who."""
    actor = Actor(id=context.actor.id, kind=context.actor.kind)
    kept: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(context, actor=actor))
    for told in ("name", "roles"):
        del kept["actor"][told]
    return kept


def envelope(row: OutboxEvent) -> Envelope:
    """The envelope of an outbox row."""
    return Envelope(
        id=row.id,
        type=row.type,
        subject=row.subject,
        time=row.time,
        cause=row.cause,
        actor=row.context["actor"]["id"],
        data=row.data,
    )


def envelope_of(event_id: str) -> Envelope:
    """The envelope of one event. Raises NotFound."""
    row = OutboxEvent.objects.filter(id=event_id).first()
    if row is None:
        raise NotFound(
            code="kernel.event.not_found", zh="没有这个事件", en="There is no such event"
        )
    return envelope(row)


def causes(event_id: str) -> list[Envelope]:
    """The event and what led to it, newest first; the last one's ``cause`` may name something that
    is no event.
    """
    chain: list[Envelope] = []
    seen: set[str] = set()
    current = event_id
    while current and current not in seen:
        seen.add(current)
        row = OutboxEvent.objects.filter(id=current).first()
        if row is None:
            break
        chain.append(envelope(row))
        current = row.cause
    return chain


def consequences(cause: str) -> list[Envelope]:
    """The events that name ``cause`` (an event, a request, an observation) as what led to them,
    oldest first.
    """
    rows = OutboxEvent.objects.filter(cause=cause).order_by("position")
    return [envelope(row) for row in rows]


def to_cloudevent(item: Envelope, *, source: str = "urn:pengcheng:city") -> dict[str, Any]:
    """The event as a CloudEvents 1.0 JSON object, its form outside this process."""
    body: dict[str, Any] = {
        "specversion": "1.0",
        "id": item.id,
        "source": source,
        "type": item.type,
        "subject": item.subject,
        "time": item.time.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": item.data,
    }
    if item.cause:
        body["cause"] = item.cause
    return body


def deliver_pending(limit: int | None = None, *, gathering: bool = False) -> int:
    """Deliver what is due until nothing is; returns how many deliveries were made. The worker's
    loop calls it, and comes again for what is gathering.
    """
    from pengcheng.kernel.relay import deliver

    return deliver(limit, gathering=gathering)
