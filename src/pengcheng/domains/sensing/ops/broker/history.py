"""The history of entities, written: one row for each instance that ever was (clause 4.5.6, 4.8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from pengcheng.domains.sensing.ops.broker import past
from pengcheng.domains.sensing.ops.broker.batching import EVOLUTION, READ, Batch
from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.rows import CHUNK
from pengcheng.domains.sensing.ops.broker.series import OF_ATTRIBUTE, OF_ENTITY
from pengcheng.domains.sensing.ops.broker.spelling import (
    INSERT,
    INSTANCE,
    PLACES,
    ROW,
    SAID,
    Said,
    micros,
)
from pengcheng.domains.sensing.ops.rolled import graves, merged
from pengcheng.domains.sensing.ops.rolled.graves import Grave
from pengcheng.kit.ngsild.changing import AttributeKey, Change
from pengcheng.kit.ngsild.reading import Entity, Instance
from pengcheng.kit.ngsild.terms import NULL, VALUE_OF, null_of


def note(batch: Batch, tenant: str, change: Change, now: str) -> None:
    """Write down what a change did."""
    head(batch, tenant, change.entity, now, whole=change.shape)
    for told in (change.created, change.updated):
        if told:
            batch.later(SAID, [_said(batch, tenant, change.entity["id"], told, now)])
    if change.deleted:
        gone = [(name, _tombstone(each, now)) for (name, _), each in change.deleted.items()]
        batch.later(INSERT, _rows(batch, tenant, change.entity["id"], gone))


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


def _said(
    batch: Batch, tenant: str, entity: str, told: dict[AttributeKey, Instance], now: str
) -> Said:
    """What was written just now; those of one batch have ids that count on."""
    names = [name for name, _ in told]
    series = batch.series.numbers(tenant, entity, names)
    random, number = batch.numbered(len(told))
    return [series[name] for name in names], orjson.dumps([*told.values()]), now, random, number


def _rows(
    batch: Batch, tenant: str, entity: str, told: Sequence[tuple[str, Instance]]
) -> list[tuple[Any, ...]]:
    """A row for each instance; those of one batch have ids that count on."""
    series = batch.series.numbers(tenant, entity, [name for name, _ in told])
    random, start = batch.numbered(len(told))
    first, found = f"{INSTANCE}{random}", []
    for number, (name, given) in enumerate(told, start):
        get = given.get
        identity = get("instanceId") or f"{first}-{number}"
        observed, gone = get("observedAt"), get("deletedAt")
        found.append(
            (
                *(series[name], get("datasetId", ""), identity, micros(observed)),
                *(micros(get("createdAt")), micros(get("modifiedAt")), micros(gone)),
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
        marks = ",".join([PLACES] * len(part))
        rows = batch.all(
            f"{ROW} VALUES {marks} RETURNING seq, instance",
            [value for row in part for value in row],
        )
        numbers |= {identity: number for number, identity in rows}
    return [numbers[row[2]] for row in found]


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
    replaced: list[Grave] = []
    for name, instances in fragment["attrs"].items():
        for each in instances:
            if "observedAt" in each:
                at = micros(each["observedAt"])
                replaced.append(Grave(name, each.get("datasetId", ""), at))
            told.append((name, each | {"createdAt": now, "modifiedAt": now}))
    if replaced:
        numbers = batch.series.numbers(tenant, fragment["id"], fragment["attrs"])
        batch.many(
            "DELETE FROM ngsild_past WHERE seq IN"
            " (SELECT seq FROM ngsild_place WHERE series = ? AND observed = ?)"
            " AND dataset = ? AND deleted IS NULL",
            [(numbers[each.attr], each.observed, each.dataset) for each in replaced],
        )
        graves.dig(batch, tenant, fragment["id"], replaced)
    batch.later(INSERT, _rows(batch, tenant, fragment["id"], told))


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


def drop(batch: Batch, tenant: str, identity: str) -> bool:
    batch.run(f"DELETE FROM ngsild_past WHERE {OF_ENTITY}", (tenant, identity))  # noqa: S608
    batch.run("DELETE FROM ngsild_series WHERE tenant = ? AND entity = ?", (tenant, identity))
    batch.series.forget(tenant, identity)
    graves.dig(batch, tenant, identity, [Grave()])
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
        f"DELETE FROM ngsild_past WHERE {OF_ATTRIBUTE}{where}",  # noqa: S608
        values,
    )
    rolled = merged.lines(connection, tenant, identity, {name})
    known = gone > 0 or any(dataset in {None, each.dataset} for each in rolled)
    graves.dig(connection, tenant, identity, [Grave(name, dataset)])
    return known


def drop_instance(
    connection: Connection, tenant: str, identity: str, name: str, instance_id: str
) -> bool:
    rows = connection.all(
        f"DELETE FROM ngsild_past WHERE {OF_ATTRIBUTE} AND instance = ? RETURNING seq",  # noqa: S608
        (tenant, identity, name, instance_id),
    )
    rolled = past.rolled_instance(connection, tenant, identity, name, instance_id)
    numbers = {row[0] for row in rows} | ({rolled.seq} if rolled else set())
    graves.dig(connection, tenant, identity, [Grave(name, number=each) for each in numbers])
    return bool(numbers)


def put_instance(batch: Batch, tenant: str, identity: str, name: str, document: Instance) -> None:
    drop_instance(batch, tenant, identity, name, document["instanceId"])
    batch.later(INSERT, _rows(batch, tenant, identity, [(name, document)]))
