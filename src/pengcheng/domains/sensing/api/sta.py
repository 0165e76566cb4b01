"""The door of SensorThings over the broker's store, for the binding that serves it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pengcheng.domains.sensing.ops.broker.core import Broker
from pengcheng.domains.sensing.ops.broker.database import Connection, Database
from pengcheng.domains.sensing.ops.broker.provision import Provision
from pengcheng.domains.sensing.ops.sta.changing import Altering
from pengcheng.domains.sensing.ops.sta.history import newer, newest_number
from pengcheng.domains.sensing.ops.sta.query import Page, page
from pengcheng.domains.sensing.ops.sta.resources import Reading, Resource
from pengcheng.domains.sensing.ops.sta.store import Store

T = TypeVar("T")
THREADS = 2
__all__ = [
    "Altering",
    "Page",
    "Readers",
    "Reading",
    "Resource",
    "Store",
    "newer",
    "newest_number",
    "page",
    "write",
]


class Readers:
    """Threads for reads that may take long; each keeps a connection of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="broker-reader")

    async def run(self, tenant: str, work: Callable[[Store], T]) -> T:
        def read() -> T:
            return work(Store(self._connection(), tenant))

        return await asyncio.get_running_loop().run_in_executor(self._pool, read)

    def _connection(self) -> Connection:
        found: Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self.database.connect()
        return found


async def write(broker: Broker, tenant: str, work: Callable[[Altering], T]) -> T:
    """One request in the next batch of the writer, whole or not at all."""

    def run(provision: Provision) -> T:
        return work(Altering(provision))

    return await broker.write(tenant, run)
