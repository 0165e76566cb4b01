"""What one batch of writes gathers before it goes to the database.

Entities and heads of evolutions are read once, changed in memory, and written together by prepared
statements; rows that are only ever added wait likewise. Requests lie in layers: one that fails
takes its layer with it and leaves the others. Only a request that speaks SQL itself pays for a
savepoint: before its statement all that waits is written.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import orjson

from pengcheng.domains.sensing.ops.broker import links, series
from pengcheng.domains.sensing.ops.broker.database import Connection, Row
from pengcheng.domains.sensing.ops.broker.freshness import PLACES, WHOLE, place
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild import ending, terms

ENTITY, EVOLUTION = "entity", "evolution"
READ = {
    ENTITY: "SELECT doc FROM ngsild_entity WHERE tenant = ? AND id = ?",
    EVOLUTION: "SELECT doc FROM ngsild_evolution WHERE tenant = ? AND id = ?",
}
PUT_EVOLUTION = (
    "INSERT INTO ngsild_evolution (tenant, id, doc) VALUES (?, ?, ?)"
    " ON CONFLICT (tenant, id) DO UPDATE SET doc = excluded.doc"
)
UPDATE = (  # of what is there; in this form many go in one statement
    "INSERT INTO ngsild_entity (tenant, id, doc, expires) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (tenant, id) DO UPDATE SET doc = excluded.doc, expires = excluded.expires"
)
MOST_KEPT = 8192  # documents that stay at hand from batch to batch
LARGEST_KEPT = 64 << 10
Document = dict[str, Any]
Key = tuple[str, str, str]  # what it is, tenant, id


def moment(text: str | None) -> float | None:
    return terms.instant(text).timestamp() if text else None


def _end(raw: bytes, document: Document) -> float | None:
    """When the first of an entity and its attributes is over; nearly always never."""
    return ending.first_end(document) if ending.MARK in raw else None


@dataclass(slots=True)
class Layer:
    """What one request has done so far."""

    documents: dict[Key, Document | None] = field(default_factory=dict)
    reborn: set[Key] = field(default_factory=set)  # deleted, then made anew
    rows: dict[str, list[Sequence[Any]]] = field(default_factory=dict)
    marked: bool = False  # whether its savepoint is set

    def take(self, other: Layer) -> None:
        self.documents.update(other.documents)
        if other.reborn:
            self.reborn |= other.reborn
        for statement, rows in other.rows.items():
            self.rows.setdefault(statement, []).extend(rows)


class Within:
    """A layer as a `with` block."""

    __slots__ = ("_batch",)

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    def __enter__(self) -> None:
        self._batch.open_layer()

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._batch.close_layer()
        else:
            self._batch.drop_layer()


class Batch:
    """The writer's connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.files, self.overriding = connection.files, connection.overriding
        self.touched: set[int] = set()
        self._instances, self._number = "", 0
        self._layers = [Layer()]
        self._base: dict[Key, Document | None] = {}  # as the database has them in this batch
        self._kept: OrderedDict[Key, Document] = OrderedDict()
        self.series = series.Known(connection)

    # -- documents -----------------------------------------------------------------------

    def get(self, kind: str, tenant: str, identity: str) -> Document | None:
        key = (kind, tenant, identity)
        for layer in reversed(self._layers):
            if key in layer.documents:
                return layer.documents[key]
        if key not in self._base:
            kept = self._kept.get(key)
            if kept is None:
                row = self.connection.one(READ[kind], (tenant, identity))
                kept = orjson.loads(row[0]) if row else None
            self._base[key] = kept
        return self._base[key]

    def put(self, kind: str, tenant: str, document: Document) -> None:
        key = (kind, tenant, document["id"])
        old, layer = self.get(*key), self._layers[-1]
        if old is None and self._base.get(key) is not None:
            layer.reborn.add(key)
        layer.documents[key] = document
        if kind == ENTITY:
            self._touch(tenant, document, old)

    def drop(self, kind: str, tenant: str, identity: str) -> None:
        key = (kind, tenant, identity)
        old = self.get(*key)
        self._layers[-1].documents[key] = None
        if kind == ENTITY and old is not None:
            self._touch(tenant, old, None)

    def _touch(self, tenant: str, one: Document, other: Document | None) -> None:
        """Whoever keeps an answer with this entity or of its types is to read anew."""
        names = [WHOLE, one["id"], *one["type"]]
        if other is not None and other["type"] != one["type"]:
            names += other["type"]
        self.touched.update([place(tenant, each) for each in names])

    def numbered(self, count: int) -> tuple[str, int]:
        """So many names that nobody else gives: what they begin with, and the first number. One
        random name for a batch does, for each costs a call of the system.
        """
        first, self._number = self._number, self._number + count
        return self._instances, first

    def later(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Rows to add with the batch."""
        if rows:
            self._layers[-1].rows.setdefault(statement, []).extend(rows)

    # -- layers --------------------------------------------------------------------------

    def layer(self) -> Within:
        """What fails within is undone alone."""
        return Within(self)

    def open_layer(self) -> None:
        self._layers.append(Layer())

    def close_layer(self) -> None:
        layer = self._layers.pop()
        if layer.marked:
            self.connection.run(f"RELEASE SAVEPOINT layer{len(self._layers)}")
        self._layers[-1].take(layer)

    def drop_layer(self) -> None:
        layer = self._layers.pop()
        if layer.marked:
            name = f"layer{len(self._layers)}"
            self.connection.run(f"ROLLBACK TO SAVEPOINT {name}")
            self.connection.run(f"RELEASE SAVEPOINT {name}")
            self._base.clear()
            self._kept.clear()
            self.series.clear()

    def _settle(self) -> None:
        """Write all that waits, the oldest first."""
        for depth, layer in enumerate(self._layers):
            if depth and not layer.marked:
                self.connection.run(f"SAVEPOINT layer{depth}")
                layer.marked = True
            self._write(layer)

    def _write(self, layer: Layer) -> None:
        updates = []
        for key, new in layer.documents.items():
            kind, tenant, identity = key
            old = self._base.get(key)
            self._base[key] = new
            if kind == EVOLUTION:
                self._write_evolution(tenant, identity, new)
                continue
            if links.moved(old, new):
                links.relink(self.connection, tenant, old, new)
            if old is not None and new is not None and key not in layer.reborn:
                raw = orjson.dumps(new)
                updates.append((tenant, identity, raw, _end(raw, new)))
                if old["type"] != new["type"]:
                    self._retype(tenant, new)
            else:
                self._replace(tenant, old, new)
        if updates:
            self.connection.many(UPDATE, updates)
        for statement, rows in layer.rows.items():
            self.connection.many(statement, rows)
        layer.documents.clear()
        layer.reborn.clear()
        layer.rows.clear()

    def _write_evolution(self, tenant: str, identity: str, new: Document | None) -> None:
        if new is not None:
            self.connection.run(PUT_EVOLUTION, (tenant, identity, orjson.dumps(new)))
        else:
            self.connection.run(
                "DELETE FROM ngsild_evolution WHERE tenant = ? AND id = ?", (tenant, identity)
            )

    def _replace(self, tenant: str, old: Document | None, new: Document | None) -> None:
        """An entity comes, or goes, or goes and comes again."""
        if old is not None:
            row = self.connection.one(
                "DELETE FROM ngsild_entity WHERE tenant = ? AND id = ? RETURNING seq",
                (tenant, old["id"]),
            )
            if row:
                self._untype(tenant, row[0], old["type"])
        if new is not None:
            raw = orjson.dumps(new)
            row = self.connection.one(
                "INSERT INTO ngsild_entity (tenant, id, doc, expires) VALUES (?, ?, ?, ?)"
                " RETURNING seq",
                (tenant, new["id"], raw, _end(raw, new)),
            )
            assert row is not None  # noqa: S101 — an INSERT that returns, returns
            self._type(tenant, row[0], new["type"])

    def _retype(self, tenant: str, new: Document) -> None:
        row = self.connection.one(
            "SELECT seq FROM ngsild_entity WHERE tenant = ? AND id = ?", (tenant, new["id"])
        )
        if row:
            self.connection.run(
                "DELETE FROM ngsild_type WHERE tenant = ? AND seq = ?", (tenant, row[0])
            )
            self._type(tenant, row[0], new["type"])

    def _type(self, tenant: str, seq: int, types: list[str]) -> None:
        self.connection.many(
            "INSERT INTO ngsild_type (tenant, type, seq) VALUES (?, ?, ?)",
            [(tenant, each, seq) for each in types],
        )

    def _untype(self, tenant: str, seq: int, types: list[str]) -> None:
        self.connection.many(
            "DELETE FROM ngsild_type WHERE tenant = ? AND type = ? AND seq = ?",
            [(tenant, each, seq) for each in types],
        )

    # -- a connection like others --------------------------------------------------------

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        self._settle()
        return self.connection.all(sql, values)

    def one(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        self._settle()
        return self.connection.one(sql, values)

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        self._settle()
        self._suspect(sql)
        return self.connection.run(sql, values)

    def many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        self._settle()
        self._suspect(sql)
        self.connection.many(sql, values)

    def _suspect(self, sql: str) -> None:
        """Somebody writes to what is kept here, past this class."""
        if "ngsild_entity" in sql or "ngsild_evolution" in sql:
            self._forget()

    def _forget(self) -> None:
        self._base.clear()
        self._kept.clear()
        self.series.clear()
        self.touched.update(range(PLACES))

    def reading(self) -> AbstractContextManager[None]:
        """Whoever writes sees one state."""
        return nullcontext()

    def hold(self) -> None:
        self.connection.hold()

    def changed_elsewhere(self) -> bool:
        return self.connection.changed_elsewhere()

    def begin(self) -> None:
        self._instances, self._number = new_id(), 0
        self.connection.begin()
        if self.connection.changed_elsewhere():
            self._forget()

    def commit(self) -> None:
        self._settle()
        self.connection.commit()
        self._keep()
        self._layers = [Layer()]

    def _keep(self) -> None:
        kept = self._kept
        for key, document in self._base.items():
            if document is None:
                kept.pop(key, None)
            else:
                kept[key] = document  # where it stands: who came first goes first
        self._base.clear()
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)

    def rollback(self) -> None:
        self._layers = [Layer()]
        self._base.clear()
        self._kept.clear()
        self.series.clear()
        self.connection.rollback()

    def close(self) -> None:
        self.connection.close()
