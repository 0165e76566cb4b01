"""Rows of the broker: entities, things (subscriptions, registrations …), tenants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from pengcheng.domains.sensing.ops.broker.batching import ENTITY, Batch
from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.placing import moment
from pengcheng.kernel import clock
from pengcheng.kit.ngsild import ending
from pengcheng.kit.ngsild.errors import AlreadyExists, NonexistentTenant
from pengcheng.kit.ngsild.reading import Entity

Thing = dict[str, Any]
CHUNK = 500


# --- tenants ----------------------------------------------------------------------------


def know_tenant(connection: Connection, tenant: str) -> None:
    """A tenant comes to be with the first thing that is made in it (5.5.10)."""
    if tenant:
        connection.run(
            "INSERT INTO ngsild_tenant (name) VALUES (?) ON CONFLICT DO NOTHING", (tenant,)
        )


def check_tenant(connection: Connection, tenant: str) -> None:
    if tenant and not connection.one("SELECT 1 FROM ngsild_tenant WHERE name = ?", (tenant,)):
        raise NonexistentTenant(f"There is no tenant {tenant!r}")


# --- entities ---------------------------------------------------------------------------


def entity(connection: Connection, tenant: str, identity: str) -> Entity | None:
    if isinstance(connection, Batch):
        return connection.get(ENTITY, tenant, identity)
    row = connection.one(
        "SELECT doc FROM ngsild_entity WHERE tenant = ? AND id = ?", (tenant, identity)
    )
    return loaded(row[0]) if row else None


def loaded(raw: bytes) -> Entity:
    """A stored entity without what of it is over (4.22)."""
    found: Entity = orjson.loads(raw)
    return ending.living(found, clock.now().timestamp()) if ending.MARK in raw else found


def entities(connection: Connection, tenant: str, ids: Sequence[str]) -> dict[str, Entity]:
    """Several at once, by id."""
    found: dict[str, Entity] = {}
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        marks = ",".join("?" * len(part))
        rows = connection.all(
            f"SELECT id, doc FROM ngsild_entity WHERE tenant = ? AND id IN ({marks})",  # noqa: S608
            (tenant, *part),
        )
        found |= {identity: loaded(doc) for identity, doc in rows}
    return found


def insert_entity(batch: Batch, tenant: str, document: Entity) -> None:
    if batch.get(ENTITY, tenant, document["id"]) is not None:
        raise AlreadyExists(f"{document['id']} exists already")
    batch.put(ENTITY, tenant, document)


def update_entity(batch: Batch, tenant: str, new: Entity, old: Entity | None = None) -> None:
    """``old``: as it is now, if that is known."""
    batch.put(ENTITY, tenant, new, old)


def delete_entity(batch: Batch, tenant: str, identity: str) -> None:
    batch.drop(ENTITY, tenant, identity)


def scan(
    connection: Connection, tenant: str, types: Sequence[str], ids: Sequence[str]
) -> Iterator[Entity]:
    """Candidates of a query in the order in which they came, read in pieces that grow."""
    last, size = 0, CHUNK // 10
    statement, values = _candidates(tenant, types, ids)
    while True:
        rows = connection.all(statement, (*values, last, size))
        for _, document in rows:
            yield loaded(document)
        if len(rows) < size:
            return
        last, size = rows[-1][0], CHUNK


def _candidates(tenant: str, types: Sequence[str], ids: Sequence[str]) -> tuple[str, list[str]]:
    """By ids if there are any, else by types, else all; each on its own index."""
    if ids:
        marks = ",".join("?" * len(ids))
        return (
            f"SELECT seq, doc FROM ngsild_entity WHERE tenant = ? AND id IN ({marks})"  # noqa: S608
            " AND seq > ? ORDER BY seq LIMIT ?"
        ), [tenant, *ids]
    if types:
        marks = ",".join("?" * len(types))
        return (
            "SELECT e.seq, e.doc FROM (SELECT DISTINCT t.seq FROM ngsild_type t"  # noqa: S608
            f" WHERE t.tenant = ? AND t.type IN ({marks}) AND t.seq > ? ORDER BY t.seq LIMIT ?) s"
            " JOIN ngsild_entity e ON e.seq = s.seq ORDER BY e.seq"
        ), [tenant, *types]
    return (
        "SELECT seq, doc FROM ngsild_entity WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?"
    ), [tenant]


def page_of_type(
    connection: Connection, tenant: str, kind: str, limit: int, offset: int
) -> list[bytes]:
    """The short way of `type=X&limit=n`: the stored bytes, by index alone."""
    rows = connection.all(
        "SELECT e.doc FROM (SELECT seq FROM ngsild_type WHERE tenant = ? AND type = ?"
        " ORDER BY seq LIMIT ? OFFSET ?) t JOIN ngsild_entity e ON e.seq = t.seq ORDER BY e.seq",
        (tenant, kind, limit, offset),
    )
    return [row[0] for row in rows]


def count_of_type(connection: Connection, tenant: str, kind: str) -> int:
    row = connection.one(
        "SELECT count(*) FROM ngsild_type WHERE tenant = ? AND type = ?", (tenant, kind)
    )
    return int(row[0]) if row else 0


def next_expiry(connection: Connection) -> float | None:
    """When the first of the transient entities or attributes goes (4.22)."""
    found = connection.one("SELECT min(expires) FROM ngsild_entity WHERE expires IS NOT NULL")
    return found[0] if found else None


def expired(connection: Connection, now: float) -> list[tuple[str, Entity]]:
    """Entities of which something is over (4.22), with their tenants."""
    rows = connection.all(
        "SELECT tenant, doc FROM ngsild_entity WHERE expires IS NOT NULL AND expires <= ?", (now,)
    )
    return [(tenant, orjson.loads(document)) for tenant, document in rows]


# --- things -----------------------------------------------------------------------------


def put_thing(connection: Connection, tenant: str, kind: str, document: Thing) -> None:
    connection.run(
        "INSERT INTO ngsild_thing (tenant, kind, id, doc, expires) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (tenant, kind, id) DO UPDATE SET doc = excluded.doc,"
        " expires = excluded.expires",
        (tenant, kind, document["id"], orjson.dumps(document), moment(document.get("expiresAt"))),
    )


def thing(connection: Connection, tenant: str, kind: str, identity: str) -> Thing | None:
    row = connection.one(
        "SELECT doc FROM ngsild_thing WHERE tenant = ? AND kind = ? AND id = ?",
        (tenant, kind, identity),
    )
    return orjson.loads(row[0]) if row else None


def thing_anywhere(connection: Connection, kind: str, identity: str) -> Thing | None:
    """A thing whose address alone is known: of whichever tenant it is."""
    row = connection.one("SELECT doc FROM ngsild_thing WHERE kind = ? AND id = ?", (kind, identity))
    return orjson.loads(row[0]) if row else None


def things(connection: Connection, kind: str, tenant: str | None = None) -> list[tuple[str, Thing]]:
    """All of a kind with their tenants, in the order in which they came."""
    where, values = ("", ()) if tenant is None else (" AND tenant = ?", (tenant,))
    rows = connection.all(
        f"SELECT tenant, doc FROM ngsild_thing WHERE kind = ?{where} ORDER BY seq",  # noqa: S608
        (kind, *values),
    )
    return [(name, orjson.loads(document)) for name, document in rows]


def drop_thing(connection: Connection, tenant: str, kind: str, identity: str) -> bool:
    gone = connection.run(
        "DELETE FROM ngsild_thing WHERE tenant = ? AND kind = ? AND id = ?",
        (tenant, kind, identity),
    )
    return gone > 0
