"""The index of the past has two levels: whatever lies where, the same is read, and nothing stays
behind of what is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from pengcheng.domains.sensing.ops.broker import settling
from pengcheng.domains.sensing.ops.broker.database import Connection, Database
from pengcheng.domains.sensing.ops.broker.series import OF_ATTRIBUTE
from pengcheng.domains.sensing.ops.broker.spelling import INSERT

pytestmark = pytest.mark.one_database  # PostgreSQL has one index, of its own
SERIES = "INSERT INTO ngsild_series (tenant, entity, attr) VALUES ('', 'urn:x:1', ?)"
NAMES = ("urn:a", "urn:b", "urn:c")
PLAIN = (
    "SELECT p.seq, s.attr, p.observed FROM ngsild_past p, ngsild_series s WHERE s.number = p.series"
)
READ = "SELECT seq, attr, observed FROM ngsild_history WHERE tenant = '' AND entity = 'urn:x:1'"
BY_TIME = " ORDER BY attr, observed NULLS FIRST, seq"
OLD = (
    *(f"DROP VIEW {name}" for name in ("ngsild_history", "ngsild_place")),
    *(
        f"DROP TRIGGER {name}"
        for name in ("ngsild_past_told", "ngsild_past_gone", "ngsild_past_moved")
    ),
    *(f"DROP TABLE {name}" for name in ("ngsild_recent", "ngsild_settled")),
    "CREATE INDEX ngsild_past_series ON ngsild_past (series, observed)",
    """CREATE VIEW ngsild_history AS SELECT p.seq, s.tenant, s.entity, s.attr, p.observed, p.doc
        FROM ngsild_series s JOIN ngsild_past p ON p.series = s.number""",
)
Row = tuple[int, int | None]  # series, time
rows = some.lists(some.tuples(some.integers(1, 3), some.none() | some.integers(-5, 5)), max_size=12)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "LEAST", 4)
    monkeypatch.setattr(settling, "SHARED", 2)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    database = Database(f"sqlite:///{tmp_path / 'settling.sqlite3'}")
    database.prepare()
    with closing(database.connect()) as found:
        found.begin()
        found.many(SERIES, [(name,) for name in NAMES])
        found.commit()
        yield found


def add(connection: Connection, told: list[Row]) -> None:
    connection.begin()
    connection.many(INSERT, [(s, "", "urn:i", at, 1, 1, None, b"{}") for s, at in told])
    connection.commit()


def count(connection: Connection, table: str) -> int:
    found = connection.one(f"SELECT count(*) FROM {table}")  # noqa: S608
    assert found
    return int(found[0])


def by_time(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[1], row[2] is not None, row[2] or 0, row[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(batches=some.lists(some.tuples(rows, some.sampled_from((None, *NAMES))), max_size=8))
def test_the_same_is_read_wherever_it_lies(
    connection: Connection, batches: list[tuple[list[Row], str | None]]
) -> None:
    for told, gone in batches:
        add(connection, told)
        if gone:
            connection.begin()
            connection.run(
                f"DELETE FROM ngsild_past WHERE {OF_ATTRIBUTE}",  # noqa: S608
                ("", "urn:x:1", gone),
            )
            connection.run("UPDATE ngsild_past SET observed = -observed WHERE seq % 5 = 0")
            connection.commit()
        expected = sorted(connection.all(PLAIN), key=by_time)
        assert connection.all(READ + BY_TIME) == expected
        latest = sorted(((at, -n) for n, _, at in expected if at is not None), reverse=True)
        newest = connection.all(f"{READ} AND observed IS NOT NULL ORDER BY observed DESC, seq")
        assert [(at, -n) for n, _, at in newest] == latest
        indexed = count(connection, "ngsild_recent") + count(connection, "ngsild_settled")
        assert indexed == len(expected)


def test_what_is_new_settles_by_itself_and_no_more_waits_than_the_bound(
    connection: Connection,
) -> None:
    for turn in range(30):
        add(connection, [(series, turn) for series in (1, 2, 3)])
        assert count(connection, "ngsild_recent") <= 4 * 3 + 3
    assert count(connection, "ngsild_settled") >= 75


def test_what_is_undone_settles_later(connection: Connection) -> None:
    add(connection, [(1, at) for at in range(4)])
    connection.begin()
    connection.many(INSERT, [(2, "", "urn:i", at, 1, 1, None, b"{}") for at in range(9)])
    connection.rollback()
    assert len(connection.all(READ)) == 4
    for at in range(9):
        add(connection, [(3, at)])
    assert len(connection.all(READ)) == 13
    assert count(connection, "ngsild_settled") > 0


def test_a_store_with_one_index_gets_the_two(connection: Connection, tmp_path: Path) -> None:
    add(connection, [(1, 7), (2, None), (1, -3), (3, 0), (2, 5)])
    before = connection.all(READ + BY_TIME)
    for statement in OLD:
        connection.run(statement)
    assert connection.all(READ + BY_TIME) == before
    Database(f"sqlite:///{tmp_path / 'settling.sqlite3'}").prepare()
    assert connection.all(READ + BY_TIME) == before
    assert count(connection, "ngsild_settled") == len(before)
    assert not connection.one("SELECT 1 FROM sqlite_master WHERE name = 'ngsild_past_series'")


def test_no_row_is_looked_for_but_by_an_index(connection: Connection) -> None:
    """The past is long: SQLite finds its way through the two levels without reading all of it."""
    statements = (
        READ + BY_TIME,
        f"{READ} AND attr = 'urn:a' AND observed IS NOT NULL ORDER BY observed DESC, seq LIMIT 9",
        f"{READ} AND attr = 'urn:a' AND (observed, seq) < (5, 1) ORDER BY observed DESC, seq DESC",
        f"DELETE FROM ngsild_past WHERE {OF_ATTRIBUTE}",  # noqa: S608
        "SELECT series FROM ngsild_place WHERE series IN (1, 2) AND observed IN (3, 4)",
    )
    for each in statements:
        plan = connection.all(f"EXPLAIN QUERY PLAN {each}", ("", "urn:x:1", "")[: each.count("?")])
        assert not [step for *_, step in plan if step.startswith(("SCAN", "MATERIALIZE"))], each
