"""Rows of history as Observations and HistoricalLocations, read along the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.sta.resources import COLUMNS, Reading, Series, reading
from pengcheng.kit.sensorthings import mapping

LIVE = "observed IS NOT NULL AND deleted IS NULL"
PIECE = 500


@dataclass(frozen=True)
class Span:
    """Which part of a series, in microseconds."""

    since: int | None = None
    until: int | None = None


def _where(tenant: str, series: Series, span: Span) -> tuple[str, list[object]]:
    where = f"tenant = ? AND entity = ? AND attr = ? AND {LIVE} AND dataset = ?"
    values: list[object] = [tenant, series.entity, series.name, series.dataset]
    for sign, at in ((">=", span.since), ("<=", span.until)):
        if at is not None:
            where += f" AND observed {sign} ?"
            values.append(at)
    return where, values


def walk(
    connection: Connection,
    tenant: str,
    series: Series,
    span: Span | None = None,
    *,
    newest_first: bool = False,
) -> Iterator[Reading]:
    """A series by time, in pieces."""
    where, values = _where(tenant, series, span or Span())
    sign, way = ("<", "DESC") if newest_first else (">", "ASC")
    after: list[object] = []
    size = 50
    while True:
        more = f" AND (observed, seq) {sign} (?, ?)" if after else ""
        rows = connection.all(
            f"SELECT {COLUMNS} FROM ngsild_history WHERE {where}{more}"  # noqa: S608
            f" ORDER BY observed {way}, seq {way} LIMIT ?",
            (*values, *after, size),
        )
        for row in rows:
            yield reading(row)
        if len(rows) < size:
            return
        after, size = [rows[-1][4], rows[-1][0]], PIECE


def piece(
    connection: Connection,
    tenant: str,
    series: Series,
    *,
    newest_first: bool,
    skip: int,
    top: int,
) -> list[Reading]:
    """A page that needs no filter."""
    where, values = _where(tenant, series, Span())
    way = "DESC" if newest_first else "ASC"
    rows = connection.all(
        f"SELECT {COLUMNS} FROM ngsild_history WHERE {where}"  # noqa: S608
        f" ORDER BY observed {way}, seq {way} LIMIT ? OFFSET ?",
        (*values, top, skip),
    )
    return [reading(row) for row in rows]


def count(connection: Connection, tenant: str, series: Series) -> int:
    where, values = _where(tenant, series, Span())
    row = connection.one(f"SELECT count(*) FROM ngsild_history WHERE {where}", values)  # noqa: S608
    return int(row[0]) if row else 0


def ends(connection: Connection, tenant: str, series: Series) -> tuple[Reading, Reading] | None:
    """The first and the last of a series."""
    first = piece(connection, tenant, series, newest_first=False, skip=0, top=1)
    last = piece(connection, tenant, series, newest_first=True, skip=0, top=1)
    return (first[0], last[0]) if first and last else None


def all_readings(connection: Connection, tenant: str) -> Iterator[Reading]:
    """Every reading there is, in the order in which they came."""
    last, size = 0, 50
    while True:
        rows = connection.all(
            f"SELECT {COLUMNS} FROM ngsild_history WHERE tenant = ? AND {LIVE} AND seq > ?"  # noqa: S608
            " ORDER BY seq LIMIT ?",
            (tenant, last, size),
        )
        for row in rows:
            found = reading(row)
            if found.instance["type"] not in mapping.MAPPED:
                yield found
        if len(rows) < size:
            return
        last, size = rows[-1][0], PIECE


def by_number(connection: Connection, tenant: str, number: int) -> Reading | None:
    row = connection.one(
        f"SELECT {COLUMNS} FROM ngsild_history WHERE seq = ? AND tenant = ? AND deleted IS NULL",  # noqa: S608
        (number, tenant),
    )
    return reading(row) if row else None


def places(connection: Connection, tenant: str, entity: str, name: str) -> list[Reading]:
    """Where something was: the history of its locations."""
    rows = connection.all(
        f"SELECT {COLUMNS} FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ?"  # noqa: S608
        " AND deleted IS NULL ORDER BY observed, seq",
        (tenant, entity, name),
    )
    return [reading(row) for row in rows]


def newest_number(connection: Connection) -> int:
    """Of the row that was written last."""
    row = connection.one("SELECT max(seq) FROM ngsild_history", ())
    return int(row[0] or 0) if row else 0


def newer(connection: Connection, number: int, most: int) -> list[Reading]:
    """What was written after a row, in the order in which it came; the default tenant's."""
    rows = connection.all(
        f"SELECT {COLUMNS} FROM ngsild_history WHERE seq > ? AND tenant = '' AND deleted IS NULL"  # noqa: S608
        " ORDER BY seq LIMIT ?",
        (number, most),
    )
    return [reading(row) for row in rows]
