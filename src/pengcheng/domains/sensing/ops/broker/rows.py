"""Rows of the broker: entities, things (subscriptions, registrations …), tenants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.errors import AlreadyExists, NonexistentTenant
from pengcheng.kit.ngsild.reading import Entity

Thing = dict[str, Any]
CHUNK = 500


def moment(text: str | None) -> float | None:
    return terms.instant(text).timestamp() if text else None


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
    row = connection.one(
        "SELECT doc FROM ngsild_entity WHERE tenant = ? AND id = ?", (tenant, identity)
    )
    return orjson.loads(row[0]) if row else None


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
        found |= {identity: orjson.loads(doc) for identity, doc in rows}
    return found


def insert_entity(connection: Connection, tenant: str, document: Entity) -> None:
    added = connection.one(
        "INSERT INTO ngsild_entity (tenant, id, doc, expires) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING RETURNING seq",
        (tenant, document["id"], orjson.dumps(document), moment(document.get("expiresAt"))),
    )
    if added is None:
        raise AlreadyExists(f"{document['id']} exists already")
    connection.many(
        "INSERT INTO ngsild_type (tenant, type, seq) VALUES (?, ?, ?)",
        [(tenant, each, added[0]) for each in document["type"]],
    )


def update_entity(connection: Connection, tenant: str, old: Entity, new: Entity) -> None:
    row = connection.one(
        "UPDATE ngsild_entity SET doc = ?, expires = ? WHERE tenant = ? AND id = ? RETURNING seq",
        (orjson.dumps(new), moment(new.get("expiresAt")), tenant, new["id"]),
    )
    if row is None or old["type"] == new["type"]:
        return
    connection.run("DELETE FROM ngsild_type WHERE tenant = ? AND seq = ?", (tenant, row[0]))
    connection.many(
        "INSERT INTO ngsild_type (tenant, type, seq) VALUES (?, ?, ?)",
        [(tenant, each, row[0]) for each in new["type"]],
    )


def delete_entity(connection: Connection, tenant: str, document: Entity) -> None:
    row = connection.one(
        "DELETE FROM ngsild_entity WHERE tenant = ? AND id = ? RETURNING seq",
        (tenant, document["id"]),
    )
    if row:
        connection.many(
            "DELETE FROM ngsild_type WHERE tenant = ? AND type = ? AND seq = ?",
            [(tenant, each, row[0]) for each in document["type"]],
        )


def scan(
    connection: Connection, tenant: str, types: Sequence[str], ids: Sequence[str]
) -> Iterator[Entity]:
    """Candidates of a query in the order in which they came, read piece by piece."""
    last = 0
    where, values = _where(types, ids)
    statement = (
        f"SELECT e.seq, e.doc FROM ngsild_entity e WHERE e.tenant = ? AND e.seq > ?{where}"  # noqa: S608
        " ORDER BY e.seq LIMIT ?"
    )
    while True:
        rows = connection.all(statement, (tenant, last, *values, CHUNK))
        for _, document in rows:
            yield orjson.loads(document)
        if len(rows) < CHUNK:
            return
        last = rows[-1][0]


def _where(types: Sequence[str], ids: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    where = ""
    values: tuple[str, ...] = ()
    if types:
        marks = ",".join("?" * len(types))
        where += (
            " AND e.seq IN (SELECT t.seq FROM ngsild_type t"  # noqa: S608 — question marks only
            f" WHERE t.tenant = e.tenant AND t.type IN ({marks}))"
        )
        values += tuple(types)
    if ids:
        where += f" AND e.id IN ({','.join('?' * len(ids))})"
        values += tuple(ids)
    return where, values


def page_of_type(
    connection: Connection, tenant: str, kind: str, limit: int, offset: int
) -> list[bytes]:
    """The short way of `type=X&limit=n`: the stored bytes, by index alone."""
    rows = connection.all(
        "SELECT e.doc FROM ngsild_type t JOIN ngsild_entity e ON e.seq = t.seq"
        " WHERE t.tenant = ? AND t.type = ? ORDER BY t.seq LIMIT ? OFFSET ?",
        (tenant, kind, limit, offset),
    )
    return [row[0] for row in rows]


def count_of_type(connection: Connection, tenant: str, kind: str) -> int:
    row = connection.one(
        "SELECT count(*) FROM ngsild_type WHERE tenant = ? AND type = ?", (tenant, kind)
    )
    return int(row[0]) if row else 0


def expired(connection: Connection, now: float) -> list[tuple[str, Entity]]:
    """Transient entities whose time is over (4.22), with their tenants."""
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
