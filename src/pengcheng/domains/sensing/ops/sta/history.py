"""History as Observations and HistoricalLocations: rows along the index, then files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.rolled import merged, numbered
from pengcheng.domains.sensing.ops.sta.resources import (
    COLUMNS,
    Reading,
    Series,
    of_line,
    reading,
)
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
    look, size = _Look(tenant, series, span or Span(), newest_first), 50
    after: Reading | None = None
    while True:
        found = look.next(connection, after, size)
        yield from found
        if len(found) < size:
            return
        after, size = found[-1], PIECE


@dataclass(frozen=True)
class _Look:
    tenant: str
    series: Series
    span: Span
    newest_first: bool

    def next(self, connection: Connection, after: Reading | None, size: int) -> list[Reading]:
        """The next so many, from rows and from files."""
        rows = self._rows(connection, after, size)
        if not merged.any_of(connection, self.tenant, self.series.entity):
            return rows
        with connection.reading():
            rows = self._rows(connection, after, size)
            seen = {row.number for row in rows}
            last = rows[-1] if len(rows) == size else None
            lines = self._lines(connection, after, last)
            rows += islice((line for line in lines if line.number not in seen), size)
        rows.sort(key=lambda row: (row.at, row.number), reverse=self.newest_first)
        return rows[:size]

    def _rows(self, connection: Connection, after: Reading | None, size: int) -> list[Reading]:
        where, values = _where(self.tenant, self.series, self.span)
        sign, way = ("<", "DESC") if self.newest_first else (">", "ASC")
        more = f" AND (observed, seq) {sign} (?, ?)" if after else ""
        rows = connection.all(
            f"SELECT {COLUMNS} FROM ngsild_history WHERE {where}{more}"  # noqa: S608
            f" ORDER BY observed {way}, seq {way} LIMIT ?",
            (*values, *((after.at, after.number) if after else ()), size),
        )
        return [reading(row) for row in rows]

    def _lines(
        self, connection: Connection, after: Reading | None, last: Reading | None
    ) -> Iterator[Reading]:
        """What files have between two readings; where rows suffice no file has anything."""
        first, end = (last, after) if self.newest_first else (after, last)
        since = max((at for at in (self.span.since, first and first.at) if at), default=None)
        until = min((at for at in (self.span.until, end and end.at) if at), default=None)
        for line in merged.in_order(
            *(connection, self.tenant, self.series.entity, self.series.name),
            *(since, until),
            newest_first=self.newest_first,
        ):
            if line.deleted is None and line.dataset == self.series.dataset:
                found = of_line(line)
                if after is None or self._follows(found, after):
                    yield found

    def _follows(self, found: Reading, after: Reading) -> bool:
        one, other = (found.at, found.number), (after.at, after.number)
        return one < other if self.newest_first else one > other


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
    if merged.any_of(connection, tenant, series.entity):
        found = walk(connection, tenant, series, newest_first=newest_first)
        return list(islice(found, skip, skip + top))
    where, values = _where(tenant, series, Span())
    way = "DESC" if newest_first else "ASC"
    rows = connection.all(
        f"SELECT {COLUMNS} FROM ngsild_history WHERE {where}"  # noqa: S608
        f" ORDER BY observed {way}, seq {way} LIMIT ? OFFSET ?",
        (*values, top, skip),
    )
    return [reading(row) for row in rows]


def count(connection: Connection, tenant: str, series: Series) -> int:
    if merged.any_of(connection, tenant, series.entity):
        return sum(1 for _ in walk(connection, tenant, series))
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
    last: int | None = 0
    size = 50
    while last is not None:
        found, last = _came(connection, tenant, last, size)
        yield from (each for each in found if each.instance["type"] not in mapping.MAPPED)
        size = PIECE


def _came(
    connection: Connection, tenant: str, last: int, size: int
) -> tuple[list[Reading], int | None]:
    """The next by number, and up to which that was all; None at the end."""
    with connection.reading():
        rows = connection.all(
            f"SELECT {COLUMNS} FROM ngsild_arrived WHERE tenant = ? AND {LIVE} AND seq > ?"  # noqa: S608
            " ORDER BY seq LIMIT ?",
            (tenant, last, size),
        )
        found = {row[0]: reading(row) for row in rows}
        lines, until = numbered.following(connection, tenant, last, size)
    ends = [until] if until is not None else []
    if len(rows) == size:
        ends.append(rows[-1][0])
    for line in lines:
        if line.observed is not None and line.deleted is None:
            found.setdefault(line.seq, of_line(line))
    end = min(ends, default=None)
    listed = sorted(number for number in found if end is None or number <= end)
    return [found[number] for number in listed], end


def by_number(connection: Connection, tenant: str, number: int) -> Reading | None:
    row = connection.one(
        f"SELECT {COLUMNS} FROM ngsild_arrived WHERE seq = ? AND tenant = ? AND deleted IS NULL",  # noqa: S608
        (number, tenant),
    )
    if row:
        return reading(row)
    with connection.reading():
        line = numbered.one(connection, tenant, number)
    return of_line(line) if line is not None and line.deleted is None else None


def places(connection: Connection, tenant: str, entity: str, name: str) -> list[Reading]:
    """Where something was: the history of its locations."""
    with connection.reading():
        rows = connection.all(
            f"SELECT {COLUMNS} FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ?"  # noqa: S608
            " AND deleted IS NULL",
            (tenant, entity, name),
        )
        found = {row[0]: reading(row) for row in rows}
        for line in merged.lines(connection, tenant, entity, {name}):
            if line.deleted is None:
                found.setdefault(line.seq, of_line(line))
    timed = [("observedAt" in each.instance, each.at, each.number) for each in found.values()]
    return [
        found[number] for _, _, number in sorted((known, known and at, n) for known, at, n in timed)
    ]


def newest_number(connection: Connection) -> int:
    """Of the row that was written last."""
    row = connection.one(
        "SELECT max(seq), (SELECT max(last_seq) FROM ngsild_file) FROM ngsild_past", ()
    )
    return max(*(each or 0 for each in row)) if row else 0


def newer(connection: Connection, number: int, most: int) -> list[Reading]:
    """What was written after a row, in the order in which it came; the default tenant's."""
    rows = connection.all(
        f"SELECT {COLUMNS} FROM ngsild_arrived WHERE seq > ? AND tenant = '' AND deleted IS NULL"  # noqa: S608
        " ORDER BY seq LIMIT ?",
        (number, most),
    )
    return [reading(row) for row in rows]
