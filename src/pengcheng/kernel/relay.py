"""The relay: brings outbox events to their handlers, once in effect and in order per subject.

A handler's work and the mark that it is done are one transaction, so a crash at any moment leaves
either both or neither. Deliveries share a commit in batches, each behind its own savepoint. A
failure is tried again with growing pauses; after ``MAX_ATTEMPTS`` it is dead and holds back later
events of its subject for that handler, until an operator retries it.
"""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from datetime import datetime, timedelta
from time import monotonic

import msgspec
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from pengcheng.kernel import audit, clock
from pengcheng.kernel.events import Hearer, envelope, hearers_of
from pengcheng.kernel.models import Delivery

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
BATCH = 100
LONGEST = 0.2
"""Seconds after which a batch is committed as it is: while it lasts, people may have to wait."""


def deliver(limit: int | None = None) -> int:
    """Deliver what is due until nothing is, or ``limit`` are made."""
    made = 0
    while limit is None or made < limit:
        size = BATCH if limit is None else min(BATCH, limit - made)
        ids = list(_due(clock.now()).values_list("id", flat=True)[:size])
        delivered = _deliver_batch(ids) if ids else 0
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
    # "Not done" repeats what the states say, in the words of the partial index: without them
    # SQLite walks all of history before each delivery.
    held = Delivery.objects.filter(
        ~Q(state=Delivery.State.DONE),
        Q(state=Delivery.State.DEAD) | Q(state=Delivery.State.PENDING, due__gt=now),
        handler=OuterRef("handler"),
        subject=OuterRef("subject"),
        event__lt=OuterRef("event"),
    )
    pending = Delivery.objects.filter(state=Delivery.State.PENDING, due__lte=now)
    return pending.filter(~Exists(held)).order_by("event")


def _deliver_batch(ids: list[int]) -> int:
    """One commit for many deliveries; each stands behind its own savepoint and fails alone."""
    try:
        with transaction.atomic(), audit.together():
            done = _serve(_locked(ids))
            _mark_done(done)
        return len(done)
    except Exception as error:
        # The whole batch is undone: find the one that spoils it by going one by one.
        log.exception("a batch of %d deliveries failed", len(ids))
        if len(ids) > 1:
            return sum(_deliver_batch([one]) for one in ids)
        for row in Delivery.objects.filter(id=ids[0], state=Delivery.State.PENDING):
            _failed(row, error)
        return 0


def _serve(rows: list[Delivery]) -> list[Delivery]:
    lines = _Lines(rows)
    done: list[Delivery] = []
    until = monotonic() + LONGEST
    for row in rows:
        if done and monotonic() > until:
            break
        if lines.is_turn(row) and _attempt(row):
            lines.step(row)
            done.append(row)
    return done


def _locked(ids: list[int]) -> list[Delivery]:
    rows = Delivery.objects.filter(id__in=ids, state=Delivery.State.PENDING)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows.select_related("event").order_by("event", "id"))


class _Lines:
    """Who stands in line before whom: a delivery's turn comes when no earlier event of its subject
    waits for its handler, whether that failed in this batch or is in another relay's hands.
    """

    def __init__(self, rows: list[Delivery]) -> None:
        self._waiting: dict[tuple[str, str], deque[int]] = defaultdict(deque)
        if not rows:
            return
        subjects = {row.subject for row in rows}
        waiting = Delivery.objects.filter(subject__in=subjects, event__lte=rows[-1].event_id)
        waiting = waiting.exclude(state=Delivery.State.DONE).order_by("event")
        for handler, subject, event in waiting.values_list("handler", "subject", "event"):
            self._waiting[handler, subject].append(event)

    def is_turn(self, row: Delivery) -> bool:
        """Whether this delivery is the first of its line."""
        line = self._waiting[row.handler, row.subject]
        return bool(line) and line[0] == row.event_id

    def step(self, row: Delivery) -> None:
        """The first of the line has been served."""
        self._waiting[row.handler, row.subject].popleft()


def _attempt(row: Delivery) -> bool:
    try:
        with transaction.atomic():
            _hand_over(row)
    except Exception as error:
        log.exception("delivery of %s to %s failed", row.event_id, row.handler)
        _failed(row, error)
        return False
    return True


def _mark_done(rows: list[Delivery]) -> None:
    ids = [row.id for row in rows]
    Delivery.objects.filter(id__in=ids).update(
        state=Delivery.State.DONE, done_at=clock.now(), error=""
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


def _failed(row: Delivery, error: Exception) -> None:
    row.attempts += 1
    row.error = f"{type(error).__name__}: {error}"[:2000]
    row.due = clock.now() + backoff(row.attempts)
    if row.attempts >= MAX_ATTEMPTS:
        row.state = Delivery.State.DEAD
    row.save(update_fields=["attempts", "error", "due", "state"])


def backoff(attempts: int) -> timedelta:
    """The pause before the next try: 1 s, 2 s, 4 s … at most 15 minutes."""
    return timedelta(seconds=min(2 ** (attempts - 1), 900))
