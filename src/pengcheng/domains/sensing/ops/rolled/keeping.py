"""Rolling while the broker serves: in a thread that rests four fifths of the time, with the
broker's one writer. And rolling by hand, at full speed.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pengcheng.domains.sensing.ops.broker.database import Connection, Database
from pengcheng.domains.sensing.ops.rolled import catalogue
from pengcheng.domains.sensing.ops.rolled.rolling import Busy, Rolled, Roller
from pengcheng.domains.sensing.ops.rolled.source import Age
from pengcheng.kernel import clock

if TYPE_CHECKING:
    from pengcheng.domains.sensing.ops.broker.writer import Writer

BEGIN, AGAIN = 600.0, 3600.0  # seconds: after the start, and from one look to the next
AT_WORK, RESTS = 0.004, 4  # seconds in one go, and how many times as long it rests
UNSETTLED = timedelta(hours=1)  # what was written since may still be on its way to who follows
log = logging.getLogger(__name__)


class _Stopped(Exception):
    """The broker ends."""


def old_enough(days: int) -> Age:
    """Whole months that ended so many days ago."""
    now = clock.now()
    month = catalogue.month_of(catalogue.micros(now - timedelta(days=days)))
    return Age(catalogue.span_of(month)[0], catalogue.micros(now - UNSETTLED))


class Keeper:
    """Looks from time to time whether something is old enough."""

    def __init__(self, database: Database, writer: Writer, days: int) -> None:
        self.database, self.writer, self.days = database, writer, days
        self._stop = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self._work: asyncio.Task[list[Rolled]] | None = None
        self._began = 0.0

    def start(self) -> None:
        if self.days:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Before the writer: the thread waits for it."""
        self._stop.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._work is not None:
            await asyncio.gather(self._work, return_exceptions=True)

    async def _run(self) -> None:
        await asyncio.sleep(BEGIN)
        while True:
            try:
                for each in await self.roll(old_enough(self.days)):
                    log.info("history rolled: %s, %d lines", each.name, each.lines)
            except Busy:
                log.info("history is being rolled by hand")
            except Exception:
                log.exception("history could not be rolled; trying again in an hour")
            await asyncio.sleep(AGAIN)

    async def roll(self, age: Age) -> list[Rolled]:
        loop = asyncio.get_running_loop()

        def commit(work: Callable[[Connection], Any]) -> Any:
            return asyncio.run_coroutine_threadsafe(self.writer.do(work), loop).result()

        def run() -> list[Rolled]:
            self._began = time.perf_counter()
            with closing(self.database.connect()) as connection:
                try:
                    return list(Roller(connection, commit, self._breathe).run(age))
                except _Stopped:
                    return []

        self._work = asyncio.create_task(asyncio.to_thread(run))
        return await asyncio.shield(self._work)

    def _breathe(self) -> None:
        worked = time.perf_counter() - self._began
        if worked < AT_WORK and not self._stop.is_set():
            return
        if self._stop.wait(min(worked, 1.0) * RESTS):
            raise _Stopped
        self._began = time.perf_counter()


def by_hand(
    database: Database, age: Age, tell: Callable[[int], None] = lambda lines: None
) -> Iterator[Rolled]:
    """Also beside a broker that runs: each step is a transaction. Raises Busy."""
    with closing(database.connect()) as connection, closing(database.connect()) as writing:

        def commit(work: Callable[[Connection], Any]) -> Any:
            writing.begin()
            try:
                found = work(writing)
            except BaseException:
                writing.rollback()
                raise
            writing.commit()
            return found

        yield from Roller(connection, commit, tell=tell).run(age)
