"""The relay: brings outbox events to their handlers, once in effect and in order per subject.

A handler's work and the mark that it is done are one transaction, so a crash at any moment leaves
either both or neither. Deliveries share a commit in batches; when one fails, the batch is undone
and made again with each behind its own savepoint. A failure is tried again with growing pauses;
after ``MAX_ATTEMPTS`` it is dead and holds back later events of its subject for that handler, until
an operator retries it.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Collection
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any

import msgspec
from django.db import connection, transaction

from pengcheng.kernel import audit, clock
from pengcheng.kernel.events import Envelope, Hearer, hearers_of
from pengcheng.kernel.models import Delivery
from pengcheng.kernel.prepared import execute, fetch
from pengcheng.kernel.sharing import Undone, shared

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
BATCH = 100
_one_at_a_time = Lock()
"""Relays of one process: what one has not written yet, another would do again, and in vain."""
LONGEST = 0.2
"""Seconds after which a batch is committed as it is: while it lasts, people may have to wait."""


class Owed(msgspec.Struct, frozen=True):
    """A delivery to be made."""

    id: int
    handler: str
    subject: str
    event_id: int
    event: Envelope


def deliver(limit: int | None = None, *, gathering: bool = False) -> int:
    """Deliver what is due until nothing is, or ``limit`` are made.

    With ``gathering`` only until less than a batch is left, for whoever soon comes again: under
    load what arrives in between goes in one batch instead of many.
    """
    made = 0
    while limit is None or made < limit:
        size = BATCH if limit is None else min(BATCH, limit - made)
        ids = _due(clock.now(), size)
        delivered = _deliver_batch(ids) if ids else 0
        made += delivered
        if not delivered or (gathering and delivered == len(ids) < size):
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


# Written out, "not done" in the words of the partial indexes: composed by Django it walks all of
# history before each batch.
_DUE = """
    SELECT d.id FROM kernel_delivery d
    WHERE d.state = 'pending' AND d.due <= %s AND NOT EXISTS (
        SELECT 1 FROM kernel_delivery h
        WHERE NOT (h.state = 'done') AND h.handler = d.handler AND h.subject = d.subject
        AND h.event_id < d.event_id AND (h.state = 'dead' OR h.due > %s))
    ORDER BY d.event_id LIMIT %s
"""
_OWED = """
    SELECT id, handler, subject, event_id FROM kernel_delivery
    WHERE state = 'pending' AND id IN ({ids}) ORDER BY event_id, id {lock}
"""
_TOLD = """
    SELECT position, id, type, subject, time, cause, context, data FROM kernel_outbox
    WHERE position IN ({places})
"""
_WAITING = """
    SELECT handler, subject, event_id FROM kernel_delivery
    WHERE NOT (state = 'done') AND event_id <= %s
    AND handler IN ({handlers}) AND subject IN ({subjects}) ORDER BY event_id
"""
_DONE = """
    UPDATE kernel_delivery SET state = 'done', done_at = %s, error = ''
    WHERE state = 'pending' AND id IN ({ids})
