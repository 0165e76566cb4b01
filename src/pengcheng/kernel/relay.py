"""The relay: brings outbox events to their handlers, once in effect and in order per subject.

A handler's work and the mark that it is done are one transaction, so a crash at any moment leaves
either both or
neither. A failure is tried again with growing pauses; after ``MAX_ATTEMPTS`` it is dead and holds
back later events of
its subject for that handler, until an operator retries or skips it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import msgspec
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from pengcheng.kernel import clock
from pengcheng.kernel.events import Hearer, envelope, hearers_of
from pengcheng.kernel.models import Delivery

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
BATCH = 200


def deliver(limit: int | None = None) -> int:
    """Deliver what is due until nothing is, or ``limit`` are made."""
    made = 0
    while limit is None or made < limit:
        ids = list(_due(clock.now()).values_list("id", flat=True)[:BATCH])
        delivered = 0
        for delivery_id in ids:
            delivered += _deliver_one(delivery_id)
            if limit is not None and made + delivered >= limit:
                break
        made += delivered
        if not delivered:
            break
    return made


def backlog() -> dict[str, int]:
    """How many deliveries wait and how many are dead, for the doctor."""
    return {
        "pending": Delivery.objects.filter(state=Delivery.State.PENDING).count(),
        "dead": Delivery.objects.filter(state=Delivery.State.DEAD).count(),
    }


def retry_dead() -> int:
    """Give every dead delivery another round of attempts."""
    dead = Delivery.objects.filter(state=Delivery.State.DEAD)
    return dead.update(state=Delivery.State.PENDING, attempts=0, due=clock.now())


def _due(now: datetime) -> QuerySet[Delivery]:
    held = Delivery.objects.filter(
        Q(state=Delivery.State.DEAD) | Q(state=Delivery.State.PENDING, due__gt=now),
        handler=OuterRef("handler"),
        subject=OuterRef("subject"),
        event__lt=OuterRef("event"),
    )
    pending = Delivery.objects.filter(state=Delivery.State.PENDING, due__lte=now)
    return pending.filter(~Exists(held)).order_by("event")


def _deliver_one(delivery_id: int) -> int:
    try:
        with transaction.atomic():
            row = _locked(delivery_id)
            if row is None or _earlier_open(row):
                return 0
            _hand_over(row)
            row.state, row.done_at = Delivery.State.DONE, clock.now()
            row.error = ""
            row.save(update_fields=["state", "done_at", "error"])
            return 1
    except Exception as error:
        log.exception("delivery %s failed", delivery_id)
        _failed(delivery_id, error)
        return 0


def _locked(delivery_id: int) -> Delivery | None:
    rows = Delivery.objects.filter(id=delivery_id, state=Delivery.State.PENDING)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows.select_related("event").first()


def _earlier_open(row: Delivery) -> bool:
    """Whether an earlier event of the same subject still waits for this handler (another relay may
    hold it).
    """
    return (
        Delivery.objects.filter(handler=row.handler, subject=row.subject, event__lt=row.event_id)
        .exclude(state=Delivery.State.DONE)
        .exists()
    )


def _hand_over(row: Delivery) -> None:
    hearer = _hearer(row)
    event = msgspec.convert(row.event.data, hearer.event_class)
    hearer.handle(envelope(row.event), event)


def _hearer(row: Delivery) -> Hearer:
    for hearer in hearers_of(row.event.type):
        if hearer.name == row.handler:
            return hearer
    raise LookupError(f"no handler {row.handler} for {row.event.type} in this process")


def _failed(delivery_id: int, error: Exception) -> None:
    row = Delivery.objects.filter(id=delivery_id, state=Delivery.State.PENDING).first()
    if row is None:
        return
    row.attempts += 1
    row.error = f"{type(error).__name__}: {error}"[:2000]
    row.due = clock.now() + backoff(row.attempts)
    if row.attempts >= MAX_ATTEMPTS:
        row.state = Delivery.State.DEAD
    row.save(update_fields=["attempts", "error", "due", "state"])


def backoff(attempts: int) -> timedelta:
    """The pause before the next try: 1 s, 2 s, 4 s … at most 15 minutes."""
    return timedelta(seconds=min(2 ** (attempts - 1), 900))
