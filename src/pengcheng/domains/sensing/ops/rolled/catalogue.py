"""The files of history as the database knows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import quote

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.rolled.sheet import VERSION, Facts, Part
from pengcheng.domains.sensing.ops.rolled.tables import TIMES
from pengcheng.kernel import clock
from pengcheng.kernel.ids import new_id

DEFAULT = "_"  # the folder of the tenant without a name
PUT_PART = (
    "INSERT INTO ngsild_rolled (tenant, entity, attr, file, start, lines, observed_from,"
    " observed_to, created_from, created_to, modified_from, modified_to, deleted_from, deleted_to)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
NAMED = (
    "SELECT name, lines, size, sha256 FROM ngsild_file WHERE state IN ('ready', 'done') ORDER BY id"
)
AT_ONCE = 1000


class Filed(NamedTuple):
    """A row of the catalogue."""

    id: int
    tenant: str
    month: str
    name: str
    state: str
    lines: int
    size: int
    sha256: str
    changed: int


COLUMNS = ", ".join(Filed._fields)


def micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def month_of(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1_000_000, UTC):%Y-%m}"


def span_of(month: str) -> tuple[int, int]:
    """From its first moment to the first of the next."""
    year, number = map(int, month.split("-"))
    following = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    return micros(datetime(year, number, 1, tzinfo=UTC)), micros(following)


def files(connection: Connection, *states: str) -> list[Filed]:
    marks = ",".join("?" * len(states))
    rows = connection.all(
        f"SELECT {COLUMNS} FROM ngsild_file WHERE state IN ({marks}) ORDER BY id",  # noqa: S608
        states,
    )
    return [Filed(*row) for row in rows]


def reserve(connection: Connection, tenant: str, month: str) -> tuple[int, str, int]:
    """A file that is going to be written: its number and name, and the newest grave so far. What is
    changed from now on is noted, as the file may have it.
    """
    connection.hold()
    folder = PurePosixPath(quote(tenant, safe="") or DEFAULT) / month
    name = str(folder / f"{new_id()}.parquet")
    row = connection.one(
        "INSERT INTO ngsild_file (tenant, month, name, state, version, changed)"
        " VALUES (?, ?, ?, 'writing', ?, ?) RETURNING id,"
        " (SELECT coalesce(max(id), 0) FROM ngsild_grave)",
        (tenant, month, name, VERSION, micros(clock.now())),
    )
    assert row is not None  # noqa: S101 — an INSERT that returns, returns
    return row[0], name, row[1]


def put_parts(connection: Connection, tenant: str, file: int, parts: Sequence[Part]) -> None:
    rows: list[tuple[Any, ...]] = []
    for part in parts:
        bounds = [at for name in TIMES for at in part.bounds.get(name, (None, None))]
        rows.append((tenant, part.entity, part.attr, file, part.start, part.lines, *bounds))
    connection.many(PUT_PART, rows)


def finish(connection: Connection, file: int, facts: Facts, state: str) -> None:
    """From here on the file is read."""
    told = (facts.lines, facts.size, facts.sha256, facts.first_seq, facts.last_seq)
    connection.run(
        "UPDATE ngsild_file SET state = ?, changed = ?, lines = ?, size = ?, sha256 = ?,"
        " first_seq = ?, last_seq = ?, since = ?, until = ? WHERE id = ?",
        (state, micros(clock.now()), *told, facts.since, facts.until, file),
    )


def mark(connection: Connection, file: int, state: str) -> None:
    connection.run(
        "UPDATE ngsild_file SET state = ?, changed = ? WHERE id = ?",
        (state, micros(clock.now()), file),
    )


def drop_parts(connection: Connection, file: int) -> bool:
    """Some of what is known of a file's content; says whether there may be more."""
    gone = connection.run(
        "DELETE FROM ngsild_rolled WHERE (tenant, entity, attr, file) IN"
        " (SELECT tenant, entity, attr, file FROM ngsild_rolled WHERE file = ? LIMIT ?)",
        (file, AT_ONCE),
    )
    return gone >= AT_ONCE


def drop(connection: Connection, file: int) -> None:
    connection.run("DELETE FROM ngsild_file WHERE id = ?", (file,))


def drop_rows(connection: Connection, file: int, numbers: Sequence[int]) -> None:
    """Rows that a file has; those that were changed since it was begun stay."""
    connection.hold()
    marks = ",".join("?" * len(numbers))
    connection.run(
        f"DELETE FROM ngsild_past WHERE seq IN ({marks}) AND NOT EXISTS"  # noqa: S608
        " (SELECT 1 FROM ngsild_grave g WHERE g.number = ngsild_past.seq AND g.until_file >= ?)",
        (*numbers, file),
    )


# --- merging ----------------------------------------------------------------------------

CONCERNS = (  # which graves (g) are over something in which parts (r) of files (f)
    "r.tenant = g.tenant AND r.entity = g.entity AND (g.attr = '' OR r.attr = g.attr)"
    " AND r.file <= g.until_file AND f.id = r.file AND f.state IN ('ready', 'done')"
    " AND (g.observed IS NULL OR (r.observed_from <= g.observed AND r.observed_to >= g.observed))"
    " AND (g.number IS NULL OR (f.first_seq <= g.number AND f.last_seq >= g.number))"
)


def graved(connection: Connection, tenant: str) -> set[int]:
    """Files of which something no longer counts."""
    rows = connection.all(
        "SELECT DISTINCT f.id FROM ngsild_grave g, ngsild_rolled r, ngsild_file f"  # noqa: S608
        f" WHERE g.tenant = ? AND {CONCERNS}",
        (tenant,),
    )
    return {row[0] for row in rows}


def has_graves(connection: Connection, tenant: str) -> bool:
    row = connection.one("SELECT 1 FROM ngsild_grave WHERE tenant = ? LIMIT 1", (tenant,))
    return row is not None


def close_graves(connection: Connection, tenant: str) -> None:
    """Those over nothing."""
    connection.hold()
    connection.run(
        "DELETE FROM ngsild_grave WHERE id IN (SELECT g.id FROM ngsild_grave g"  # noqa: S608
        " WHERE g.tenant = ? AND NOT EXISTS"
        f" (SELECT 1 FROM ngsild_rolled r, ngsild_file f WHERE {CONCERNS}))",
        (tenant,),
    )


def replace(
    connection: Connection, fresh: tuple[int, int], facts: Facts | None, old: Sequence[Filed]
) -> None:
    """A file (its number, and the newest grave when it was begun) takes the place of others, or
    nothing does; what was buried since is buried in it too.
    """
    connection.hold()
    file, known = fresh
    if facts is None:
        mark(connection, file, "gone")
    else:
        finish(connection, file, facts, "done")
        connection.run(
            "UPDATE ngsild_grave SET until_file = ? WHERE tenant = ? AND id > ?",
            (file, old[0].tenant, known),
        )
    for each in old:
        mark(connection, each.id, "gone")
