"""The broker: its database, its one writer, its reader, its contexts, and who is to be told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pengcheng.domains.sensing.ops.broker import rows
from pengcheng.domains.sensing.ops.broker.apart import Apart
from pengcheng.domains.sensing.ops.broker.batching import Batch
from pengcheng.domains.sensing.ops.broker.consume import Consume
from pengcheng.domains.sensing.ops.broker.contexts import Contexts, Outgoing
from pengcheng.domains.sensing.ops.broker.database import Connection, Database
from pengcheng.domains.sensing.ops.broker.distributing import Distributing
from pengcheng.domains.sensing.ops.broker.fitting import Fitting, Judged
from pengcheng.domains.sensing.ops.broker.freshness import Generations, Reads
from pengcheng.domains.sensing.ops.broker.mapping import EntityMaps
from pengcheng.domains.sensing.ops.broker.provision import Provision
from pengcheng.domains.sensing.ops.broker.registering import Registering
from pengcheng.domains.sensing.ops.broker.relaying import Relaying
from pengcheng.domains.sensing.ops.broker.snapshots import Snapshots
from pengcheng.domains.sensing.ops.broker.subscribing import Subscribing
from pengcheng.domains.sensing.ops.broker.writer import Writer
from pengcheng.domains.sensing.ops.rolled.keeping import Keeper
from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild.errors import NgsiError
from pengcheng.kit.ngsild.fitting import Misfit

T = TypeVar("T")
SWEEP_SECONDS = 1.0
CONTEXTS = "context"  # the kind of thing under which hosted @contexts are kept
log = logging.getLogger(__name__)


class Broker:
    """Everything a binding needs. Start it on the event loop that serves."""

    def __init__(
        self,
        url: str,
        *,
        hosts: frozenset[str] = frozenset(),
        base: str = "/ngsi-ld/v1",
        rolled_after: int = 0,
        files: Path | None = None,
        strict: frozenset[str] = frozenset(),
        apart: bool = False,
    ) -> None:
        """``rolled_after``: so many days after the end of a month its history goes into files.
        ``strict``: the city data models that entities must fit. ``apart``: a process of its own
        stores, so that more is written in a second.
        """
        self.database = Database(url, files)
        self.database.prepare()
        self.base = base
        self.connection: Connection = self.database.connect()
        self.fitting = Fitting(strict)
        self.fitting.load(self.connection)
        self.outgoing = Outgoing(hosts)
        self.contexts = Contexts(self.outgoing, self.hosted, base)
        self.subscribing = Subscribing(self)
        self.registering = Registering(self)
        self.distributing = Distributing(self)
        self.maps = EntityMaps()
        self.snapshots = Snapshots(self)
        self.relaying = Relaying(self)
        self.started = clock.now()
        self.alias = f"pengcheng-{new_id()[-12:]}"  # by which loops are found (4.3.6.6)
        self.generations = Generations()
        self.writer = Writer(self.database, self.generations, self.subscribing, apart=apart)
        self.apart = Apart(self.database)
        self.keeper = Keeper(self.database, self.writer, rolled_after)
        self._tenants: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self.writer.start()
        await self.subscribing.start()
        await self.registering.start()
        self.snapshots.start()
        self.keeper.start()
        self._tasks.append(asyncio.create_task(self._sweep()))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.keeper.stop()
        await self.relaying.stop()
        await self.snapshots.stop()
        await self.registering.stop()
        await self.distributing.close()
        await self.subscribing.stop()
        await self.contexts.close()
        await self._keep_count()
        await asyncio.to_thread(self.writer.stop)
        await asyncio.to_thread(self.apart.stop)
        self.connection.close()

    # -- reading and writing -------------------------------------------------------------

    def reader(self, tenant: str) -> Consume:
        """Reads of a tenant; raises NonexistentTenant."""
        self.check_tenant(tenant)
        return Consume(self.connection, tenant, Reads(self.generations))

    def alias_of(self, tenant: str) -> str:
        """By which name loops are found: each tenant is a source of its own (5.2.40)."""
        return f"{self.alias}.{tenant}" if tenant else self.alias

    def check_tenant(self, tenant: str) -> None:
        if tenant and tenant not in self._tenants:
            rows.check_tenant(self.connection, tenant)
            self._tenants.add(tenant)

    async def write(
        self,
        tenant: str,
        work: Callable[[Provision], T],
        misfits: list[Misfit] | None = None,
        *,
        heavy: bool = False,
    ) -> T:
        """One operation in the next batch: durable when this returns. ``misfits`` takes what does
        not fit the city data models. ``work`` may be run more than once before it counts.
        ``heavy``: so much of it that others should not wait.
        """
        judged: list[Judged] = []

        def run(connection: Batch) -> T:
            judged.clear()  # it may be run again
            happened = self.subscribing.happened
            return work(Provision(connection, tenant, happened, self.fitting, judged))

        try:
            return await self.writer.do(run, heavy=heavy)
        finally:
            for identity, found in judged:
                self.fitting.count(identity, found)
                if misfits is not None and not self.fitting.wrong(found):
                    misfits += found

    async def _keep_count(self) -> None:
        """In the writer's thread, where it is counted."""
        if self.fitting.fresh:
            await self.writer.do(self.fitting.keep)

    # -- things --------------------------------------------------------------------------

    def hosted(self, url: str) -> Any:
        """A context that was put here, by its id or by the address at which it is served.

        Whoever knows the address may read it, of whichever tenant it is: those who follow a Link
        header name no tenant.
        """
        identity = url.rpartition("/jsonldContexts/")[2]
        found = rows.thing_anywhere(self.connection, CONTEXTS, identity)
        return found["body"] if found else None

    # -- transient entities --------------------------------------------------------------

    async def _sweep(self) -> None:
        """Entities and attributes whose time is over go, and whoever asked for it is told."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.sweep()
                await self.snapshots.sweep()
                await self._keep_count()
            except Exception:
                log.exception("expired entities could not be swept; trying again")

    async def sweep(self) -> int:
        now = clock.now().timestamp()
        gone = rows.expired(self.connection, now)
        for tenant, entity in gone:
            identity = entity["id"]
            try:
                await self.write(tenant, partial(Provision.end, identity=identity, now=now))
            except NgsiError:
                continue  # somebody was quicker
        return len(gone)
