"""What one batch of writes gathers before it goes to the database.

Entities and heads of evolutions are read once, changed in memory, and written together by prepared
statements; rows that are only ever added wait likewise. Requests lie in layers: one that fails
takes its layer with it and leaves the others. Only a request that speaks SQL itself pays for a
savepoint: before its statement all that waits is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import Any

import orjson

from pengcheng.domains.sensing.ops.broker import links, placing, series
from pengcheng.domains.sensing.ops.broker.database import Connection, Row
from pengcheng.domains.sensing.ops.broker.freshness import PLACES, WHOLE, place
from pengcheng.domains.sensing.ops.broker.hands import Stale
from pengcheng.domains.sensing.ops.broker.layers import Document, Key, Layer
from pengcheng.domains.sensing.ops.broker.spelling import Order, spelled
from pengcheng.domains.sensing.ops.broker.storing import Needed, Store
from pengcheng.kernel.ids import new_id

ENTITY, EVOLUTION = "entity", "evolution"
READ = {
    ENTITY: "SELECT doc FROM ngsild_entity WHERE tenant = ? AND id = ?",
    EVOLUTION: "SELECT doc FROM ngsild_evolution WHERE tenant = ? AND id = ?",
}
PUT_EVOLUTION = (
    "INSERT INTO ngsild_evolution (tenant, id, doc) VALUES (?, ?, ?)"
    " ON CONFLICT (tenant, id) DO UPDATE SET doc = excluded.doc"
)
DROP_EVOLUTION = "DELETE FROM ngsild_evolution WHERE tenant = ? AND id = ?"
UPDATE = (  # of what is there; in this form many go in one statement
    "INSERT INTO ngsild_entity (tenant, id, doc, expires) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (tenant, id) DO UPDATE SET doc = excluded.doc, expires = excluded.expires"
)
MOST_KEPT = 8192  # documents that stay at hand from batch to batch
LARGEST_KEPT = 64 << 10


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
    """The writer's connection. With a ``store`` it asks for that connection only when something
    must be asked there, and else leaves to the store's thread what there is to write.
    """

    def __init__(self, connection: Connection, store: Store | None = None) -> None:
        """``connection``: to read by; without a store also to write."""
        self._reading, self._store = connection, store
        self.patient = True  # whether it may wait for the connection that writes
        self._writing = connection if store is None else store.connection
        self._open = False  # whether the transaction has begun on the connection that writes
        self._orders: list[Order] = []
        self.files, self.overriding = connection.files, connection.overriding
        self.near = connection.near
        self.touched: set[int] = set()
        self._instances, self._number = "", 0
        self._layers = [Layer()]
        self._base: dict[Key, Document | None] = {}  # as the database has them in this batch
        self._flying: dict[Key, Document | None] = {}  # of the batch that the store has now
        self._flying_notes: dict[Any, Any] = {}
        self._kept: dict[Key, Document] = {}
        self.series = series.Known(lambda: self.connection)

    @property
    def connection(self) -> Connection:
        """The connection that writes, with all that was left for it. Raises Needed, Stale, Lost."""
        if not self._open and self._store is not None:
            if not self.patient:
                raise Needed
            if self._begun():
                raise Stale
            orders, self._orders = self._orders, []
            for order in orders:
                self._writing.many(*spelled(order))
        return self._writing

    def _begun(self) -> bool:
        """Begin on the connection that writes; whether another process has written since."""
        if self._store is None:
            self._writing.begin()
            self._open = True
            return self._writing.changed_elsewhere()
        self._store.settled()
        self._writing.begin()
        self._open = True
        return self._store.hand.changed()

    def _leave(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """To be written when the batch is."""
        if self._open or self._store is None:
            self._writing.many(*spelled((statement, rows)))
        else:
            self._orders.append((statement, rows))

    # -- documents -----------------------------------------------------------------------

    def get(self, kind: str, tenant: str, identity: str) -> Document | None:
        key = (kind, tenant, identity)
        for layer in reversed(self._layers):
            if key in layer.documents:
                return layer.documents[key]
        if key not in self._base:
            kept = self._kept.get(key)
            if kept is not None:
                return kept
            self._base[key] = self._read(key)
        return self._base[key]

    def _before(self, key: Key) -> Document | None:
        """As the database has it in this batch, as far as that was asked."""
        return self._base[key] if key in self._base else self._kept.get(key)

    def _read(self, key: Key) -> Document | None:
        if not self._open and key in self._flying:
            return self._flying[key]
        kind, tenant, identity = key
        if not self.patient and not self._reading.near:
            raise Needed
        connection = self._writing if self._open else self._reading
        row = connection.one(READ[kind], (tenant, identity))
        return orjson.loads(row[0]) if row else None

    def put(self, kind: str, tenant: str, document: Document, old: Document | None = None) -> None:
        """``old``: what is there now, if that was asked for already."""
        key = (kind, tenant, document["id"])
        old, layer = old or self.get(*key), self._layers[-1]
        if old is None and self._before(key) is not None:
            layer.reborn.add(key)
        if kind == ENTITY:
            if old is None or old["type"] != document["type"] or links.moved(old, document):
                self._ground()
            self._touch(tenant, document, old)
        layer.documents[key] = document

    def drop(self, kind: str, tenant: str, identity: str) -> None:
        key = (kind, tenant, identity)
        old = self.get(*key)
        if kind == ENTITY and old is not None:
            self._ground()
            self._touch(tenant, old, None)
        self._layers[-1].documents[key] = None

    def _ground(self) -> None:
        """What comes now is not written by a list of statements alone."""
        assert self.connection is self._writing  # noqa: S101 — or else it says why not

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

    # -- notes: what is known of what was done, and counts when it is stored -----------

    def note(self, key: Any, value: Any) -> None:
        self._layers[-1].notes[key] = value

    def noted(self, key: Any) -> Any:
        """What was noted in this batch or in the one before it, which is on its way."""
        for layer in reversed(self._layers):
            if key in layer.notes:
                return layer.notes[key]
        return self._flying_notes.get(key)

    def notes(self) -> dict[Any, Any]:
        """All of the batch that is about to be stored."""
        return self._layers[0].notes

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
        """Write all that waits, the oldest first, where whoever speaks SQL finds it."""
        self._ground()
        for depth, layer in enumerate(self._layers):
            if depth and not layer.marked:
                self.connection.run(f"SAVEPOINT layer{depth}")
                layer.marked = True
            self._write(layer)

    def _write(self, layer: Layer) -> None:
        updates = []
        for key, new in layer.documents.items():
            kind, tenant, identity = key
            old = self._before(key)
            self._base[key] = new
            if kind == EVOLUTION:
                self._write_evolution(tenant, identity, new)
                continue
            if links.moved(old, new):
                links.relink(self.connection, tenant, old, new)
            if old is not None and new is not None and key not in layer.reborn:
                raw = orjson.dumps(new)
                updates.append((tenant, identity, raw, placing.end(raw, new)))
                if old["type"] != new["type"]:
                    placing.retype(self.connection, tenant, new)
            else:
                placing.replace(self.connection, tenant, old, new)
        if updates:
            self._leave(UPDATE, updates)
        for statement, rows in layer.rows.items():
            self._leave(statement, rows)
        layer.documents.clear()
        layer.reborn.clear()
        layer.rows.clear()

    def _write_evolution(self, tenant: str, identity: str, new: Document | None) -> None:
        if new is not None:
            self._leave(PUT_EVOLUTION, [(tenant, identity, orjson.dumps(new))])
        else:
            self._leave(DROP_EVOLUTION, [(tenant, identity)])

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
            self.forget()

    def forget(self) -> None:
        """What is kept may be no more: all is read anew, by others too."""
        self._base.clear()
        self._flying = {}
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
        """Alone: the connection that writes is this batch's from the start."""
        self.gather()
        if self._begun():
            self.forget()

    def gather(self) -> None:
        """Begin a batch that is worked out in memory as far as that goes."""
        self._instances, self._number = new_id(), 0

    def commit(self) -> None:
        """Durable when this returns."""
        self._settle()
        self._writing.commit()
        if self._store is not None:
            self._store.hand.written()
        self._open = False
        self._keep()

    def ready(self) -> bool:
        """Whether the batch can be left to the store, which is free then. Raises Lost if the one
        before it is not stored.
        """
        if self._open or self._store is None:
            return False
        self.draft()
        if not self._open:
            self._store.settled()
        return not self._open

    def draft(self) -> None:
        """Spell out, while there is time, what is to be left to the store."""
        if not self._open and self._store is not None:
            for layer in self._layers:
                self._write(layer)

    def leave(self, stored: Callable[[], None]) -> None:
        """The store writes it, then ``stored`` is called; the next batch rests on it at once."""
        assert self._store is not None  # noqa: S101 — it was ready
        orders, self._orders = self._orders, []
        self._store.give(orders, stored)
        self._keep()

    def _keep(self) -> None:
        kept = self._kept
        for key, document in self._base.items():
            if document is None:
                kept.pop(key, None)
            else:
                kept[key] = document  # where it stands: who came first goes first
        if len(kept) > MOST_KEPT:
            for key in list(islice(kept, len(kept) - MOST_KEPT + MOST_KEPT // 8)):
                del kept[key]
        self._flying, self._base = self._base, {}
        self._flying_notes = self._layers[0].notes
        self._layers = [Layer()]

    def rollback(self) -> None:
        self._layers, self._orders = [Layer()], []
        self._base.clear()
        self._flying, self._flying_notes = {}, {}
        self._kept.clear()
        self.series.clear()
        if self._open:
            self._open = False
            self._writing.rollback()

    def close(self) -> None:
        self._reading.close()
        if self._writing is not self._reading:
            self._writing.close()
