"""Group commit: requests queue, one thread commits a batch, each is answered when it is durable.

While one batch is on its way to the disk the next gathers; there is no timer. A request that fails
is undone alone.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from pengcheng.domains.sensing.ops.broker.batching import Batch
from pengcheng.domains.sensing.ops.broker.database import Database
from pengcheng.domains.sensing.ops.broker.freshness import Generations

T = TypeVar("T")
Work = Callable[[Batch], Any]
Answered = tuple[asyncio.Future[Any], Any, BaseException | None]
LARGEST_BATCH = 256
LATEST = 0.05  # seconds that who is answered may wait for what comes after
log = logging.getLogger(__name__)


class Writer:
    """The one thread that writes."""

    def __init__(
        self,
        database: Database,
        generations: Generations,
        collect: Callable[..., Any],
        committed: Callable[[Any], None],
    ) -> None:
        """``collect`` is asked in the writer's thread what the batch left to do, ``committed`` is
        told so on the loop: never before the batch is durable.
        """
        self._database = database
        self._generations = generations
        self._collect = collect
        self._committed = committed
        self._waiting: queue.SimpleQueue[tuple[Work, asyncio.Future[Any]] | None]
        self._waiting = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="broker-writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._untold: tuple[list[Answered], Any] | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        self._waiting.put(None)
        self._thread.join(10)

    async def do(self, work: Callable[[Batch], T]) -> T:
        """Run in the next batch; returns when the batch is on the disk, raises what it raised."""
        assert self._loop is not None  # noqa: S101 — started before it serves
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting.put((work, future))
        return await future

    # -- the thread ----------------------------------------------------------------------

    def _run(self) -> None:
        connection = Batch(self._database.connect())
        try:
            while True:
                batch, last = self._gather()
                if batch:
                    self._commit(connection, batch)
                if last:
                    return
        finally:
            self._tell_last()
            connection.close()

    def _gather(self) -> tuple[list[tuple[Work, asyncio.Future[Any]]], bool]:
        if self._waiting.empty():
            self._tell_last()
        first = self._waiting.get()
        if first is None:
            return [], True
        batch = [first]
        while len(batch) < LARGEST_BATCH:
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                break
            if item is None:
                return batch, True
            batch.append(item)
        return batch, False

    def _commit(self, connection: Batch, batch: list[tuple[Work, asyncio.Future[Any]]]) -> None:
        answers: list[Answered] = []
        late = monotonic() + LATEST
        try:
            connection.begin()
            for work, future in batch:
                answers.append((future, *_attempt(connection, work)))
                if monotonic() > late:
                    self._tell_last()
            self._tell_last()
            connection.commit()
            self._generations.changed(connection.touched)
            left = self._collect(stored=True)
        except Exception as reason:  # the whole batch failed: a full disk, a lost server
            log.exception("a batch of %d writes was not stored", len(batch))
            _undo(connection)
            self._tell_last()
            self._collect(stored=False)
            left = None
            answers = [(future, None, reason) for _, future in batch]
        connection.touched.clear()
        self._untold = answers, left

    def _tell_last(self) -> None:
        """Tell those of the last batch, when the next one goes to the database or there is none:
        the loop then reads what they ask next while SQLite works. Told before, it would take the
        interpreter from the next batch, and have nothing to do when SQLite leaves it free.
        """
        if self._untold is not None:
            assert self._loop is not None  # noqa: S101
            told, self._untold = self._untold, None
            self._loop.call_soon_threadsafe(self._tell, *told)

    def _tell(self, answers: list[Answered], left: Any) -> None:
        for future, result, error in answers:
            if future.done():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
        if left:
            self._committed(left)


def _attempt(connection: Batch, work: Work) -> tuple[Any, BaseException | None]:
    try:
        with connection.layer():
            return work(connection), None
    except Exception as error:  # told to the one who asked
        return None, error


def _undo(connection: Batch) -> None:
    try:
        connection.rollback()
    except Exception:
        log.exception("the failed batch could not be rolled back")
