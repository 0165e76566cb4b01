"""The door of SensorThings over the broker's store, for the binding that serves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pengcheng.domains.sensing.ops.broker.apart import Apart
from pengcheng.domains.sensing.ops.broker.core import Broker
from pengcheng.domains.sensing.ops.broker.database import Database
from pengcheng.domains.sensing.ops.broker.provision import Provision
from pengcheng.domains.sensing.ops.sta.changing import Altering
from pengcheng.domains.sensing.ops.sta.history import newer, newest_number
from pengcheng.domains.sensing.ops.sta.query import Page, page
from pengcheng.domains.sensing.ops.sta.resources import Reading, Resource
from pengcheng.domains.sensing.ops.sta.store import Store

T = TypeVar("T")
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
    """Reads that may take long, of one tenant."""

    def __init__(self, database: Database) -> None:
        self._apart = Apart(database)

    async def run(self, tenant: str, work: Callable[[Store], T]) -> T:
        return await self._apart.run(lambda connection: work(Store(connection, tenant)))


async def write(broker: Broker, tenant: str, work: Callable[[Altering], T]) -> T:
    """One request in the next batch of the writer, whole or not at all."""

    def run(provision: Provision) -> T:
        return work(Altering(provision))

    return await broker.write(tenant, run)
