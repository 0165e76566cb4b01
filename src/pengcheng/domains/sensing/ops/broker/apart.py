"""Threads for reads that may take long, where everybody would wait for them on the loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pengcheng.domains.sensing.ops.broker.database import Connection, Database

T = TypeVar("T")
THREADS = 2


class Apart:
    """Each thread keeps a connection of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._local = threading.local()
        self._open: list[Connection] = []
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="broker-reader")

    async def run(self, work: Callable[[Connection], T]) -> T:
        def read() -> T:
            return work(self._connection())

        return await asyncio.get_running_loop().run_in_executor(self._pool, read)

    def _connection(self) -> Connection:
        found: Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self.database.connect()
            self._open.append(found)
        return found

    def stop(self) -> None:
        self._pool.shutdown()
        for each in self._open:
            each.close()
