"""Series bear numbers: old stores get them, and what is undone leaves none behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from pengcheng.domains.sensing.ops.broker.batching import Batch
from pengcheng.domains.sensing.ops.broker.database import POSTGRES, SQLITE, Database
from pengcheng.domains.sensing.ops.broker.spelling import INSERT
from tests.sensing.ngsild.conftest import database_url

pytestmark = pytest.mark.django_db  # the store of the broker on the database of the lane
OLD = (
    """CREATE TABLE ngsild_history (
        seq {serial}, tenant text NOT NULL, entity text NOT NULL, attr text NOT NULL,
        dataset text NOT NULL, instance text NOT NULL, observed bigint, created bigint,
        modified bigint, deleted bigint, doc {bytes} NOT NULL)""",
    "CREATE INDEX ngsild_history_series ON ngsild_history (tenant, entity, attr, observed)",
)
ROW = (
    "INSERT INTO ngsild_history (tenant, entity, attr, dataset, instance, observed, created,"
    " modified, deleted, doc) VALUES (?, ?, ?, '', 'urn:i', ?, 1, 2, NULL, ?)"
)
READ = "SELECT seq, tenant, entity, attr, observed, modified FROM ngsild_history ORDER BY seq"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(database_url(tmp_path, "series"))


@pytest.fixture
def batch(database: Database) -> Iterator[Batch]:
    database.prepare()
    with closing(Batch(database.connect())) as found:
        found.begin()
        yield found


def test_an_old_store_keeps_its_rows_and_counts_on(database: Database) -> None:
    told = [("", "urn:x:1", "urn:a"), ("t", "urn:x:1", "urn:a"), ("", "urn:x:1", "urn:b")]
    with closing(database.connect()) as connection:
        connection.begin()
        for statement in OLD:
            connection.run(statement.format(**(POSTGRES if database.postgres else SQLITE)))
        for at, names in enumerate([*told, *told, ("", "urn:gone", "urn:a")]):
            connection.run(ROW, (*names, at, b"{}"))
        connection.run("DELETE FROM ngsild_history WHERE seq = 7")  # rolled into a file, say
        connection.commit()
        before = connection.all(READ)
    database.prepare()
    database.prepare()
    with closing(Batch(database.connect())) as batch:
        assert batch.all(READ) == before
        batch.begin()
        number = batch.series.numbers("t", "urn:x:1", ["urn:a"])["urn:a"]
        batch.later(INSERT, [(number, "", "urn:i", 9, 1, 2, None, b"{}")])
        batch.commit()
        assert batch.all(READ) == [*before, (8, "t", "urn:x:1", "urn:a", 9, 2)]
        assert batch.one("SELECT count(*) FROM ngsild_series") == (3,)


def test_each_series_of_each_tenant_has_one_number(batch: Batch) -> None:
    first = batch.series.numbers("", "urn:x:1", ["urn:a", "urn:b"])
    other = batch.series.numbers("t", "urn:x:1", ["urn:a"])
    batch.series.clear()
    assert batch.series.numbers("", "urn:x:1", ["urn:b", "urn:c", "urn:a"]).items() >= first.items()
    assert batch.series.numbers("t", "urn:x:1", ["urn:a"]) == other
    assert batch.one("SELECT count(DISTINCT number), count(*) FROM ngsild_series") == (4, 4)


def test_a_series_that_was_undone_with_its_request_gets_a_number_anew(batch: Batch) -> None:
    with suppress(ValueError), batch.layer():
        batch.run("DELETE FROM ngsild_past WHERE seq = 0")  # SQL of its own: a savepoint
        batch.series.numbers("", "urn:x:1", ["urn:a"])
        raise ValueError
    number = batch.series.numbers("", "urn:x:1", ["urn:a"])["urn:a"]
    assert batch.all("SELECT number, attr FROM ngsild_series") == [(number, "urn:a")]
