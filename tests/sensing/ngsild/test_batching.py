"""One transaction for many requests: each sees those before it, and one that fails takes only
itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pengcheng.domains.sensing.ops.broker import rows
from pengcheng.domains.sensing.ops.broker.batching import ENTITY, Batch
from pengcheng.domains.sensing.ops.broker.database import Connection, Database
from tests.sensing.ngsild.conftest import database_url

COUNT = "SELECT count(*) FROM ngsild_entity WHERE tenant = ?"


def entity(number: int, *types: str, value: int = 0) -> dict[str, Any]:
    return {"id": f"urn:x:{number}", "type": list(types or ("T",)), "attrs": {}, "value": value}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = Database(database_url(tmp_path, "batch"))
    found.prepare()
    return found


@pytest.fixture
def batch(database: Database) -> Iterator[Batch]:
    found = Batch(database.connect())
    found.begin()
    yield found
    found.close()


@pytest.fixture
def other(database: Database) -> Iterator[Connection]:
    found = database.connect()
    yield found
    found.close()


def stored(connection: Connection) -> dict[str, tuple[int, int]]:
    """Each entity's value, and how many rows say its types."""
    found = connection.all(
        "SELECT e.doc, (SELECT count(*) FROM ngsild_type t WHERE t.seq = e.seq)"
        " FROM ngsild_entity e WHERE e.tenant = ''"
    )
    documents = [(rows.orjson.loads(document), types) for document, types in found]
    return {each["id"]: (each["value"], types) for each, types in documents}


@pytest.mark.parametrize("count", [1, 3, 4, 36, 259, 600])
def test_many_rows_are_stored_once_each_however_they_are_cut(batch: Batch, count: int) -> None:
    tenants = [(f"t{number:03}",) for number in range(count)]
    batch.later("INSERT INTO ngsild_tenant (name) VALUES (?)", tenants)
    assert batch.all("SELECT name FROM ngsild_tenant ORDER BY name") == tenants


def test_entities_that_change_together_keep_their_places(batch: Batch) -> None:
    """Whoever came first is told first, although many are written in one statement."""
    for value in (0, 7):
        for number in range(40):
            batch.put(ENTITY, "", entity(number, value=value))
        batch.commit()
        batch.begin()
    found = batch.all("SELECT seq, doc FROM ngsild_entity ORDER BY seq")
    assert [seq for seq, _ in found] == list(range(1, 41))
    told = [rows.orjson.loads(document) for _, document in found]
    assert [(each["id"], each["value"]) for each in told] == [(f"urn:x:{n}", 7) for n in range(40)]


def test_nothing_is_stored_before_the_batch_is(batch: Batch, other: Connection) -> None:
    with batch.layer():
        batch.put(ENTITY, "", entity(1, value=5))
    assert stored(other) == {}
    batch.commit()
    assert stored(other) == {"urn:x:1": (5, 1)}


def test_a_request_that_fails_takes_only_what_it_did_itself(
    batch: Batch, other: Connection
) -> None:
    with batch.layer():
        batch.put(ENTITY, "", entity(1, value=1))
    with pytest.raises(ValueError, match="no"), batch.layer():
        batch.put(ENTITY, "", entity(1, value=2))
        batch.put(ENTITY, "", entity(2))
        assert batch.one(COUNT, ("",)) == (2,)  # SQL sees what waits
        batch.run("DELETE FROM ngsild_entity WHERE tenant = ''")
        raise ValueError("no")
    with batch.layer():
        assert batch.get(ENTITY, "", "urn:x:1") == entity(1, value=1)
        assert batch.get(ENTITY, "", "urn:x:2") is None
    batch.commit()
    assert stored(other) == {"urn:x:1": (1, 1)}


def test_what_goes_and_comes_again_stands_last(batch: Batch, other: Connection) -> None:
    for number in (1, 2):
        batch.put(ENTITY, "", entity(number))
    batch.commit()
    batch.begin()
    batch.drop(ENTITY, "", "urn:x:1")
    batch.put(ENTITY, "", entity(1, "T", "U", value=7))
    batch.commit()
    assert [each["id"][-1] for each in rows.scan(other, "", ("T",), ())] == ["2", "1"]
    assert stored(other)["urn:x:1"] == (7, 2)


@pytest.mark.one_database
def test_what_another_process_wrote_is_read_anew(batch: Batch, other: Connection) -> None:
    batch.put(ENTITY, "", entity(1, value=1))
    batch.commit()
    batch.begin()
    batch.commit()
    batch.touched.clear()
    document = rows.orjson.dumps(entity(1, value=9))
    other.run("UPDATE ngsild_entity SET doc = ? WHERE id = 'urn:x:1'", (document,))
    batch.begin()
    assert batch.get(ENTITY, "", "urn:x:1") == entity(1, value=9)
    assert batch.touched  # and so is what was kept of it


STEP = st.tuples(
    st.sampled_from(["put", "drop", "retype", "sql", "fail", "fail after sql", "commit"]),
    st.integers(0, 3),
)


@pytest.mark.one_database
@given(steps=st.lists(STEP, max_size=30))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_happens_in_whatever_order_the_store_is_as_a_plain_dict_would_be(
    database: Database, steps: list[tuple[str, int]]
) -> None:
    plain: dict[str, tuple[int, int]] = {}
    connection = database.connect()
    connection.run("DELETE FROM ngsild_entity")
    connection.run("DELETE FROM ngsild_type")
    batch = Batch(connection)
    batch.begin()
    for turn, (word, number) in enumerate(steps):
        identity = f"urn:x:{number}"
        if word == "commit":
            batch.commit()
            batch.begin()
            continue
        try:
            with batch.layer():
                if word == "drop":
                    batch.drop(ENTITY, "", identity)
                    plain.pop(identity, None)
                    continue
                types = ("A", "B") if word == "retype" else ("T",)
                if word in {"sql", "fail after sql"}:
                    batch.one(COUNT, ("",))
                batch.put(ENTITY, "", entity(number, *types, value=turn))
                if word.startswith("fail"):
                    raise ValueError
                plain[identity] = (turn, len(types))
        except ValueError:
            pass
        told = batch.get(ENTITY, "", identity)
        assert (told and told["value"]) == (plain[identity][0] if identity in plain else None)
    batch.commit()
    assert stored(connection) == plain
    batch.close()
