"""Old rows in the order of a file: series by series along the index, by time within each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import merge
from typing import NamedTuple

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.delivering import MARK
from pengcheng.domains.sensing.ops.broker.series import NOT_EMPTY
from pengcheng.domains.sensing.ops.rolled import catalogue
from pengcheng.domains.sensing.ops.rolled.lines import COLUMNS, WHEN, Line, when

AT_ONCE = 1000
DAY = 86_400_000_000
SERIES = "tenant = ? AND entity = ? AND attr = ?"


@dataclass(frozen=True)
class Age:
    """What is old enough: when it was observed, and when it was written."""

    before: int
    written: int


@dataclass(frozen=True)
class Source:
    connection: Connection
    tenant: str
    age: Age
    breathe: Callable[[], None] = lambda: None

    def series(self) -> Iterator[tuple[str, str]]:
        """All there are in rows, found by going from one to the next in the index."""
        entity = attr = ""
        while True:
            self.breathe()
            row = self.connection.one(
                f"SELECT entity, attr FROM ngsild_series WHERE tenant = ? AND entity = ?"  # noqa: S608
                f" AND attr > ? AND {NOT_EMPTY} ORDER BY attr LIMIT 1",
                (self.tenant, entity, attr),
            ) or self.connection.one(
                f"SELECT entity, attr FROM ngsild_series WHERE tenant = ? AND entity > ?"  # noqa: S608
                f" AND {NOT_EMPTY} ORDER BY entity, attr LIMIT 1",
                (self.tenant, entity),
            )
            if row is None:
                return
            entity, attr = row
            yield entity, attr

    def oldest(self) -> int | None:
        """The time of the oldest instance that may be rolled."""
        found = [each for pair in self.series() for each in self._first(*pair)]
        return min(found, default=None)

    def _first(self, entity: str, attr: str) -> Iterator[int]:
        before, written = self.age.before, self.age.written
        for statement, values in (
            ("SELECT observed {} AND observed < ? AND modified < ? ORDER BY observed", [before]),
            ("SELECT modified, seq {} AND observed IS NULL AND modified < ? ORDER BY seq", []),
        ):
            last = written if values else min(before, written)
            row = self.connection.one(
                statement.format(f"FROM ngsild_history WHERE {SERIES}") + " LIMIT 1",
                (self.tenant, entity, attr, *values, last),
            )
            if row:
                yield row[0]

    def lines(self, since: int, until: int) -> Iterator[Line]:
        """Of a stretch of time, in the order of a file."""
        until = min(until, self.age.before)
        for entity, attr in self.series():
            place = (self.tenant, entity, attr)
            yield from merge(
                self._timed(place, since, until),
                self._untimed(place, since, until),
                key=lambda line: (when(line), line.seq),
            )

    def _timed(self, place: tuple[str, str, str], since: int, until: int) -> Iterator[Line]:
        seq = 0
        while True:
            rows = self.connection.all(
                f"SELECT {COLUMNS} FROM ngsild_history WHERE {SERIES} AND observed >= ?"  # noqa: S608
                " AND observed < ? AND (observed > ? OR seq > ?) AND modified < ?"
                " ORDER BY observed, seq LIMIT ?",
                (*place, since, until, since, seq, self.age.written, AT_ONCE),
            )
            yield from map(Line._make, rows)
            if len(rows) < AT_ONCE:
                return
            last = Line._make(rows[-1])
            since, seq = last.observed or 0, last.seq

    def _untimed(self, place: tuple[str, str, str], since: int, until: int) -> Iterator[Line]:
        seq = 0
        while True:
            rows = self.connection.all(
                f"SELECT {COLUMNS} FROM ngsild_history WHERE {SERIES} AND observed IS NULL"  # noqa: S608
                " AND seq > ? AND modified >= ? AND modified < ? ORDER BY seq LIMIT ?",
                (*place, seq, since, min(until, self.age.written), AT_ONCE),
            )
            yield from map(Line._make, rows)
            if len(rows) < AT_ONCE:
                return
            seq = rows[-1][0]


class Planned(NamedTuple):
    """What would be rolled of a month."""

    tenant: str
    month: str
    lines: int
    size: int  # of the documents


def planned(connection: Connection, age: Age) -> list[Planned]:
    found: dict[tuple[str, str], list[int]] = {}
    for tenant in tenants(connection):
        rows = connection.all(
            f"SELECT {WHEN} / {DAY}, count(*), sum(length(doc)) FROM ngsild_history"  # noqa: S608
            f" WHERE tenant = ? AND {WHEN} < ? AND modified < ? GROUP BY {WHEN} / {DAY}",
            (tenant, age.before, age.written),
        )
        for day, lines, size in rows:
            sums = found.setdefault((tenant, catalogue.month_of(day * DAY)), [0, 0])
            sums[0] += lines
            sums[1] += int(size)
    return [Planned(*key, *sums) for key, sums in sorted(found.items())]


def tenants(connection: Connection) -> list[str]:
    """Without those of snapshots, which live for days only."""
    rows = connection.all("SELECT name FROM ngsild_tenant ORDER BY name")
    return ["", *(name for (name,) in rows if MARK not in name)]
