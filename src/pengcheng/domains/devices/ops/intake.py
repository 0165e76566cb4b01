"""The one way of readings: said → checked → stored. Whoever brings them hears what became of them.

Messages gather while a batch is on its way to the disk; then all that have come are one batch.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from pengcheng.domains.devices.contracts import Reading, Taken
from pengcheng.domains.devices.ops.directory import Directory, Known
from pengcheng.domains.devices.rules import checking
from pengcheng.domains.sensing.api.broker import (
    Broker,
    Delivery,
    Kept,
    Provision,
    Sample,
    iri,
    take,
)
from pengcheng.kernel import clock

LARGEST = 20_000  # readings in one batch
FULL = 400_000  # readings that may wait; whoever brings more comes again later
Done = Callable[[Taken | Exception], None]
log = logging.getLogger(__name__)


class Full(Exception):
    """More waits than can be written; come again."""


@dataclass(slots=True)
class Waiting:
    """A message that is on its way."""

    known: Known
    delivery: Delivery
    taken: Taken  # what is known of it before it is stored
    done: Done


class Intake:
    """Where all doors bring their readings. Used on the loop of the broker."""

    def __init__(self, broker: Broker, directory: Directory) -> None:
        self.broker = broker
        self.directory = directory
        self._waiting: list[Waiting] = []
        self._count = 0
        self._task: asyncio.Task[None] | None = None

    # -- bringing ------------------------------------------------------------------------

    def give(self, known: Known, readings: Sequence[Reading], done: Done, *, door: str) -> None:
        """Take a message; ``done`` is called on the loop, when it is durable or is not."""
        if self._count > FULL:
            done(Full())
            return
        now = clock.now()
        at = int(now.timestamp() * 1_000_000)
        checked = checking.check(
            known.measures, readings, now=at, learns=known.profile.learns, skew=known.skew
        )
        self._note(known, checked, readings, door=door)
        taken = Taken(refused=tuple(checked.refused))
        if not checked.kept:
            done(taken)
            return
        seconds = checked.skew // checking.SECOND
        samples = [
            Sample(iri(name), value, moment, unit, seconds)
            for name, value, unit, moment in checked.kept
        ]
        delivery = Delivery(known.entity, known.kind, samples, known.seed)
        self._waiting.append(Waiting(known, delivery, taken, done))
        self._count += len(samples)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def take(self, known: Known, readings: Sequence[Reading], *, door: str) -> Taken:
        """The same for whoever waits for it. Raises Full, or why it could not be stored."""
        future: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self.give(known, readings, partial(_settle, future), door=door)
        return await future

    def _note(
        self, known: Known, checked: checking.Checked, readings: Sequence[Reading], *, door: str
    ) -> None:
        now = clock.now()
        known.seen_at, known.door, known.skew, known.dirty = now, door, checked.skew, True
        last = known.last
        for key, value, _ in readings:
            if last.get(key, _nothing) != value and len(last) < 500:
                last[key] = value
                known.changes[key] = now
        if not checked.refused:
            return
        known.refused += len(checked.refused)
        for each in checked.refused[:10]:
            if each.code in {"below", "above"}:
                known.refused_at = now
            known.flaws.append({"at": now.isoformat(), **each._asdict()})

    # -- storing -------------------------------------------------------------------------

    async def _work(self) -> None:
        while self._waiting:
            size = count = 0
            while count < len(self._waiting) and size < LARGEST:
                size += len(self._waiting[count].delivery.samples)
                count += 1
            batch, self._waiting = self._waiting[:count], self._waiting[count:]
            self._count -= size
            await self._store(batch)

    async def _store(self, batch: list[Waiting]) -> None:
        deliveries = [each.delivery for each in batch]
        try:
            results = await self.broker.write("", partial(_write, deliveries))
        except Exception as reason:
            if len(batch) > 1 and not isinstance(reason, OSError):
                for each in batch:  # one of them is bad: the others need not suffer
                    await self._store([each])
                return
            log.warning("readings were not stored: %s", reason)
            results = [reason] * len(batch)
        for each, found in zip(batch, results, strict=True):
            self._tell(each, found)

    @staticmethod
    def _tell(each: Waiting, found: Kept | Exception) -> None:
        if isinstance(found, Exception):
            each.done(found)
            return
        each.known.stored += found.stored
        each.known.duplicates += found.duplicates
        each.known.dirty = True
        each.done(each.taken._replace(stored=found.stored, duplicates=found.duplicates))

    async def stop(self) -> None:
        if self._task is not None and not self._task.done():
            await self._task


_nothing = object()


def _settle(future: asyncio.Future[Taken], found: Taken | Exception) -> None:
    if future.done():
        return
    if isinstance(found, Exception):
        future.set_exception(found)
    else:
        future.set_result(found)


def _write(deliveries: list[Delivery], provision: Provision) -> list[Kept | Exception]:
    return [take(provision, each) for each in deliveries]
