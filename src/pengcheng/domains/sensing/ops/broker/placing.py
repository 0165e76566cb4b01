"""Where an entity stands: its row, and the rows by which it is found by its types."""

from __future__ import annotations

import orjson

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.layers import Document
from pengcheng.kit.ngsild import ending, terms


def moment(text: str | None) -> float | None:
    return terms.instant(text).timestamp() if text else None


def end(raw: bytes, document: Document) -> float | None:
    """When the first of an entity and its attributes is over; nearly always never."""
    return ending.first_end(document) if ending.MARK in raw else None


def replace(
    connection: Connection, tenant: str, old: Document | None, new: Document | None
) -> None:
    """An entity comes, or goes, or goes and comes again."""
    if old is not None:
        row = connection.one(
            "DELETE FROM ngsild_entity WHERE tenant = ? AND id = ? RETURNING seq",
            (tenant, old["id"]),
        )
        if row:
            _untype(connection, tenant, row[0], old["type"])
    if new is not None:
        raw = orjson.dumps(new)
        row = connection.one(
            "INSERT INTO ngsild_entity (tenant, id, doc, expires) VALUES (?, ?, ?, ?)"
            " RETURNING seq",
            (tenant, new["id"], raw, end(raw, new)),
        )
        assert row is not None  # noqa: S101 — an INSERT that returns, returns
        _type(connection, tenant, row[0], new["type"])


def retype(connection: Connection, tenant: str, new: Document) -> None:
    row = connection.one(
        "SELECT seq FROM ngsild_entity WHERE tenant = ? AND id = ?", (tenant, new["id"])
    )
    if row:
        connection.run("DELETE FROM ngsild_type WHERE tenant = ? AND seq = ?", (tenant, row[0]))
        _type(connection, tenant, row[0], new["type"])


def _type(connection: Connection, tenant: str, seq: int, types: list[str]) -> None:
    connection.many(
        "INSERT INTO ngsild_type (tenant, type, seq) VALUES (?, ?, ?)",
        [(tenant, each, seq) for each in types],
    )


def _untype(connection: Connection, tenant: str, seq: int, types: list[str]) -> None:
    connection.many(
        "DELETE FROM ngsild_type WHERE tenant = ? AND type = ? AND seq = ?",
        [(tenant, each, seq) for each in types],
    )
