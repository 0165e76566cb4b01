"""The history of entities: one row for each instance that ever was (clause 4.5.6, 4.8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.rows import CHUNK
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.changing import Change
from pengcheng.kit.ngsild.reading import Entity, Instance
from pengcheng.kit.ngsild.terms import VALUE_OF, null_of

INSERT = (
    "INSERT INTO ngsild_history (tenant, entity, attr, dataset, instance, observed, created,"
    " modified, deleted, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def micros(text: str | None) -> int | None:
    """A moment as whole microseconds, which sort and compare alike on both databases."""
    return int(terms.instant(text).timestamp() * 1_000_000) if text else None


def note(connection: Connection, tenant: str, change: Change, now: str) -> None:
    """Write down what a change did."""
    identity = change.entity["id"]
    head(connection, tenant, change.entity, now)
    rows = [
        _row(tenant, identity, name, {**each, "createdAt": now, "modifiedAt": now})
        for (name, _), each in (*change.created.items(), *change.updated.items())
    ]
    rows += [
        _row(tenant, identity, name, _tombstone(each, now))
        for (name, _), each in change.deleted.items()
    ]
    if rows:
        connection.many(INSERT, rows)


def head(connection: Connection, tenant: str, entity: Entity, now: str) -> None:
    """What an evolution has besides its series; types are only ever added."""
    known = evolution(connection, tenant, entity["id"])
    document: dict[str, Any] = {"id": entity["id"], "createdAt": entity.get("createdAt", now)}
    if known:
        document |= {"createdAt": known["createdAt"]}
    types = list(dict.fromkeys([*(known or {}).get("type", ()), *entity.get("type", ())]))
    document |= {"type": types, "modifiedAt": now}
    scope = entity.get("scope", (known or {}).get("scope"))
    if scope:
        document["scope"] = scope
    if known and all(known.get(key) == document.get(key) for key in ("type", "scope")):
        return
    put(connection, tenant, document)


def put(connection: Connection, tenant: str, document: dict[str, Any]) -> None:
    connection.run(
        "INSERT INTO ngsild_evolution (tenant, id, doc) VALUES (?, ?, ?)"
        " ON CONFLICT (tenant, id) DO UPDATE SET doc = excluded.doc",
        (tenant, document["id"], orjson.dumps(document)),
    )


def evolution(connection: Connection, tenant: str, identity: str) -> dict[str, Any] | None:
    row = connection.one(
        "SELECT doc FROM ngsild_evolution WHERE tenant = ? AND id = ?", (tenant, identity)
    )
    return orjson.loads(row[0]) if row else None


def _row(tenant: str, entity: str, name: str, instance: Instance) -> tuple[Any, ...]:
    identity = instance.get("instanceId") or f"urn:ngsi-ld:instance:{new_id()}"
    document = {**instance, "instanceId": identity}
    times = (micros(instance.get(key)) for key in ("observedAt", "createdAt", "modifiedAt"))
    return (
        *(tenant, entity, name, instance.get("datasetId", ""), identity),
        *times,
        micros(instance.get("deletedAt")),
        orjson.dumps(document),
    )


def _tombstone(instance: Instance, now: str) -> Instance:
    """What stays of an attribute that was deleted: its Null and when."""
    kind = instance["type"]
    gone = {
        "type": kind,
        VALUE_OF[kind]: null_of(kind),
        "createdAt": instance.get("createdAt", now),
    }
    if "datasetId" in instance:
        gone["datasetId"] = instance["datasetId"]
    return {**gone, "modifiedAt": now, "deletedAt": now}


def bury(connection: Connection, tenant: str, entity: Entity, now: str) -> None:
    """An entity was deleted: its evolution says when, and so does each of its attributes."""
    known = evolution(connection, tenant, entity["id"])
    if known:
        put(connection, tenant, {**known, "modifiedAt": now, "deletedAt": now})
    rows = [
        _row(tenant, entity["id"], name, _tombstone(each, now))
        for name, instances in entity["attrs"].items()
        for each in instances
    ]
    if rows:
        connection.many(INSERT, rows)


# --- evolutions that are written directly -----------------------------------------------


def add(connection: Connection, tenant: str, fragment: Entity, now: str) -> None:
    """Instances sent as history (5.6.11, 5.6.12); one of the same moment replaces the old."""
    rows = []
    for name, instances in fragment["attrs"].items():
        for each in instances:
            if "observedAt" in each:
                connection.run(
                    "DELETE FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ?"
                    " AND dataset = ? AND observed = ? AND deleted IS NULL",
                    (
                        *(tenant, fragment["id"], name, each.get("datasetId", "")),
                        micros(each["observedAt"]),
                    ),
                )
            rows.append(
                _row(tenant, fragment["id"], name, {**each, "createdAt": now, "modifiedAt": now})
            )
    if rows:
        connection.many(INSERT, rows)


def series(
    connection: Connection,
    tenant: str,
    identity: str,
    *,
    attributes: frozenset[str] | None = None,
    since: int | None = None,
    until: int | None = None,
    column: str = "observed",
) -> dict[str, list[Instance]]:
    """The series of an entity, oldest first; bounds are microseconds on the named time."""
    where, values = "", []
    if attributes is not None:
        where += f" AND attr IN ({','.join('?' * len(attributes))})" if attributes else " AND 1 = 0"
        values += sorted(attributes)
    if since is not None:
        where += f" AND {column} >= ?"
        values.append(since)  # type: ignore[arg-type]
    if until is not None:
        where += f" AND {column} <= ?"
        values.append(until)  # type: ignore[arg-type]
    rows = connection.all(
        f"SELECT attr, doc FROM ngsild_history WHERE tenant = ? AND entity = ?{where}"  # noqa: S608
        f" ORDER BY attr, {column}, seq",
        (tenant, identity, *values),
    )
    found: dict[str, list[Instance]] = {}
    for name, document in rows:
        found.setdefault(name, []).append(orjson.loads(document))
    return found


def evolutions(connection: Connection, tenant: str) -> Iterator[dict[str, Any]]:
    """All evolutions by id, read piece by piece."""
    after = ""
    while True:
        rows = connection.all(
            "SELECT id, doc FROM ngsild_evolution WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?",
            (tenant, after, CHUNK),
        )
        for _, document in rows:
            yield orjson.loads(document)
        if len(rows) < CHUNK:
            return
        after = rows[-1][0]


def has_attribute(connection: Connection, tenant: str, identity: str, name: str) -> bool:
    found = connection.one(
        "SELECT 1 FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ? LIMIT 1",
        (tenant, identity, name),
    )
    return found is not None


def latest(connection: Connection, tenant: str, identity: str, name: str) -> dict[str, Instance]:
    """The newest instance of an attribute for each datasetId."""
    rows = connection.all(
        "SELECT dataset, doc FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ?"
        " ORDER BY seq",
        (tenant, identity, name),
    )
    return {dataset: orjson.loads(document) for dataset, document in rows}


def drop(connection: Connection, tenant: str, identity: str) -> bool:
    connection.run("DELETE FROM ngsild_history WHERE tenant = ? AND entity = ?", (tenant, identity))
    gone = connection.run(
        "DELETE FROM ngsild_evolution WHERE tenant = ? AND id = ?", (tenant, identity)
    )
    return gone > 0


def drop_attribute(
    connection: Connection, tenant: str, identity: str, name: str, dataset: str | None
) -> bool:
    """All instances of an attribute, or with a datasetId ("" is the default) only its."""
    where = ""
    values: tuple[str, ...] = (tenant, identity, name)
    if dataset is not None:
        where, values = " AND dataset = ?", (*values, dataset)
    gone = connection.run(
        f"DELETE FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ?{where}",  # noqa: S608
        values,
    )
    return gone > 0


def instance(
    connection: Connection, tenant: str, identity: str, name: str, instance_id: str
) -> Instance | None:
    row = connection.one(
        "SELECT doc FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ?"
        " AND instance = ?",
        (tenant, identity, name, instance_id),
    )
    return orjson.loads(row[0]) if row else None


def drop_instance(
    connection: Connection, tenant: str, identity: str, name: str, instance_id: str
) -> bool:
    gone = connection.run(
        "DELETE FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ? AND instance = ?",
        (tenant, identity, name, instance_id),
    )
    return gone > 0


def put_instance(
    connection: Connection, tenant: str, identity: str, name: str, document: Instance
) -> None:
    drop_instance(connection, tenant, identity, name, document["instanceId"])
    connection.many(INSERT, [_row(tenant, identity, name, document)])
