"""Group commit: what requests do is worked out in memory, many are stored in one transaction, and
each is answered when it is durable.

While one batch is on its way to the disk the next is worked out on top of it; there is no timer.
Most requests are worked out on the loop as they are read, while what they say is still at hand to
the processor. What has to ask the database, or is long, goes to a thread, and until that has
nothing left all others after it, in their order. A request that fails is undone alone. If a batch
cannot be stored its requests fail, and what rested on it is worked out again.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from pengcheng.domains.sensing.ops.broker.batching import Batch
from pengcheng.domains.sensing.ops.broker.database import Database
from pengcheng.domains.sensing.ops.broker.freshness import Generations
from pengcheng.domains.sensing.ops.broker.hands import Here, Stale, There
from pengcheng.domains.sensing.ops.broker.storing import Lost, Needed, Store

T = TypeVar("T")
Work = Callable[[Batch], Any]
Item = tuple[Work, asyncio.Future[Any]]
Answered = tuple[asyncio.Future[Any], Any, BaseException | None]
LARGEST_BATCH = 256
ENOUGH = 32  # requests that a store which has nothing to do need not wait for more
PIECE = 8  # requests after which what waits for the store is made ready for it
FREE = "free"  # put into the queue: the store has nothing to do
log = logging.getLogger(__name__)


class Following(Protocol):
    """Who is to be told of what is written."""

    def stored(self, notes: dict[Any, Any]) -> Any:
        """What was noted in a batch that is durable now; gives what ``wake`` takes."""

    def wake(self, left: Any) -> None:
        """On the loop, when those who wrote have been told."""


class Writer:
    """The one who writes. Its batch belongs to the loop, or while something was lent to the
    thread to that one; only the loop says which.
    """

    def __init__(
        self, database: Database, generations: Generations, following: Following, *, apart: bool
    ) -> None:
        """``apart``: a process of its own stores, where the database is not one already."""
        self._generations = generations
        self._following = following
        self._waiting: queue.SimpleQueue[Item | str | None] = queue.SimpleQueue()
        connection = database.connect()
        hand = There(connection, database.path) if apart and not database.postgres else None
        self._store = Store(connection, hand or Here(connection), self._freed)
        self._batch = Batch(database.connect(), self._store)
        self._items: list[Item] = []  # of the batch that is worked out
        self._answers: list[Answered] = []
        self._left: list[Item] = []  # of the batch that the store was given last
        self._lent = self._done = 0  # what was put into the queue, and taken from it
        self._ours = False  # whether the batch belongs to the loop
        self._soon = False
        self._thread = threading.Thread(target=self._run, name="broker-writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._store.start()
        self._thread.start()
        self._take_back(0)

    def stop(self) -> None:
        if self._thread.is_alive():
            self._lend(None)
            self._thread.join(10)
        self._store.stop()
        self._batch.close()

    # -- on the loop ---------------------------------------------------------------------

    async def do(self, work: Callable[[Batch], T], *, heavy: bool = False) -> T:
        """Run in the next batch; returns when the batch is on the disk, raises what it raised.
        What is neither ``heavy`` nor asks the database runs at once.
        """
        assert self._loop is not None  # noqa: S101 — started before it serves
        future: asyncio.Future[T] = self._loop.create_future()
        item = (work, future)
        if heavy or not self._ours or not self._worked(item):
            self._lend(item)
        elif self._store.free:
            self._next()
        elif not len(self._items) % PIECE:
            self._batch.draft()
        return await future

    def _worked(self, item: Item) -> bool:
        """Whether it could be worked out without the connection."""
        try:
            self._work(item)
        except Needed:
            self._items.pop()
            return False
        return True

    def _lend(self, item: Item | str | None) -> None:
        self._ours, self._batch.patient = False, True
        self._lent += 1
        self._waiting.put(item)

    def _take_back(self, done: int) -> None:
        """The thread has nothing left, unless more was lent meanwhile."""
        if done == self._lent:
            self._ours, self._batch.patient = True, False

    def _offer(self) -> None:
        self._soon = False
        if self._ours and self._items and self._store.free and not self._store.trouble:
            self._hand_over()

    def _next(self) -> None:
        """The store has nothing to do: it gets what is there, and if that is little, what is there
        when the loop has done what it has to do now.
        """
        if not self._ours or self._store.trouble:
            self._lend(FREE)
        elif len(self._items) >= ENOUGH:
            self._hand_over()
        elif self._items and not self._soon and self._loop is not None:
            self._soon = True
            self._loop.call_soon(self._offer)

    def _freed(self) -> None:
        assert self._loop is not None  # noqa: S101
        self._loop.call_soon_threadsafe(self._next)

    # -- the thread ----------------------------------------------------------------------

    def _run(self) -> None:
        while (item := self._waiting.get()) is not None:
            self._guarded(partial(self._turn, item))
            self._done += 1
            if not self._items and self._waiting.empty():
                self._call(self._take_back, self._done)
        self._guarded(self._finish)

    def _guarded(self, turn: Callable[[], None]) -> None:
        try:
            turn()
        except Lost as lost:
            self._again(self._lost(lost.__cause__))
        except Stale:
            self._again([])
        except Exception as reason:
            self._fail(reason)

    def _turn(self, item: Item | str) -> None:
        if isinstance(item, str):
            self._store.settled()
        else:
            self._work(item)
        if self._items and self._due():
            self._hand_over()

    def _due(self) -> bool:
        count = len(self._items)
        if self._store.free:
            return count >= ENOUGH or self._waiting.empty()
        return count >= LARGEST_BATCH

    def _finish(self) -> None:
        if self._items:
            self._hand_over()
        self._store.settled()

    # -- on either -----------------------------------------------------------------------

    def _work(self, item: Item) -> None:
        if not self._items:
            self._batch.gather()
        self._items.append(item)
        self._answers.append((item[1], *_attempt(self._batch, item[0])))

    def _hand_over(self) -> None:
        """To the store, or if the connection is taken anyway to the database at once."""
        apart = self._batch.ready()
        stored = self._stored()
        if apart:
            self._batch.leave(stored)
        else:
            self._batch.commit()
            stored()
        self._left, self._items, self._answers = self._items, [], []

    def _stored(self) -> Callable[[], None]:
        """What is to be done when the batch is durable: never before."""
        answers, notes = self._answers, self._batch.notes()
        touched, self._batch.touched = self._batch.touched, set()

        def stored() -> None:
            self._generations.changed(touched)
            self._call(self._answer, answers, self._following.stored(notes))

        return stored

    def _call(self, function: Callable[..., None], *arguments: Any) -> None:
        assert self._loop is not None  # noqa: S101
        self._loop.call_soon_threadsafe(function, *arguments)

    def _answer(self, answers: list[Answered], left: Any = None) -> None:
        for future, result, error in answers:
            if future.done():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
        if left:
            self._following.wake(left)

    # -- when it goes wrong, in the thread -----------------------------------------------

    def _lost(self, reason: BaseException | None) -> list[Item]:
        """The requests of a batch that was not stored; those that are to be tried again."""
        lost, self._left = self._left, []
        if isinstance(reason, Stale):
            return lost
        log.error("a batch of %d writes was not stored", len(lost), exc_info=reason)
        self._call(self._answer, [(future, None, reason) for _, future in lost])
        return []

    def _again(self, before: list[Item]) -> None:
        """Work out anew on what the database has now, and store it in one go."""
        items = [*before, *self._items]
        self._undo()
        self._batch.forget()
        if not items:
            return
        self._items = items
        try:
            self._batch.begin()
            self._answers = [(future, *_attempt(self._batch, work)) for work, future in items]
            self._hand_over()
        except Exception as reason:
            self._fail(reason)

    def _fail(self, reason: Exception) -> None:
        """The whole batch failed: a full disk, a lost server."""
        log.exception("a batch of %d writes was not stored", len(self._items))
        answers = [(future, None, reason) for _, future in self._items]
        self._undo()
        self._call(self._answer, answers)

    def _undo(self) -> None:
        self._items, self._answers = [], []
        self._batch.touched.clear()
        try:
            self._batch.rollback()
        except Exception:
            log.exception("the failed batch could not be rolled back")


def _attempt(batch: Batch, work: Work) -> tuple[Any, BaseException | None]:
    try:
        with batch.layer():
            return work(batch), None
    except Exception as error:  # told to the one who asked
        return None, error
