"""The files: a kill at any step loses and doubles nothing, and a foreign reader reads them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pengcheng.domains.sensing.ops.broker.database import Connection, Database
from pengcheng.domains.sensing.ops.rolled import rolling
from pengcheng.domains.sensing.ops.rolled.keeping import by_hand
from pengcheng.domains.sensing.ops.rolled.rolling import Busy, Rolled, Roller
from pengcheng.domains.sensing.ops.rolled.sheet import Sheet
from pengcheng.domains.sensing.ops.rolled.source import Age
from tests.sensing.ngsild.conftest import Client, roll, vehicle

pytestmark = pytest.mark.django_db  # the store of the broker on the database of the lane
ROOT = "/temporal/entities"
ALL = Age(10**17, 10**17)


class Killed(BaseException):
    """The process ends here, whatever else it had meant to do."""


def readings(first: int, count: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {"type": "Property", "value": n, "observedAt": f"2026-01-01T00:{n // 60:02}:{n % 60:02}Z"}
        | more
        for n in range(first, first + count)
    ]


@pytest.fixture
def small(ngsi: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Forty instances; little goes in one step, so that there are many."""
    monkeypatch.setattr(rolling, "SLICE", 15)
    monkeypatch.setattr(rolling, "MOST_LINES", 25)
    monkeypatch.setattr("pengcheng.domains.sensing.ops.rolled.sheet.GROUP", 8)
    ngsi.post(ROOT, vehicle(speed=readings(0, 20), level=readings(5, 20)))
    return ngsi


def told(client: Client) -> list[Any]:
    one = f"{ROOT}/urn:ngsi-ld:Vehicle:1"
    speed = client.get(one, attrs="speed", options="temporalValues").json["speed"]["values"]
    return [sorted(value for value, _ in speed), client.get(one, lastN=7).json]


def until_killed(client: Client, steps: int, *, late: bool) -> bool:
    """Roll until the process dies before or after its nth transaction; whether it came so far."""
    done = 0
    database = client.broker.database
    with closing(database.connect()) as reading, closing(database.connect()) as writing:

        def commit(work: Callable[[Connection], Any]) -> Any:
            nonlocal done
            done += 1
            if done == steps and not late:
                raise Killed
            writing.begin()
            found = work(writing)
            writing.commit()
            if done == steps:
                raise Killed
            return found

        try:
            list(Roller(reading, commit).run(ALL))
        except Killed:
            return True
    return False


def on_disk(database: Database) -> set[str]:
    return {
        str(path.relative_to(database.files)) for path in database.files.rglob("*.parquet*")
    } | {str(path) for path in database.files.rglob("*.part")}


def known(client: Client, states: str = "'done'") -> list[Any]:
    return client.broker.connection.all(
        f"SELECT name, size, sha256, lines FROM ngsild_file WHERE state IN ({states})"  # noqa: S608
    )


@pytest.mark.parametrize("late", [False, True])
def test_a_kill_at_any_step_loses_and_doubles_nothing(
    small: Client, late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sheet, "abandon", lambda self: None)  # the dead tidy nothing up
    before, step = told(small), 1
    while until_killed(small, step, late=late):
        assert told(small) == before, step
        step += 1  # each run also ends what the one before had begun
    assert step > 4
    assert told(small) == before
    assert not small.broker.connection.one("SELECT 1 FROM ngsild_history")
    assert on_disk(small.broker.database) == {name for name, *_ in known(small)}


def test_a_kill_while_files_are_merged_leaves_the_old_or_the_new(
    small: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sheet, "abandon", lambda self: None)
    monkeypatch.setattr(rolling, "LINGER", 0)
    roll(small)
    instance = small.get(f"{ROOT}/urn:ngsi-ld:Vehicle:1").json["speed"][3]["instanceId"]
    small.delete(f"{ROOT}/urn:ngsi-ld:Vehicle:1/attrs/speed/{instance}")
    before, step = told(small), 1
    assert len(before[0]) == 19
    while until_killed(small, step, late=step % 2 == 0):
        assert told(small) == before, step
        step += 1
    assert step > 3
    roll(small)
    assert told(small) == before
    assert on_disk(small.broker.database) == {name for name, *_ in known(small)}


