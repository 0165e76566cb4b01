"""Context sources: registrations, and those who want to know of them (5.9 to 5.11)."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pengcheng.domains.sensing.ops.broker import rows
from pengcheng.domains.sensing.ops.broker.delivering import Undelivered
from pengcheng.kernel import clock
from pengcheng.kit.ngsild import registrations, terms, watching
from pengcheng.kit.ngsild.asking import compile_query
from pengcheng.kit.ngsild.errors import AlreadyExists, Conflict, NgsiError, ResourceNotFound
from pengcheng.kit.ngsild.reading import Instance
from pengcheng.kit.ngsild.registrations import Asked, Document
from pengcheng.kit.ngsild.series import TemporalQuery, temporal_query
from pengcheng.kit.ngsild.terms import VALUE_OF
from pengcheng.kit.ngsild.watching import Watch

if TYPE_CHECKING:
    from pengcheng.domains.sensing.ops.broker.core import Broker

SOURCE, WATCH = "source", "source-subscription"
Key = tuple[str, str]
NEWLY, NO_LONGER, UPDATED = "newlyMatching", "noLongerMatching", "updated"
log = logging.getLogger(__name__)


class Registering:
    """All registrations and their subscriptions, ready in memory."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.sources: dict[Key, Document] = {}
        self.watches: dict[Key, Watch] = {}
        self._periodic: dict[Key, asyncio.Task[None]] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self._turns: defaultdict[Key, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def start(self) -> None:
        connection = self.broker.connection
        for tenant, document in rows.things(connection, SOURCE):
            self.sources[tenant, document["id"]] = document
        for tenant, document in rows.things(connection, WATCH):
            try:
                await self._ready(tenant, document)
            except NgsiError:
                log.exception("subscription %s cannot be used", document.get("id"))

    async def stop(self) -> None:
        tasks = [*self._periodic.values(), *self._telling]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- registrations -------------------------------------------------------------------

    def get(self, tenant: str, identity: str) -> Document:
        found = self.sources.get((tenant, identity))
        if found is None or _over(found):
            raise ResourceNotFound(f"There is no registration {identity}")
        return found

    def listed(self, tenant: str) -> list[Document]:
        return [d for (name, _), d in self.sources.items() if name == tenant and not _over(d)]

    async def register(self, tenant: str, document: Document) -> None:
        known = self.sources.get((tenant, document["id"]))
        if known is not None and not _over(known):
            raise AlreadyExists(f"{document['id']} exists already")
        self._conflicts(tenant, document)
        await self._store(tenant, document)
        self._tell_of(tenant, None, document)
        self.broker.relaying.registered(tenant, document)

    async def change(self, tenant: str, document: Document) -> None:
        before = self.get(tenant, document["id"])
        self._conflicts(tenant, document)
        await self._store(tenant, document)
        self._tell_of(tenant, before, document)
        self.broker.relaying.registered(tenant, document)

    async def remove(self, tenant: str, identity: str) -> None:
        before = self.get(tenant, identity)
        await self.broker.write(
            tenant,
            lambda provision: rows.drop_thing(provision.connection, tenant, SOURCE, identity),
        )
        del self.sources[tenant, identity]
        self._tell_of(tenant, before, None)
        self.broker.relaying.unregistered(tenant, before)

    async def _store(self, tenant: str, document: Document) -> None:
        def work(provision: Any) -> None:
            rows.know_tenant(provision.connection, tenant)
            rows.put_thing(provision.connection, tenant, SOURCE, document)

        await self.broker.write(tenant, work)
        self.sources[tenant, document["id"]] = document

    def _conflicts(self, tenant: str, document: Document) -> None:
        """Who answers alone for something cannot be two, nor can the broker be one (5.9.2)."""
        if document.get("mode") not in {"exclusive", "redirect"}:
            return
        if document["mode"] == "redirect" and self._holds(tenant, document):
            raise Conflict("Entities of which it speaks are held here already")
        self._rivals(tenant, document)
        for identity, _, names in _claims(document):
            stored = rows.entity(self.broker.connection, tenant, identity) if identity else None
            if stored and (not names or not set(names).isdisjoint(stored["attrs"])):
                raise Conflict(f"{identity} is held here already")

    def _rivals(self, tenant: str, document: Document) -> None:
        """Beside an exclusive source there is no other proxied one; several may redirect."""
        alone = document["mode"] == "exclusive"
        for other in self.listed(tenant):
            proxied = {"exclusive", "redirect"} if alone else {"exclusive"}
            if other["id"] == document["id"] or other.get("mode") not in proxied:
                continue
            claims, rival = (document, other) if alone else (other, document)
            for identity, types, names in _claims(claims):
                if registrations.covers(rival, identity, types, names):
                    raise Conflict(f"{other['id']} answers for {identity} already")

    def _holds(self, tenant: str, document: Document) -> bool:
        """Whether an entity that is held here matches a registration."""
        types = [each for _, named, _ in _claims(document) for each in named]
        held = rows.scan(self.broker.connection, tenant, list(dict.fromkeys(types)), ())
        return any(registrations.covers(document, e["id"], e["type"], e["attrs"]) for e in held)

    # -- subscriptions to registrations --------------------------------------------------

    async def _ready(self, tenant: str, document: Document) -> Watch:
        context = await self.broker.contexts.active(document.get("context"))
        watch = watching.ready(document, tenant, context, context)
        key = (tenant, watch.id)
        self.watches[key] = watch
        old = self._periodic.pop(key, None)
        if old is not None:
            old.cancel()
        if "timeInterval" in document:
            self._periodic[key] = asyncio.get_running_loop().create_task(self._regularly(key))
        return watch

    def watch(self, tenant: str, identity: str) -> Watch:
        found = self.watches.get((tenant, identity))
        if found is None:
            raise ResourceNotFound(f"There is no subscription {identity}")
        return found

    def watches_of(self, tenant: str) -> list[Watch]:
        return [watch for (name, _), watch in self.watches.items() if name == tenant]

    async def subscribe(self, tenant: str, document: Document, *, fresh: bool) -> None:
        """Keep a subscription, and tell it all that matches now (5.11.2.4, 5.11.3.4)."""
        if fresh and (tenant, document["id"]) in self.watches:
            raise AlreadyExists(f"{document['id']} exists already")

        def work(provision: Any) -> None:
            rows.know_tenant(provision.connection, tenant)
            rows.put_thing(provision.connection, tenant, WATCH, document)

        await self.broker.write(tenant, work)
        watch = await self._ready(tenant, document)
        self._tell(watch, list(self._matching(watch).values()), NEWLY)

    async def unsubscribe(self, tenant: str, identity: str) -> None:
        self.watch(tenant, identity)
        await self.broker.write(
            tenant, lambda provision: rows.drop_thing(provision.connection, tenant, WATCH, identity)
        )
        del self.watches[tenant, identity]
        self._turns.pop((tenant, identity), None)
        task = self._periodic.pop((tenant, identity), None)
        if task is not None:
            task.cancel()

    def _matching(self, watch: Watch) -> dict[str, Document]:
        found = {}
        for document in self.listed(watch.tenant):
            kept = matched(document, watch)
            if kept is not None:
                found[document["id"]] = kept
        return found

    # -- telling -------------------------------------------------------------------------

    def _tell_of(self, tenant: str, before: Document | None, after: Document | None) -> None:
        for watch in self.watches_of(tenant):
            if "timeInterval" in watch.document:
                continue
            old = matched(before, watch) if before else None
            new = matched(after, watch) if after else None
            if new is not None:
                self._tell(watch, [new], UPDATED if old else NEWLY)
            elif old is not None:
                self._tell(watch, [old], NO_LONGER)

    def _tell(self, watch: Watch, data: list[Document], reason: str) -> None:
        if not data or watch.status(clock.now()) != "active":
            return
        body = {
            "type": "ContextSourceNotification",
            "notifiedAt": terms.stamp(clock.now()),
            "triggerReason": reason,
            "data": [registrations.compacted(bare(each), watch.context) for each in data],
        }
        task = asyncio.get_running_loop().create_task(self._send(watch, body))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _send(self, watch: Watch, body: Document) -> None:
        """One after the other for each subscription, in the order in which it happened."""
        async with self._turns[watch.tenant, watch.id]:
            await self._deliver(watch, body)

    async def _deliver(self, watch: Watch, body: Document) -> None:
        now = terms.stamp(clock.now())
        watch.stats["timesSent"] = watch.stats.get("timesSent", 0) + 1
        watch.stats["lastNotification"] = now
        try:
            await self.broker.subscribing.delivery.send(watch, body, self.broker.contexts)
        except Undelivered as reason:
            log.info("notification of %s was not taken: %s", watch.id, reason)
            watch.stats["timesFailed"] = watch.stats.get("timesFailed", 0) + 1
            watch.stats |= {"lastFailure": now, "status": "failed"}
        else:
            watch.stats |= {"lastSuccess": now, "status": "ok"}

    async def _regularly(self, key: Key) -> None:
        while True:
            await asyncio.sleep(self.watches[key].document["timeInterval"])
            watch = self.watches[key]
            self._tell(watch, list(self._matching(watch).values()), NEWLY)


def bare(document: Document) -> Document:
    """Without what only we know of it."""
    hidden = {"context", "createdAt", "modifiedAt"}
    return {key: value for key, value in document.items() if key not in hidden}


def _over(document: Document) -> bool:
    return "expiresAt" in document and terms.instant(document["expiresAt"]) <= clock.now()


def _claims(document: Document) -> list[tuple[str, list[str], list[str]]]:
    """Each entity for which a registration claims to answer, with its types and attributes."""
    found = []
    for info in document["information"]:
        names = [*info.get("propertyNames", ()), *info.get("relationshipNames", ())]
        for entity in info.get("entities", ()):
            types = entity["type"] if isinstance(entity["type"], list) else [entity["type"]]
            ids = entity.get("id", [""])
            for identity in ids if isinstance(ids, list) else [ids]:
                found.append((identity, types, names))
    return found


def matched(document: Document, watch: Watch) -> Document | None:
    """What of a registration a subscription wants to know (5.11.7)."""
    wanted = watch.watched | frozenset(watch.notification.get("attributes", ()))
    time = watch.document.get("temporalQ")
    query = _time(time) if isinstance(time, dict) else None
    geo, space = watch.geo, "location"
    if geo is not None:
        space = watch.document["geoQ"].get("geoproperty", "location")
    csf = watch.document.get("csf")
    if csf and not describes(document, csf, watch):
        return None
    kept: list[Document] = []
    for selector in watch.selectors or (None,):
        asked = Asked(
            types=selector.types if selector else None,
            ids=selector.ids if selector else frozenset(),
            pattern=selector.pattern if selector else None,
            attributes=wanted,
            geo=geo,
            space=space,
            time=query,
        )
        part = registrations.filtered(document, asked)
        if part is not None:
            kept += [each for each in part["information"] if each not in kept]
    return {**document, "information": kept} if kept else None


def _time(value: Document) -> TemporalQuery:
    parts = (str(value.get(k, "")) for k in ("timerel", "timeAt", "endTimeAt", "timeproperty"))
    return temporal_query(*parts)


def describes(document: Document, csf: str, watch: Any) -> bool:
    """The context source filter (4.9): a query over what a registration says of itself."""
    compiled = compile_query(csf, watch.context)
    attrs = {
        watch.context.expand(key): [_property(value)]
        for key, value in document.items()
        if key not in {"id", "type", "information"}
    }
    return compiled.matches({"id": document["id"], "type": [], "attrs": attrs})


def _property(value: Any) -> Instance:
    """A Context Source Property, given by its value or as the Property that it is (5.2.9)."""
    if isinstance(value, dict) and VALUE_OF.get(str(value.get("type"))) in value:
        return value
    return {"type": "Property", "value": value}