"""


def _due(now: datetime, size: int) -> list[int]:
    """The deliveries whose time has come, but for those behind one that failed."""
    at = connection.ops.adapt_datetimefield_value(now)
    return [id for (id,) in fetch(_DUE, [at, at, size])]


def _places(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _deliver_batch(ids: list[int]) -> int:
    """One commit for many deliveries. When one fails they are made again, each behind a savepoint
    of its own: then it fails alone. Handlers that only add rows hold the writers' lock at the end.
    """
    if len(ids) > 1:
        try:
            with nullcontext() if _skips_locked() else _one_at_a_time:
                return shared(lambda: _deliver_together(ids, _hand_over))
        except Exception as error:
            log.info("a batch of %d deliveries is made again: %s", len(ids), error)
    try:
        return _deliver_together(ids, _attempt)
    except Exception as error:
        # The whole batch is undone: find the one that spoils it by going one by one.
        log.exception("a batch of %d deliveries failed", len(ids))
        if len(ids) > 1:
            return sum(_deliver_batch([one]) for one in ids)
        _failed(ids[0], error)
        return 0


def _deliver_together(ids: list[int], make: Callable[[Owed], bool]) -> int:
    with transaction.atomic(), audit.together():
        done = _serve(_locked(ids), make)
        _mark_done(done)
    return len(done)


def _serve(rows: list[Owed], make: Callable[[Owed], bool]) -> list[Owed]:
    lines = _Lines(rows)
    done: list[Owed] = []
    until = monotonic() + LONGEST
    for row in rows:
        if done and monotonic() > until:
            break
        if lines.is_turn(row) and make(row):
            lines.step(row)
            done.append(row)
    return done


def _locked(ids: list[int]) -> list[Owed]:
    lock = "FOR UPDATE SKIP LOCKED" if _skips_locked() else ""
    owed = fetch(_OWED.format(ids=_places(ids), lock=lock), ids)
    events = _events({event for _, _, _, event in owed})
    return [
        Owed(id=id, handler=handler, subject=subject, event_id=event, event=events[event])
        for id, handler, subject, event in owed
    ]


def _skips_locked() -> bool:
    return bool(connection.features.has_select_for_update_skip_locked)


def _events(positions: set[int]) -> dict[int, Envelope]:
    """The envelopes of these events; each is read once, however many hear of it."""
    found = fetch(_TOLD.format(places=_places(positions)), list(positions)) if positions else []
    return {
        position: Envelope(
            id=id,
            type=type,
            subject=subject,
            time=_moment(time),
            cause=cause,
            actor=json.loads(context)["actor"]["id"],
            data=json.loads(data),
        )
        for position, id, type, subject, time, cause, context, data in found
    }


def _moment(time: Any) -> datetime:
    """SQLite keeps times as text, in UTC."""
    if isinstance(time, str):
        return datetime.fromisoformat(time).replace(tzinfo=UTC)
    return time.astimezone(UTC)  # type: ignore[no-any-return]


class _Lines:
    """Who stands in line before whom: a delivery's turn comes when no earlier event of its subject
    waits for its handler, whether that failed in this batch or is in another relay's hands.
    """

    def __init__(self, rows: list[Owed]) -> None:
        self._waiting: dict[tuple[str, str], deque[int]] = defaultdict(deque)
        if not rows:
            return
        handlers, subjects = {row.handler for row in rows}, {row.subject for row in rows}
        sql = _WAITING.format(handlers=_places(handlers), subjects=_places(subjects))
        found = fetch(sql, [rows[-1].event_id, *handlers, *subjects])
        for handler, subject, event in found:
            self._waiting[handler, subject].append(event)

    def is_turn(self, row: Owed) -> bool:
        """Whether this delivery is the first of its line."""
        line = self._waiting[row.handler, row.subject]
        return bool(line) and line[0] == row.event_id

    def step(self, row: Owed) -> None:
        """The first of the line has been served."""
        self._waiting[row.handler, row.subject].popleft()


def _attempt(row: Owed) -> bool:
    try:
        with transaction.atomic():
            _hand_over(row)
    except Exception as error:
        log.exception("delivery of %s to %s failed", row.event_id, row.handler)
        _failed(row.id, error)
        return False
    return True


def _mark_done(rows: list[Owed]) -> None:
    if rows:
        at = connection.ops.adapt_datetimefield_value(clock.now())
        ids = [row.id for row in rows]
        if execute(_DONE.format(ids=_places(ids)), [at, *ids]) != len(ids):
            raise Undone("another relay made some of these deliveries")


def _hand_over(row: Owed) -> bool:
    hearer = _hearer(row)
    event = msgspec.convert(row.event.data, hearer.event_class)
    hearer.handle(row.event, event)
    return True


def _hearer(row: Owed) -> Hearer:
    for hearer in hearers_of(row.event.type):
        if hearer.name == row.handler:
            return hearer
    raise LookupError(f"no handler {row.handler} for {row.event.type} in this process")


def _failed(id: int, error: Exception) -> None:
    row = Delivery.objects.filter(id=id, state=Delivery.State.PENDING).first()
    if row is None:  # served by another relay
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
