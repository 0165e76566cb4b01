"""Subscriptions at work: matched within the write, kept in an outbox, delivered after it (5.8).

A notification is a row of the same transaction as the change that caused it, so none is lost when
the process dies; it goes out at least once, in order for each subscription, and a subscriber that
is slow or dead holds up nobody else.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from pengcheng.domains.sensing.ops.broker import rows
from pengcheng.domains.sensing.ops.broker.batching import Batch
from pengcheng.domains.sensing.ops.broker.consume import Consume, is_over
from pengcheng.domains.sensing.ops.broker.delivering import Delivery, Undelivered
from pengcheng.domains.sensing.ops.broker.matching import Index
from pengcheng.domains.sensing.ops.broker.provision import Happening
from pengcheng.kernel import clock
from pengcheng.kit.ngsild import subscriptions, terms, watching
from pengcheng.kit.ngsild.contexts import core
from pengcheng.kit.ngsild.errors import AlreadyExists, NgsiError, ResourceNotFound
from pengcheng.kit.ngsild.subscriptions import Document
from pengcheng.kit.ngsild.watching import Watch

if TYPE_CHECKING:
    from pengcheng.domains.sensing.ops.broker.core import Broker

KIND = "subscription"
ENQUEUE = "INSERT INTO ngsild_outbox (tenant, subscription, doc) VALUES (?, ?, ?)"
OURS = frozenset({"context", "stats", "remotes", "reach", "via"})  # never told
CHUNK = 50
TRIES = 4
PAUSES = (0.5, 2.0, 8.0)  # seconds before the second, third and fourth try
KEEP_STATS = 2.0
Key = tuple[str, str]
log = logging.getLogger(__name__)


class Told(NamedTuple):
    """When a subscription had something to tell, as it is noted in a batch."""

    watch: Watch
    at: float


def _throttled(batch: Batch, watch: Watch) -> bool:
    """Whether it was told too short a time ago, in this batch or in one before it."""
    pause = watch.document.get("throttling")
    if not pause:
        return False
    told: Told | None = batch.noted((watch.tenant, watch.id))
    last = told.at if told else watch.last
    return bool(last and time.monotonic() - last < pause)


class Subscribing:
    """All subscriptions of all tenants, ready in memory."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.watches: dict[Key, Watch] = {}
        self._index = Index()
        self._sending: dict[Key, asyncio.Task[None]] = {}
        self._periodic: dict[Key, asyncio.Task[None]] = {}
        self.delivery = Delivery(broker.outgoing)

    async def start(self) -> None:
        for tenant, document in rows.things(self.broker.connection, KIND):
            try:
                await self._ready(tenant, document)
            except NgsiError:
                log.exception("subscription %s cannot be used", document.get("id"))
        left = self.broker.connection.all("SELECT DISTINCT tenant, subscription FROM ngsild_outbox")
        self.wake({(tenant, subscription) for tenant, subscription in left})

    async def stop(self) -> None:
        tasks = [*self._sending.values(), *self._periodic.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.delivery.close()

    # -- keeping -------------------------------------------------------------------------

    async def _ready(self, tenant: str, document: Document) -> Watch:
        contexts = self.broker.contexts
        source = document.get("context")
        context = await contexts.active(source)
        shown = document.get("jsonldContext")
        if isinstance(source, list) and not shown:
            context = context.told_as(source)
            contexts.address_of(source)  # from now on it can be read here
        watch = watching.ready(
            document, tenant, context, await contexts.active(shown) if shown else context
        )
        self._put(watch)
        return watch

    def _put(self, watch: Watch) -> None:
        key = (watch.tenant, watch.id)
        old = self._periodic.pop(key, None)
        if old is not None:
            old.cancel()
        self._unindex(key)
        self.watches[key] = watch
        if "timeInterval" not in watch.document:
            self._index.add(watch)
        if "timeInterval" in watch.document:
            self._periodic[key] = asyncio.get_running_loop().create_task(self._regularly(key))

    def _unindex(self, key: Key) -> None:
        old = self.watches.get(key)
        if old is not None and "timeInterval" not in old.document:
            self._index.remove(old)

    async def create(self, tenant: str, document: Document) -> None:
        def work(provision: Any) -> None:
            rows.know_tenant(provision.connection, tenant)
            if rows.thing(provision.connection, tenant, KIND, document["id"]):
                raise AlreadyExists(f"{document['id']} exists already")
            rows.put_thing(provision.connection, tenant, KIND, document)

        await self.broker.write(tenant, work)
        await self._ready(tenant, document)

    def get(self, tenant: str, identity: str) -> Watch:
        found = self.watches.get((tenant, identity))
        if found is None:
            raise ResourceNotFound(f"There is no subscription {identity}")
        return found

    def listed(self, tenant: str) -> list[Watch]:
        return [watch for (name, _), watch in self.watches.items() if name == tenant]

    async def update(self, tenant: str, identity: str, document: Document) -> None:
        await self.broker.write(
            tenant, lambda provision: rows.put_thing(provision.connection, tenant, KIND, document)
        )
        await self._ready(tenant, document)

    async def delete(self, tenant: str, identity: str) -> None:
        self.get(tenant, identity)

        def work(provision: Any) -> None:
            rows.drop_thing(provision.connection, tenant, KIND, identity)
            provision.connection.run(
                "DELETE FROM ngsild_outbox WHERE tenant = ? AND subscription = ?",
                (tenant, identity),
            )

        await self.broker.write(tenant, work)
        self._unindex((tenant, identity))
        self.watches.pop((tenant, identity), None)
        task = self._periodic.pop((tenant, identity), None)
        if task is not None:
            task.cancel()

    # -- matching, in the writer's thread ------------------------------------------------

    def happened(self, batch: Batch, tenant: str, happening: Happening) -> None:
        entity = happening.before if happening.deleted else happening.change.entity
        assert entity is not None  # noqa: S101 — what was deleted was there before
        change, deleted = happening.change, happening.deleted
        candidates = self._index.candidates(tenant, entity, change, deleted=deleted)
        if not candidates:
            return
        now, reader = clock.now(), Consume(batch, tenant)
        for watch in candidates:
            if watch.status(now) != "active":
                continue
            if not watch.triggered(change, happening.before, deleted=deleted):
                continue
            if not watch.selects(entity, reader.fetch) or _throttled(batch, watch):
                continue
            told = watch.told(
                change, happening.before, deleted=deleted, at=happening.at, fetch=reader.fetch
            )
            beside = [] if deleted else watch.beside(entity, reader.fetch)
            self._enqueue(batch, watch, [told, *beside])

    def _enqueue(self, batch: Batch, watch: Watch, data: list[Document]) -> None:
        body = {"notifiedAt": terms.stamp(clock.now()), "data": data}
        batch.later(ENQUEUE, [(watch.tenant, watch.id, orjson.dumps(body))])
        batch.note((watch.tenant, watch.id), Told(watch, time.monotonic()))

    # -- delivering, on the loop ---------------------------------------------------------

    @staticmethod
    def stored(notes: dict[Key, Told]) -> set[Key]:
        """A batch is durable: gives who has rows waiting."""
        for told in notes.values():
            told.watch.last = told.at
        return set(notes)

    def wake(self, keys: set[Key]) -> None:
        """Something was committed: whoever has rows waiting is served."""
        for key in keys:
            task = self._sending.get(key)
            if task is None or task.done():
                self._sending[key] = asyncio.get_running_loop().create_task(self._send_all(key))

    async def _send_all(self, key: Key) -> None:
        try:
            while await self._send_some(key):
                pass
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("notifications of %s are stuck", key[1])
        finally:
            self._sending.pop(key, None)

    async def _send_some(self, key: Key) -> bool:
        waiting = self.broker.connection.all(
            "SELECT seq, doc FROM ngsild_outbox WHERE tenant = ? AND subscription = ?"
            " ORDER BY seq LIMIT ?",
            (*key, CHUNK),
        )
        if not waiting:
            return False
        done: list[int] = []
        try:
            for seq, document in waiting:
                watch = self.watches.get(key)
                if watch is not None and not watch.cooling(time.monotonic()):
                    await self._send(watch, orjson.loads(document))
                done.append(seq)
        finally:
            if done:
                await self._sent(done)
        return True

    async def _sent(self, done: list[int]) -> None:
        marks = ",".join("?" * len(done))
        statement = f"DELETE FROM ngsild_outbox WHERE seq IN ({marks})"  # noqa: S608
        await self.broker.write("", lambda provision: provision.connection.later(statement, [done]))

    async def _send(self, watch: Watch, body: Document) -> None:
        """Try a few times with growing pauses; what nobody takes is counted as failed."""
        for number in range(TRIES):
            try:
                await self.delivery.send(watch, body, self.broker.contexts)
            except Undelivered as reason:
                self._failed(watch, str(reason))
                if not reason.again or number == TRIES - 1:
                    break
                await asyncio.sleep(PAUSES[number])
                if (watch.tenant, watch.id) not in self.watches:
                    return
            else:
                self._succeeded(watch)
                return

    @staticmethod
    def _succeeded(watch: Watch) -> None:
        now = terms.stamp(clock.now())
        watch.stats["timesSent"] = watch.stats.get("timesSent", 0) + 1
        watch.stats |= {"lastNotification": now, "lastSuccess": now, "status": "ok"}

    @staticmethod
    def _failed(watch: Watch, reason: str) -> None:
        watch.failed = time.monotonic()
        now = terms.stamp(clock.now())
        watch.stats["timesSent"] = watch.stats.get("timesSent", 0) + 1
        watch.stats["timesFailed"] = watch.stats.get("timesFailed", 0) + 1
        watch.stats |= {"lastNotification": now, "lastFailure": now, "status": "failed"}
        log.info("notification of %s was not taken: %s", watch.id, reason)

    # -- by the clock --------------------------------------------------------------------

    async def _regularly(self, key: Key) -> None:
        while True:
            watch = self.watches[key]
            await asyncio.sleep(watch.document["timeInterval"])
            try:
                await self.tell_all(watch)
            except Exception:
                log.exception("the regular notification of %s failed", key[1])

    async def relay(self, watch: Watch, data: list[Document]) -> None:
        """Tell what another broker told (5.8.6)."""
        if watch.status(clock.now()) == "active":
            await self.broker.write(
                watch.tenant, lambda provision: self._enqueue(provision.connection, watch, data)
            )

    async def tell_all(self, watch: Watch) -> None:
        """All that match now, in one notification; nothing if there are none."""
        if watch.status(clock.now()) != "active":
            return
        reader = Consume(self.broker.connection, watch.tenant)
        data = [
            watch.written(entity, reader.fetch)
            for entity in rows.scan(self.broker.connection, watch.tenant, (), ())
            if not is_over(entity) and watch.selects(entity, reader.fetch)
        ]
        if data:
            await self.broker.write(
                watch.tenant, lambda provision: self._enqueue(provision.connection, watch, data)
            )


def told(watch: Watch, context: Any = None) -> Document:
    """A subscription as it is read: with its state and what became of its notifications."""
    document = {k: v for k, v in watch.document.items() if k not in OURS}
    shown = subscriptions.compacted(document, context or core())
    shown["notification"] = {**shown["notification"], **watch.stats}
    shown["status"] = watch.status(clock.now())
    return shown