def test_who_deletes_while_a_file_is_written_is_heard(small: Client) -> None:
    """The file was begun, and may have what is deleted; the rows are still there."""
    gone = small.get(f"{ROOT}/urn:ngsi-ld:Vehicle:1").json["speed"][0]["instanceId"]

    class Meddling(Roller):
        def _settle(self, file: int, name: str) -> None:
            place = f"{ROOT}/urn:ngsi-ld:Vehicle:1/attrs/speed"
            assert small.delete(f"{place}/{gone}").status in {204, 404}
            body = {"speed": {"value": 42}}
            now = small.get(f"{ROOT}/urn:ngsi-ld:Vehicle:1", attrs="speed").json["speed"]
            other = next(each for each in now if each["value"] in {6, 42})
            if other["value"] != 42:
                assert small.patch(f"{place}/{other['instanceId']}", body).status == 204
            super()._settle(file, name)

    database = small.broker.database
    with closing(database.connect()) as reading, closing(database.connect()) as writing:

        def commit(work: Callable[[Connection], Any]) -> Any:
            writing.begin()
            found = work(writing)
            writing.commit()
            return found

        list(Meddling(reading, commit).run(ALL))
    for _ in range(2):
        assert told(small)[0] == [1, 2, 3, 4, 5, *range(7, 20), 42]
        roll(small)


def test_only_one_rolls_at_a_time(small: Client) -> None:
    with rolling.alone(small.broker.database.files), pytest.raises(Busy):
        list(by_hand(small.broker.database, ALL))


# --- judged by a reader of another make ---------------------------------------------------


@pytest.fixture
def made(small: Client) -> list[Rolled]:
    small.post(ROOT, vehicle(2, speed=readings(0, 3, datasetId="urn:d:1"), name={"value": "市"}))
    return list(by_hand(small.broker.database, ALL))


@pytest.mark.one_database
def test_duckdb_reads_what_was_rolled(small: Client, made: list[Rolled]) -> None:
    import duckdb

    files = f"'{small.broker.database.files}/*/*/*.parquet'"
    with duckdb.connect() as judge:
        found = judge.execute(
            "SELECT filename, entity, attr, epoch_us(observed), seq, value, doc"  # noqa: S608
            f" FROM read_parquet({files}, filename=true)"
        ).fetchall()
        groups = judge.execute(
            "SELECT compression, stats_min_value IS NOT NULL"  # noqa: S608
            f" FROM parquet_metadata({files}) WHERE path_in_schema IN ('entity', 'observed')"
        ).fetchall()
    assert len(found) == sum(each.lines for each in made) == 44
    assert {packed for packed, _ in groups} == {"ZSTD"}
    assert sum(bounded for _, bounded in groups) == len(groups) - 1  # a name has no time
    for name in {row[0] for row in found}:
        keys = [row[1:5] for row in found if row[0] == name]
        assert keys == sorted(keys, key=lambda key: (key[0], key[1], key[2] or 0, key[3]))
    assert sum(row[5] or 0 for row in found) == sum(range(20)) + sum(range(5, 25)) + 3
    assert all('"type":"Property"' in row[6] for row in found)


@pytest.mark.one_database
def test_the_catalogue_knows_each_file(small: Client, made: list[Rolled]) -> None:
    for name, size, digest, _ in known(small):
        raw = (Path(small.broker.database.files) / name).read_bytes()
        assert (len(raw), hashlib.sha256(raw).hexdigest()) == (size, digest)
    assert {(name, lines) for name, _, _, lines in known(small)} == {
        (each.name, each.lines) for each in made
    }


@pytest.mark.one_database
def test_nobody_loads_the_library_before_a_file_is_opened() -> None:
    """It takes a quarter of a second and 55 MB: each import of it stands within a function."""
    source = Path(rolling.__file__).parents[4]
    early = [
        path
        for path in source.rglob("*.py")
        if re.search(r"^(import|from) pyarrow", path.read_text(), re.M)
    ]
    assert early == []
