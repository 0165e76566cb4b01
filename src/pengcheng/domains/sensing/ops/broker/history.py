"""The history of entities: one row for each instance that ever was (clause 4.5.6, 4.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from pengcheng.domains.sensing.ops.broker.batching import EVOLUTION, READ, Batch
from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.rows import CHUNK
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.changing import Change
from pengcheng.kit.ngsild.reading import Entity, Instance
from pengcheng.kit.ngsild.terms import NULL, VALUE_OF, null_of

HEAD = (
    "INSERT INTO ngsild_history (tenant, entity, attr, dataset, instance, observed, created,"
    " modified, deleted, doc)"
)
ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT = f"{HEAD} VALUES {ROW}"


def micros(text: str | None) -> int | None:
    """A moment as whole microseconds, which sort and compare alike on both databases."""
    return _micros(text) if text else None


@lru_cache(maxsize=1024)
def _micros(text: str) -> int:
    return int(terms.instant(text).timestamp() * 1_000_000)


def note(batch: Batch, tenant: str, change: Change, now: str) -> None:
    """Write down what a change did."""
    identity = change.entity["id"]
    head(batch, tenant, change.entity, now, whole=change.shape)
    listed = [*change.created.items(), *change.updated.items()]
    stamps = {"createdAt": now, "modifiedAt": now}
    told = [(name, each | stamps) for (name, _), each in listed]
    told += [(name, _tombstone(each, now)) for (name, _), each in change.deleted.items()]
    batch.later(INSERT, _rows(batch, tenant, identity, told))


def head(batch: Batch, tenant: str, entity: Entity, now: str, *, whole: bool = False) -> None:
    """What an evolution has besides its series; types are only ever added.

    ``whole``: an entity without a scope has none now, where a fragment just says nothing of it.
    """
    known = batch.get(EVOLUTION, tenant, entity["id"])
    scope = entity.get("scope")
    if whole and known is not None and scope is None and "scope" in known:
        scope = [NULL]
    if known is not None and (scope is None or known.get("scope") == scope):
        types = known["type"]
        if all(each in types for each in entity.get("type", ())):
            return
    document: dict[str, Any] = {"id": entity["id"], "createdAt": entity.get("createdAt", now)}
    types = list(dict.fromkeys([*(known or {}).get("type", ()), *entity.get("type", ())]))
    document |= {"type": types, "modifiedAt": now}
    if known:
        document["createdAt"] = known["createdAt"]
    put(batch, tenant, document | _scoped(known or {}, scope, now))


def _scoped(known: dict[str, Any], scope: Any, now: str) -> dict[str, Any]:
    """The scope and, once it has changed, all that it was (4.5.6)."""
    before = known.get("scopes") or []
    if scope is None or scope == known.get("scope"):
        return {key: known[key] for key in ("scope", "scopes") if key in known}
    if any(isinstance(each, dict) for each in scope):  # told as a series
        told = [{"createdAt": now, "modifiedAt": now} | each for each in scope]
        return {"scope": told[-1]["value"], "scopes": [*before, *told]}
    if "scope" not in known:
        return {"scope": scope}
    if not before:
        before = [_scope_at(known["scope"], known["createdAt"])]
    fresh = _scope_at(scope, now)
    if scope == [NULL]:
        return {"scopes": [*before, fresh | {"deletedAt": now}]}
    return {"scope": scope, "scopes": [*before, fresh]}


def _scope_at(scope: Any, at: str) -> Instance:
    return {"value": scope, "observedAt": at, "createdAt": at, "modifiedAt": at}


def put(batch: Batch, tenant: str, document: dict[str, Any]) -> None:
    batch.put(EVOLUTION, tenant, document)


def evolution(connection: Connection, tenant: str, identity: str) -> dict[str, Any] | None:
    if isinstance(connection, Batch):
        return connection.get(EVOLUTION, tenant, identity)
    row = connection.one(READ[EVOLUTION], (tenant, identity))
    return orjson.loads(row[0]) if row else None


def _rows(
    batch: Batch, tenant: str, entity: str, told: Sequence[tuple[str, Instance]]
) -> list[tuple[Any, ...]]:
    """A row for each instance; those of one batch have ids that count on."""
    series, start = batch.numbered(len(told))
    first, found = f"urn:ngsi-ld:instance:{series}", []
    for number, (name, given) in enumerate(told, start):
        get = given.get
        identity = get("instanceId") or f"{first}-{number}"
        observed, gone = get("observedAt"), get("deletedAt")
        found.append(
            (
                *(
                    tenant,
                    entity,
                    name,
                    get("datasetId", ""),
                    identity,
                    observed and _micros(observed),
                ),
                *(micros(get("createdAt")), micros(get("modifiedAt")), gone and _micros(gone)),
                orjson.dumps({**given, "instanceId": identity}),
            )
        )
    return found


def record(
    batch: Batch, tenant: str, entity: str, told: Sequence[tuple[str, Instance]]
) -> list[int]:
    """Instances of an entity at once; gives the number of each row."""
    numbers: dict[str, int] = {}
    found = _rows(batch, tenant, entity, told)
    for start in range(0, len(found), CHUNK):
        part = found[start : start + CHUNK]
        marks = ",".join([ROW] * len(part))
        rows = batch.all(
            f"{HEAD} VALUES {marks} RETURNING seq, instance",
            [value for row in part for value in row],
        )
        numbers |= {identity: number for number, identity in rows}
    return [numbers[row[4]] for row in found]


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


def bury(batch: Batch, tenant: str, entity: Entity, now: str) -> None:
    """An entity was deleted: its evolution says when, and so does each of its attributes."""
    known = batch.get(EVOLUTION, tenant, entity["id"])
    if known:
        batch.put(EVOLUTION, tenant, {**known, "modifiedAt": now, "deletedAt": now})
    told = [
        (name, _tombstone(each, now))
        for name, instances in entity["attrs"].items()
        for each in instances
    ]
    batch.later(INSERT, _rows(batch, tenant, entity["id"], told))


# --- evolutions that are written directly -----------------------------------------------


def add(batch: Batch, tenant: str, fragment: Entity, now: str) -> None:
    """Instances sent as history (5.6.11, 5.6.12); one of the same moment replaces the old."""
    told: list[tuple[str, Instance]] = []
    replaced: list[tuple[Any, ...]] = []
    for name, instances in fragment["attrs"].items():
        for each in instances:
            if "observedAt" in each:
                dataset, at = each.get("datasetId", ""), micros(each["observedAt"])
                replaced.append((tenant, fragment["id"], name, dataset, at))
            told.append((name, each | {"createdAt": now, "modifiedAt": now}))
    if replaced:
        batch.many(
            "DELETE FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ?"
            " AND dataset = ? AND observed = ? AND deleted IS NULL",
            replaced,
        )
    batch.later(INSERT, _rows(batch, tenant, fragment["id"], told))


@dataclass(frozen=True)
class Asked:
    """Which instances: of which attributes, and when by which time, in microseconds."""

    attributes: frozenset[str] | None = None
    since: int | None = None
    until: int | None = None
    column: str = "observed"

    @property
    def times(self) -> tuple[str, list[int]]:
        found = ((">=", self.since), ("<=", self.until))
        bounds = [(f" AND {self.column} {sign} ?", at) for sign, at in found if at is not None]
        return "".join(text for text, _ in bounds), [at for _, at in bounds]


def series(
    connection: Connection, tenant: str, identity: str, asked: Asked | None = None
) -> dict[str, list[Instance]]:
    """The series of an entity, oldest first."""
    asked = asked or Asked()
    where, values = asked.times
    names = sorted(asked.attributes) if asked.attributes is not None else []
    if asked.attributes is not None:
        where = (f" AND attr IN ({','.join('?' * len(names))})" if names else " AND 1 = 0") + where
    rows = connection.all(
        f"SELECT attr, doc FROM ngsild_history WHERE tenant = ? AND entity = ?{where}"  # noqa: S608
        f" ORDER BY attr, {asked.column} NULLS FIRST, seq",
        (tenant, identity, *names, *values),
    )
    found: dict[str, list[Instance]] = {}
    for name, document in rows:
        found.setdefault(name, []).append(orjson.loads(document))
    return found


def newest(
    connection: Connection,
    tenant: str,
    identity: str,
    asked: Asked,
    count: int,
    keep: Callable[[Instance], bool],
) -> dict[str, list[Instance]]:
    """The newest of each series, newest first, read from that end by the index."""
    where, values = asked.times
    statement = (
        f"SELECT doc FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ?{where}"  # noqa: S608
        f" AND {asked.column} IS NOT NULL ORDER BY {asked.column} DESC, seq LIMIT ?"
    )
    listed = asked.attributes
    found: dict[str, list[Instance]] = {}
    for name in sorted(_names(connection, tenant, identity) if listed is None else listed):
        size = count + 8
        while True:
            rows = connection.all(statement, (tenant, identity, name, *values, size))
            kept = [each for each in map(orjson.loads, (row[0] for row in rows)) if keep(each)]
            if len(kept) >= count or len(rows) < size:
                break
            size *= 8  # many were left out: look further back
        found[name] = kept[:count]
    return found


def _names(connection: Connection, tenant: str, identity: str) -> list[str]:
    """The attributes of an evolution: from one to the next in the index."""
    found: list[str] = []
    while True:
        row = connection.one(
            "SELECT attr FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr > ?"
            " ORDER BY attr LIMIT 1",
            (tenant, identity, found[-1] if found else ""),
        )
        if row is None:
            return found
        found.append(row[0])


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


def drop(batch: Batch, tenant: str, identity: str) -> bool:
    batch.run("DELETE FROM ngsild_history WHERE tenant = ? AND entity = ?", (tenant, identity))
    known = batch.get(EVOLUTION, tenant, identity) is not None
    batch.drop(EVOLUTION, tenant, identity)
    return known


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


def put_instance(batch: Batch, tenant: str, identity: str, name: str, document: Instance) -> None:
    drop_instance(batch, tenant, identity, name, document["instanceId"])
    batch.later(INSERT, _rows(batch, tenant, identity, [(name, document)]))
