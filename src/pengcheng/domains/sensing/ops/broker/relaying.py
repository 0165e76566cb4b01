"""Subscriptions that reach other brokers, and their notifications passed back (5.8.1 to 5.8.6).

Each context source that may have what is subscribed to gets a subscription whose endpoint is ours.
What it sends there goes on to the subscriber under the identifier that the subscriber knows.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from pengcheng.domains.sensing.ops.broker import rows
from pengcheng.domains.sensing.ops.broker.delivering import owner_of
from pengcheng.domains.sensing.ops.broker.distributing import PSEUDONYM, merged
from pengcheng.domains.sensing.ops.broker.sending import Call
from pengcheng.domains.sensing.ops.broker.subscribing import KIND
from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild import narrowing, registrations, subscriptions
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import NgsiError, ResourceNotFound
from pengcheng.kit.ngsild.reading import Entity, Reader
from pengcheng.kit.ngsild.registrations import Asked, Document
from pengcheng.kit.ngsild.watching import Selector, Watch
from pengcheng.kit.ngsild.writing import feature

if TYPE_CHECKING:
    from pengcheng.domains.sensing.ops.broker.core import Broker

GEO = "application/geo+json"
# What only we know of a subscription: where it went, from whom it came, and where we are reached.
HIDDEN = frozenset({"remotes", "reach", "via", "context", "stats"})
LEFT_OUT = HIDDEN | {"id", "createdAt", "modifiedAt", "status", "jsonldContext"}
SOUGHT = frozenset({"entities", "watchedAttributes", "geoQ", "csf", "expiresAt"})
WHOLE_ONLY = frozenset({"q", "geoQ", "scopeQ", "datasetId", "watchedAttributes"})
log = logging.getLogger(__name__)


class Relaying:
    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self._offered: dict[str, str] = {}  # on its way to a source: its name there, the source
        self._tasks: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Who subscribes does not wait for other brokers."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- what happens to subscriptions -----------------------------------------------------

    @staticmethod
    def reachable(document: Document, base: str, via: str) -> None:
        """Note where notifications of other brokers can come to, and who passed it on to us."""
        document |= {"reach": f"{base}/remote-notify/{secrets.token_urlsafe(18)}", "via": via}

    def subscribed(self, watch: Watch) -> None:
        if self._goes_out(watch):
            self._beside(self._offer(watch, self.broker.registering.listed(watch.tenant)))

    def changed(self, watch: Watch) -> None:
        """The same change to all who have it, and the subscription to whoever matches now."""
        if self._goes_out(watch):
            self._beside(self._change(watch))

    def unsubscribed(self, watch: Watch) -> None:
        self._beside(self._withdraw(watch, dict(watch.document.get("remotes", {}))))

    def registered(self, tenant: str, source: Document) -> None:
        """A source came or changed: subscriptions that match it are offered to it."""
        for watch in self.broker.subscribing.listed(tenant):
            known = watch.document.get("remotes", {})
            fits = self._matches(watch, source)
            if self._goes_out(watch) and fits and source["id"] not in known:
                self._beside(self._offer(watch, [source]))
            elif source["id"] in known and not fits:
                self._beside(self._withdraw(watch, {source["id"]: known[source["id"]]}))

    def unregistered(self, tenant: str, source: Document) -> None:
        for watch in self.broker.subscribing.listed(tenant):
            remote = watch.document.get("remotes", {}).get(source["id"])
            if remote:
                self._beside(self._withdraw(watch, {source["id"]: remote}, source))

    # -- telling sources -------------------------------------------------------------------

    @staticmethod
    def _goes_out(watch: Watch) -> bool:
        inside = owner_of(watch.tenant)[1]
        return "reach" in watch.document and not watch.document.get("localOnly") and not inside

    def _matches(self, watch: Watch, source: Document) -> bool:
        seen = set(PSEUDONYM.findall(watch.document.get("via", "")))
        if self.broker.alias_of(watch.tenant) in seen or source.get("contextSourceAlias") in seen:
            return False
        return source.get("mode") != "auxiliary" and bool(matched(watch, source))

    async def _offer(self, watch: Watch, sources: list[Document]) -> None:
        for source in sources:
            able = registrations.supports(source, "createSubscription")
            if not able or not self._matches(watch, source):
                continue
            name = f"urn:ngsi-ld:Subscription:distsub:{new_id()}"
            body = {"id": name, **self._body(watch, source)}
            call = self._call(watch, "POST", "/subscriptions", body)
            self._offered[name] = source["id"]  # it may tell us before it has answered
            try:
                reply = await self.broker.distributing.sending.send(
                    source, "createSubscription", call
                )
                remote = unquote(reply.location).rstrip("/").rpartition("/")[2]
                await self._remember(watch, source["id"], remote or name)
            except NgsiError as error:
                log.info("%s did not take subscription %s: %s", source["id"], watch.id, error)
            finally:
                del self._offered[name]

    async def _change(self, watch: Watch) -> None:
        known = dict(watch.document.get("remotes", {}))
        for identity, remote in known.items():
            source = self._source(watch, identity)
            if source is None or not registrations.supports(source, "updateSubscription"):
                continue
            body = self._body(watch, source)
            call = self._call(watch, "PATCH", f"/subscriptions/{remote}", body)
            await self._quietly(source, "updateSubscription", call)
        others = self.broker.registering.listed(watch.tenant)
        await self._offer(watch, [each for each in others if each["id"] not in known])

    async def _withdraw(
        self, watch: Watch, remotes: Mapping[str, str], given: Document | None = None
    ) -> None:
        for identity, remote in remotes.items():
            source = given or self._source(watch, identity)
            if source and registrations.supports(source, "deleteSubscription"):
                call = self._call(watch, "DELETE", f"/subscriptions/{remote}", None)
                await self._quietly(source, "deleteSubscription", call)
            await self._remember(watch, identity, "")

    async def _quietly(self, source: Document, operation: str, call: Call) -> None:
        try:
            await self.broker.distributing.sending.send(source, operation, call)
        except NgsiError as error:
            log.info("%s did not take %s: %s", source["id"], operation, error)

    def _source(self, watch: Watch, identity: str) -> Document | None:
        return self.broker.registering.sources.get((watch.tenant, identity))

    async def _remember(self, watch: Watch, identity: str, remote: str) -> None:
        """Under which identifier a source knows the subscription; gone ones keep nothing."""
        current = self.broker.subscribing.watches.get((watch.tenant, watch.id))
        if current is None:
            return
        remotes = {k: v for k, v in current.document.get("remotes", {}).items() if k != identity}
        current.document["remotes"] = remotes | ({identity: remote} if remote else {})
        document = current.document

        def work(provision: Any) -> None:
            rows.put_thing(provision.connection, watch.tenant, KIND, document)

        await self.broker.write(watch.tenant, work)

    def _call(self, watch: Watch, method: str, path: str, body: Any) -> Call:
        via = watch.document.get("via", "")
        return Call(method, path, watch.context, body, None, via, watch.tenant)

    def _body(self, watch: Watch, source: Document) -> Document:
        """The subscription as a source gets it: no more than it registered for, and our endpoint
        in the place of the subscriber's.
        """
        shown = subscriptions.compacted(reduced(watch, source), watch.context)
        found = {key: value for key, value in shown.items() if key not in LEFT_OUT}
        if found.get("splitEntities"):  # filters are for whole entities; here we see a part
            found = {key: value for key, value in found.items() if key not in WHOLE_ONLY}
        endpoint = {"uri": watch.document["reach"], "accept": "application/json"}
        keep = {k: v for k, v in found["notification"].items() if k not in subscriptions.TOLD_ONLY}
        found["notification"] = {**keep, "endpoint": endpoint}
        if isinstance(watch.context.source, str):
            found["jsonldContext"] = watch.context.source
        return found

    def seeking(self, tenant: str, context: ActiveContext) -> list[Document]:
        """What is asked of registrations for each subscription that goes out (5.8.1.4)."""
        return [
            sought(watch, context)
            for watch in self.broker.subscribing.listed(tenant)
            if self._goes_out(watch)
        ]

    # -- what comes back -------------------------------------------------------------------

    def by_token(self, token: str) -> Watch:
        for watch in self.broker.subscribing.watches.values():
            own = str(watch.document.get("reach", "")).rpartition("/")[2]
            if own and hmac.compare_digest(own.encode(), token.encode()):
                return watch
        raise ResourceNotFound("Nobody waits for notifications here")

    async def received(self, watch: Watch, named: str, data: list[Any]) -> None:
        """Pass a notification on under the identifier that the subscriber knows.

        ``named`` is under which identifier the source has the subscription.
        """
        known = {name: source for source, name in watch.document.get("remotes", {}).items()}
        source = {**self._offered, **known}.get(named)
        if source is None:
            raise ResourceNotFound(f"No source has a subscription {named} of ours")
        wants_geo = watch.notification.get("endpoint", {}).get("accept") == GEO
        told: list[Document] = []
        for each in data:
            if watch.document.get("splitEntities"):
                whole = await self._whole(watch, each, source)
                told += (
                    [watch.written(whole, self.broker.reader(watch.tenant).fetch)] if whole else []
                )
            elif wants_geo:
                entity = Reader(watch.context, nulls=True, foreign=True).entity(each)
                told.append(feature(entity, watch.writer, watch.context.expand("location")))
            elif isinstance(each, dict):
                told.append({key: value for key, value in each.items() if key != "@context"})
        if told:
            await self.broker.subscribing.relay(watch, told)

    async def _whole(self, watch: Watch, part: Any, source: str) -> Entity | None:
        """An entity with what is known of it here and at all other sources, if it is subscribed
        to (5.8.6).
        """
        entity = Reader(watch.context, nulls=True, foreign=True).entity(part)
        reader, distributing = self.broker.reader(watch.tenant), self.broker.distributing
        here = reader.entity(entity["id"])
        found = merged(entity, here, fills=False) if here else entity
        parts = distributing.parts(watch.tenant, types=found["type"], ids=(entity["id"],))
        call = self._call(watch, "GET", f"/entities/{quote(entity['id'], safe=':')}", None)
        calls = [(each, call) for each in parts if each.id != source]
        whole, _ = await distributing.retrieve(calls, found)
        return whole if whole and watch.selects(whole, reader.fetch) else None


def _asked(watch: Watch, selector: Selector | None) -> Asked:
    return Asked(
        types=selector.types if selector else None,
        ids=selector.ids if selector else frozenset(),
        pattern=selector.pattern if selector else None,
        attributes=watch.watched | frozenset(watch.notification.get("attributes", ())),
    )


def matched(watch: Watch, source: Document) -> list[tuple[int, Asked, list[Document]]]:
    """Which of the entities subscribed to a source may have, and what of it says so (5.12)."""
    found = []
    for number, selector in enumerate(watch.selectors or (None,)):
        asked = _asked(watch, selector)
        kept = registrations.filtered(source, asked)
        if kept is not None:
            found.append((number, asked, kept["information"]))
    return found


def reduced(watch: Watch, source: Document) -> Document:
    """The subscription without what the source has not registered for (5.8.1.4)."""
    document, fits = dict(watch.document), matched(watch, source)
    if "entities" in document:
        document["entities"] = [
            _selector(document["entities"][number], narrowing.identities(information, asked))
            for number, asked, information in fits
        ]
    offered = [
        {*info.get("propertyNames", ()), *info.get("relationshipNames", ())}
        for _, _, information in fits
        for info in information
    ]
    if not offered or not all(offered):
        return document
    names = set().union(*offered)
    if "timeInterval" not in document:
        document["watchedAttributes"] = sorted(watch.watched & names or names)
    told = dict(document["notification"])
    if not {"pick", "omit"} & told.keys():
        told["attributes"] = sorted(set(told.get("attributes", names)) & names or names)
    return {**document, "notification": told}


def sought(watch: Watch, context: ActiveContext) -> Document:
    """The subscription to registrations that goes with a subscription to entities; where it is
    told shows no more than that it is told to us.
    """
    shown = subscriptions.compacted(watch.document, context)
    found = {key: shown[key] for key in SOUGHT & shown.keys()}
    kept = {k: v for k, v in shown["notification"].items() if k == "attributes"}
    kept["endpoint"] = {"uri": watch.document["reach"].rpartition("/")[0]}
    head = {"id": f"{watch.id}:sources", "type": KIND}
    return {**head, **found, "notification": kept, "status": watch.status(clock.now())}


def _selector(given: Document, ids: list[str]) -> Document:
    if not ids:
        return given
    kept = {key: value for key, value in given.items() if key != "idPattern"}
    return {**kept, "id": ids[0] if len(ids) == 1 else ids}
