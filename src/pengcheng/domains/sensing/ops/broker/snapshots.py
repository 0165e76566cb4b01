"""Snapshots: what was found once, kept aside and asked like a broker of its own (4.3.7, 5.16).

The content of a snapshot is that of a tenant whose name no request can give.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pengcheng.domains.sensing.ops.broker import rows
from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.delivering import JSON, MARK, Undelivered, link_of
from pengcheng.domains.sensing.ops.broker.series import OF_TENANT
from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.contexts import CORE_URL
from pengcheng.kit.ngsild.errors import AlreadyExists, ResourceNotFound
from pengcheng.kit.ngsild.series import duration

if TYPE_CHECKING:
    from pengcheng.domains.sensing.ops.broker.core import Broker

KIND = "snapshot"
LIFETIME, LONGEST = timedelta(days=1), timedelta(days=30)
MOST = 100
DETAILS = ("snapshotQueriesDetails", "snapshotTemporalQueriesDetails")
# Members as a notification names them (5.3.4), and as the snapshot does.
NOTIFIED = {
    "snapshotStatus": "snapshotStatus",
    "snapshotPriority": "snapshotPriority",
    "expiresAt": "expiresAt",
    "snapshotQueriesDetails": "snapshotQueriesDetails",
    "temporalSnapshotQueriesDetails": "snapshotTemporalQueriesDetails",
}
TABLES = ("entity", "type", "evolution", "series", "thing", "outbox")
COPIES = (
    "INSERT INTO ngsild_entity (tenant, id, doc, expires)"
    " SELECT ?, id, doc, expires FROM ngsild_entity WHERE tenant = ? ORDER BY seq",
    "INSERT INTO ngsild_evolution (tenant, id, doc)"
    " SELECT ?, id, doc FROM ngsild_evolution WHERE tenant = ?",
    "INSERT INTO ngsild_series (tenant, entity, attr)"
    " SELECT ?, entity, attr FROM ngsild_series WHERE tenant = ?",
    "INSERT INTO ngsild_past (series, dataset, instance, observed, created, modified, deleted, doc)"
    " SELECT n.number, h.dataset, h.instance, h.observed, h.created, h.modified, h.deleted, h.doc"
    " FROM ngsild_history h JOIN ngsild_series n ON n.entity = h.entity AND n.attr = h.attr"
    " WHERE n.tenant = ? AND h.tenant = ? ORDER BY h.seq",
)
COPY_TYPES = (
    "INSERT INTO ngsild_type (tenant, type, seq) SELECT n.tenant, t.type, n.seq FROM ngsild_type t"
    " JOIN ngsild_entity o ON o.seq = t.seq JOIN ngsild_entity n ON n.id = o.id"
    " WHERE t.tenant = ? AND o.tenant = t.tenant AND n.tenant = ?"
)
Document = dict[str, Any]
log = logging.getLogger(__name__)


def inner_tenant(tenant: str, identity: str) -> str:
    """Never the same twice, so that nothing kept of an earlier one is taken for it."""
    return f"{MARK}{new_id()}{MARK}{tenant}{MARK}{identity}"


def told(document: Document) -> Document:
    """What is told of a snapshot: all but where its content is."""
    return {key: value for key, value in document.items() if key != "inside"}


class Snapshots:
    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self._known: dict[tuple[str, str], Document] = {}
        self._filling: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        for tenant, document in rows.things(self.broker.connection, KIND):
            if document["snapshotStatus"] == "preparing":  # the process that filled it is gone
                document["snapshotStatus"] = "failure"
            self._known[tenant, document["id"]] = document

    async def stop(self) -> None:
        for task in self._filling:
            task.cancel()
        await asyncio.gather(*self._filling, return_exceptions=True)

    # -- keeping -------------------------------------------------------------------------

    def get(self, tenant: str, identity: str) -> Document:
        found = self._known.get((tenant, identity))
        if found is None or terms.instant(found["expiresAt"]) <= clock.now():
            raise ResourceNotFound(f"There is no snapshot {identity}")
        return found

    def listed(self, tenant: str) -> list[Document]:
        return [each for (name, _), each in self._known.items() if name == tenant]

    def use(self, tenant: str, identity: str) -> str:
        """The tenant under which the content of a snapshot is found."""
        document = self.get(tenant, identity)
        document["lastUsedAt"] = terms.stamp(clock.now())
        return str(document["inside"])

    async def create(self, tenant: str, given: Document) -> Document:
        identity = given.get("id") or f"urn:ngsi-ld:Snapshot:{new_id()}"
        if (tenant, identity) in self._known:
            raise AlreadyExists(f"{identity} exists already")
        now = terms.stamp(clock.now())
        document = {
            **{"snapshotPriority": 5, **given, "id": identity, "type": "Snapshot"},
            **{"snapshotStatus": "preparing", "expiresAt": until(given.get("snapshotLifetime"))},
            **{"createdAt": now, "modifiedAt": now, "lastUsedAt": now},
            "inside": inner_tenant(tenant, identity),
        }
        self._known[tenant, identity] = document
        inside = document["inside"]

        def work(provision: Any) -> None:
            rows.know_tenant(provision.connection, tenant)
            rows.know_tenant(provision.connection, inside)
            rows.put_thing(provision.connection, tenant, KIND, document)

        await self.broker.write(tenant, work)
        await self._make_room(tenant, identity)
        return document

    async def _make_room(self, tenant: str, kept: str) -> None:
        """Too many: those of least priority go first, then those that end soonest (5.5.15)."""
        others = [each for each in self.listed(tenant) if each["id"] != kept]
        others.sort(key=lambda each: (each["snapshotPriority"], each["expiresAt"]))
        for each in others[: max(0, len(others) + 1 - MOST)]:
            each["expiresAt"] = terms.stamp(clock.now())
            await self.delete(tenant, each["id"])
            self.notify(each)

    async def change(self, tenant: str, document: Document) -> None:
        document["modifiedAt"] = terms.stamp(clock.now())
        await self.broker.write(
            tenant, lambda provision: rows.put_thing(provision.connection, tenant, KIND, document)
        )
        self.notify(document)

    async def delete(self, tenant: str, identity: str) -> None:
        document = self._known.pop((tenant, identity), None)
        if document is None:
            raise ResourceNotFound(f"There is no snapshot {identity}")
        inside = document["inside"]
        for watch in self.broker.subscribing.listed(inside):
            await self.broker.subscribing.delete(inside, watch.id)

        def work(provision: Any) -> None:
            rows.drop_thing(provision.connection, tenant, KIND, identity)
            empty(provision.connection, inside)

        await self.broker.write(tenant, work)

    async def sweep(self) -> None:
        now = clock.now()
        for (tenant, identity), each in list(self._known.items()):
            if terms.instant(each["expiresAt"]) <= now:
                await self.delete(tenant, identity)
                self.notify(each)

    # -- filling -------------------------------------------------------------------------

    def fill(self, filling: Coroutine[Any, Any, None]) -> None:
        """Run beside the request that asked for the snapshot."""
        task = asyncio.get_running_loop().create_task(filling)
        self._filling.add(task)
        task.add_done_callback(self._filling.discard)

    async def filled(self, tenant: str, document: Document, details: dict[str, list[Any]]) -> None:
        if (tenant, document["id"]) not in self._known:
            return
        document |= {key: listed for key, listed in details.items() if listed}
        results = [each["resultStatus"] for listed in details.values() for each in listed]
        document["snapshotStatus"] = together(results)
        await self.change(tenant, document)

    async def clone(self, tenant: str, source: Document, document: Document) -> None:
        """The content of one snapshot into another."""
        one, other = source["inside"], document["inside"]

        def work(provision: Any) -> None:
            for statement in COPIES:
                provision.connection.run(statement, (other, one))
            provision.connection.run(COPY_TYPES, (one, other))

        await self.broker.write(tenant, work)
        details = {key: source[key] for key in DETAILS if key in source}
        await self.filled(tenant, document, details)

    # -- telling -------------------------------------------------------------------------

    def notify(self, document: Document) -> None:
        """SnapshotNotification (5.16.6), if somebody wants it."""
        if "endpoint" in document:
            self.fill(self._notify(dict(document)))

    async def _notify(self, document: Document) -> None:
        told = {
            "id": f"urn:ngsi-ld:SnapshotNotification:{new_id()}",
            "type": "SnapshotNotification",
            "snapshotId": document["id"],
            "notifiedAt": terms.stamp(clock.now()),
            **{key: document[name] for key, name in NOTIFIED.items() if name in document},
        }
        headers = {"Content-Type": JSON, "Link": link_of(CORE_URL)}
        headers |= {each["key"]: each["value"] for each in document.get("receiverInfo", ())}
        try:
            delivery = self.broker.subscribing.delivery
            await delivery.deliver({"uri": document["endpoint"]}, headers, told)
        except Undelivered as reason:
            log.info("notification of %s was not taken: %s", document["id"], reason)


def until(lifetime: str | None) -> str:
    now = clock.now()
    span = duration(lifetime) if lifetime else None
    return terms.stamp(now + LIFETIME if span is None else min(now + span, now + LONGEST))


def together(results: list[str]) -> str:
    """One word for the results of all queries."""
    if results and set(results) == {"success"}:
        return "success"
    if "success" in results:
        return "partial"
    return "empty" if "empty" in results else "failure"


def empty(connection: Connection, tenant: str) -> None:
    """Nothing stays of the content of a snapshot."""
    connection.run(f"DELETE FROM ngsild_past WHERE {OF_TENANT}", (tenant,))  # noqa: S608
    for table in TABLES:
        connection.run(f"DELETE FROM ngsild_{table} WHERE tenant = ?", (tenant,))  # noqa: S608
    connection.run("DELETE FROM ngsild_tenant WHERE name = ?", (tenant,))
