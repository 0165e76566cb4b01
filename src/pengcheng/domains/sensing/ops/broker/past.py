"""The history of entities, read: from rows, and from the files into which old rows are rolled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.series import NOT_EMPTY
from pengcheng.domains.sensing.ops.rolled import graves, merged
from pengcheng.domains.sensing.ops.rolled.lines import Line
from pengcheng.domains.sensing.ops.rolled.merged import Section
from pengcheng.kit.ngsild.reading import Instance

Row = Sequence[Any]  # number, attribute, time, document
Keep = Callable[[Instance], bool]


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

    @property
    def span(self) -> tuple[str, int | None, int | None]:
        return self.column, self.since, self.until


def series(
    connection: Connection, tenant: str, identity: str, asked: Asked | None = None
) -> dict[str, list[Instance]]:
    """The series of an entity, oldest first."""
    asked = asked or Asked()
    rows = _rows(connection, tenant, identity, asked)
    # In this order: what leaves the rows between the two looks is in the index by then.
    if merged.any_of(connection, tenant, identity):
        rows = _together(connection, tenant, identity, asked)
    found: dict[str, list[Instance]] = {}
    for _, name, _, document in rows:
        found.setdefault(name, []).append(orjson.loads(document))
    return found


def in_files(connection: Connection, tenant: str, identity: str = "") -> bool:
    """Whether reading an evolution, or any, may have to open files: then not on the loop."""
    if identity:
        return merged.any_of(connection, tenant, identity)
    return merged.any_at_all(connection, tenant)


def _rows(connection: Connection, tenant: str, identity: str, asked: Asked) -> list[Any]:
    where, values = asked.times
    names = sorted(asked.attributes) if asked.attributes is not None else []
    if asked.attributes is not None:
        where = (f" AND attr IN ({','.join('?' * len(names))})" if names else " AND 1 = 0") + where
    return connection.all(
        f"SELECT seq, attr, {asked.column}, doc FROM ngsild_history"  # noqa: S608
        f" WHERE tenant = ? AND entity = ?{where} ORDER BY attr, {asked.column} NULLS FIRST, seq",
        (tenant, identity, *names, *values),
    )


def _together(connection: Connection, tenant: str, identity: str, asked: Asked) -> list[Row]:
    with connection.reading():
        rows = _rows(connection, tenant, identity, asked)
        seen = {row[0] for row in rows}
        get = Line._fields.index(asked.column)
        found = merged.lines(connection, tenant, identity, asked.attributes, asked.span)
        rows += [(e.seq, e.attr, e[get], e.doc) for e in found if e.seq not in seen]
    rows.sort(key=lambda row: (row[1], row[2] is not None, row[2] or 0, row[0]))
    return rows


# --- the newest -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Newest:
    """The newest of one series: so many that are to be kept."""

    asked: Asked
    count: int
    keep: Keep

    def rows(
        self, connection: Connection, tenant: str, identity: str, name: str
    ) -> list[tuple[int, int, Instance]]:
        """(time, number, instance), read from that end by the index."""
        where, values = self.asked.times
        column, size = self.asked.column, self.count + 2
        statement = (
            f"SELECT {column}, seq, doc FROM ngsild_history"  # noqa: S608
            f" WHERE tenant = ? AND entity = ? AND attr = ?{where}"
            f" AND {column} IS NOT NULL ORDER BY {column} DESC, seq LIMIT ?"
        )
        while True:
            rows = connection.all(statement, (tenant, identity, name, *values, size))
            read = ((at, seq, orjson.loads(doc)) for at, seq, doc in rows)
            kept = [each for each in read if self.keep(each[2])]
            if len(kept) >= self.count or len(rows) < size:
                return kept[: self.count]
            size *= 8  # many were left out: look further back

    def _last(self, kept: Sequence[tuple[int, int, Instance]]) -> int | None:
        """What is older than this is not looked for."""
        return kept[self.count - 1][0] if len(kept) >= self.count else None

    def further(
        self, kept: list[tuple[int, int, Instance]], found: list[Section], hidden: graves.Graves
    ) -> list[tuple[int, int, Instance]]:
        """With what files have that is newer, file by file from the newest on."""
        column = self.asked.column
        able = [each for each in found if each.newest(column) is not None]
        able = [each for each in able if each.holds(*self.asked.span)]
        able.sort(key=lambda each: each.newest(column) or 0, reverse=True)
        seen = {seq for _, seq, _ in kept}
        for section in able:
            last = self._last(kept)
            if last is not None and (section.newest(column) or 0) < last:
                break
            for lines in merged.walk(section, hidden, self.asked.span, newest_first=True):
                kept = self._with(kept, [each for each in lines if each.seq not in seen])
                if self._done(kept, lines):
                    break
        return kept

    def _with(
        self, kept: list[tuple[int, int, Instance]], lines: list[Line]
    ) -> list[tuple[int, int, Instance]]:
        get = Line._fields.index(self.asked.column)
        last = self._last(kept)
        for line in lines:
            at: int | None = line[get]  # type: ignore[assignment]
            if at is None or (last is not None and at < last):
                continue
            instance = orjson.loads(line.doc)
            if self.keep(instance):
                kept.append((at, line.seq, instance))
        kept.sort(key=lambda each: (-each[0], each[1]))
        return kept[: self.count]

    def _done(self, kept: list[tuple[int, int, Instance]], lines: list[Line]) -> bool:
        """Files are sorted by when something was observed, and by nothing else."""
        last = self._last(kept)
        if last is None or self.asked.column != "observed":
            return False
        oldest = next((line.observed for line in lines if line.observed is not None), None)
        return oldest is not None and oldest < last


def newest(
    connection: Connection, tenant: str, identity: str, asked: Asked, count: int, keep: Keep
) -> dict[str, list[Instance]]:
    """The newest of each series, newest first; files are opened only where rows do not suffice."""
    look = _Newest(asked, count, keep)
    found = _newest_rows(connection, tenant, identity, look)
    if merged.any_of(connection, tenant, identity):
        with connection.reading():
            found = _newest_rows(connection, tenant, identity, look)
            rolled = merged.sections(connection, tenant, identity, asked.attributes)
            hidden = graves.of(connection, tenant, identity)
            for name in {each.attr for each in rolled}:
                own = [each for each in rolled if each.attr == name]
                found[name] = look.further(found.get(name, []), own, hidden)
    return {name: [each for _, _, each in found[name]] for name in sorted(found)}


def _newest_rows(
    connection: Connection, tenant: str, identity: str, look: _Newest
) -> dict[str, list[tuple[int, int, Instance]]]:
    listed = look.asked.attributes
    names = _names(connection, tenant, identity) if listed is None else listed
    return {name: look.rows(connection, tenant, identity, name) for name in names}


def _names(connection: Connection, tenant: str, identity: str) -> list[str]:
    """The attributes of an evolution in rows."""
    rows = connection.all(
        f"SELECT attr FROM ngsild_series WHERE tenant = ? AND entity = ? AND {NOT_EMPTY}"  # noqa: S608
        " ORDER BY attr",
        (tenant, identity),
    )
    return [name for (name,) in rows]


# --- single ones ------------------------------------------------------------------------


def has_attribute(connection: Connection, tenant: str, identity: str, name: str) -> bool:
    found = connection.one(
        "SELECT 1 FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ? LIMIT 1",
        (tenant, identity, name),
    )
    return found is not None or name in merged.attributes(connection, tenant, identity)


def latest(connection: Connection, tenant: str, identity: str, name: str) -> dict[str, Instance]:
    """The newest instance of an attribute for each datasetId."""
    with connection.reading():
        rows = connection.all(
            "SELECT seq, dataset, doc FROM ngsild_history"
            " WHERE tenant = ? AND entity = ? AND attr = ? ORDER BY seq",
            (tenant, identity, name),
        )
        rolled = merged.lines(connection, tenant, identity, {name})
        rows += [(each.seq, each.dataset, each.doc) for each in rolled]
    rows.sort(key=lambda row: row[0])
    return {dataset: orjson.loads(document) for _, dataset, document in rows}


def instance(
    connection: Connection, tenant: str, identity: str, name: str, instance_id: str
) -> Instance | None:
    row = connection.one(
        "SELECT doc FROM ngsild_history WHERE tenant = ? AND entity = ? AND attr = ?"
        " AND instance = ?",
        (tenant, identity, name, instance_id),
    )
    if row:
        found: Instance = orjson.loads(row[0])
        return found
    line = rolled_instance(connection, tenant, identity, name, instance_id)
    return orjson.loads(line.doc) if line else None


def rolled_instance(
    connection: Connection, tenant: str, identity: str, name: str, instance_id: str
) -> Line | None:
    """The line of a file that has an instance."""
    if not merged.any_of(connection, tenant, identity):
        return None
    listed = merged.lines(connection, tenant, identity, {name})
    return next((each for each in listed if each.instance == instance_id), None)
