"""A process of its own stores what was worked out: whoever else writes, whatever dies, nothing that
was acknowledged is missing and nothing rests on what is no more.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pengcheng.domains.sensing.ops.broker import rows
from pengcheng.domains.sensing.ops.broker.core import Broker
from pengcheng.domains.sensing.ops.broker.database import Connection, Database
from pengcheng.domains.sensing.ops.broker.hands import Hand, Here, Stale, There
from pengcheng.domains.sensing.ops.broker.moving import ENOUGH, Mover
from tests.sensing.ngsild.conftest import Client, Receiver, vehicle

pytestmark = pytest.mark.one_database
ADD = "INSERT INTO ngsild_tenant (name) VALUES (?)"
PAST = "SELECT doc FROM ngsild_history WHERE entity = ? ORDER BY seq"
ONE = "/entities/urn:ngsi-ld:Vehicle:1"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = Database(f"sqlite:///{tmp_path / 'live.sqlite3'}")
    found.prepare()
    return found


@pytest.fixture
def ours(database: Database) -> Iterator[Connection]:
    """By which the broker writes itself."""
    with closing(database.connect()) as found:
        yield found


@pytest.fixture
def other(database: Database) -> Iterator[Connection]:
    with closing(database.connect()) as found:
        yield found


@pytest.fixture(params=["here", "there"])
def hand(request: pytest.FixtureRequest, database: Database, ours: Connection) -> Iterator[Hand]:
    kind = Here(ours) if request.param == "here" else There(ours, database.path)
    with closing(kind) as found:
        yield found


def add(*names: str) -> list[tuple[str, list[tuple[str]]]]:
    return [(ADD, [(each,) for each in names])]


def store(hand: Hand, *names: str) -> None:
    hand.take(add(*names))
    hand.store()


def names(connection: Connection) -> list[str]:
    return [row[0] for row in connection.all("SELECT name FROM ngsild_tenant ORDER BY name")]


def write_ourselves(ours: Connection, hand: Hand, name: str) -> bool:
    """As the writer does when it needs the connection; gives what it was told of others."""
    ours.begin()
    changed = hand.changed()
    ours.run(ADD, (name,))
    ours.commit()
    hand.written()
    return changed


def test_what_is_given_is_stored_whole(hand: Hand, other: Connection) -> None:
    store(hand, "a", "b")
    assert names(other) == ["a", "b"]
    with pytest.raises(sqlite3.IntegrityError, match="ngsild_tenant"):
        store(hand, "c", "a")
    assert names(other) == ["a", "b"]
    store(hand, "d")
    assert names(other) == ["a", "b", "d"]


def test_our_own_writes_are_no_news(hand: Hand, ours: Connection) -> None:
    store(hand, "a")
    assert not write_ourselves(ours, hand, "b")
    assert not write_ourselves(ours, hand, "c")
    store(hand, "d")
    store(hand, "e")
    assert not write_ourselves(ours, hand, "f")
    assert names(ours) == [*"abcdef"]


@pytest.mark.parametrize("last", ["hand", "ours"])
def test_another_who_writes_is_noticed_before_anything_is_stored(
    hand: Hand, ours: Connection, other: Connection, last: str
) -> None:
    store(hand, "a")
    if last == "ours":
        write_ourselves(ours, hand, "b")
    other.run(ADD, ("x",))
    with pytest.raises(Stale):
        store(hand, "c")
    assert "c" not in names(other)
    write_ourselves(ours, hand, "d")
    store(hand, "e")
    other.run(ADD, ("y",))
    assert write_ourselves(ours, hand, "f")
    assert not write_ourselves(ours, hand, "g")


def test_a_process_that_died_knows_of_nobody_and_is_begun_anew(
    database: Database, ours: Connection
) -> None:
    with closing(There(ours, database.path)) as hand:
        store(hand, "a")
        assert hand._process is not None
        hand._process.kill()
        hand._process.wait()
        with pytest.raises(OSError, match=r"gone|pipe|reset"):
            store(hand, "b")
        with pytest.raises(Stale):
            store(hand, "b")
        assert write_ourselves(ours, hand, "c")
        store(hand, "d")
        assert names(ours) == ["a", "c", "d"]


# --- through the door -------------------------------------------------------------------


@pytest.fixture
def ngsi(database: Database) -> Iterator[Client]:
    """A broker as it is served: what it stores goes through the process."""
    loop = asyncio.new_event_loop()
    broker = Broker(database.url, hosts=frozenset({"*"}), apart=True)
    loop.run_until_complete(broker.start())
    try:
        yield Client(broker, loop)
    finally:
        loop.run_until_complete(broker.stop())
        loop.close()


def speed(value: int) -> dict[str, Any]:
    return {"speed": {"type": "Property", "value": value}}


def process_of(client: Client) -> Any:
    return client.broker.writer._store.hand._process  # type: ignore[attr-defined]


def test_an_entity_that_another_process_changed_is_not_overwritten(
    ngsi: Client, other: Connection
) -> None:
    ngsi.post("/entities", vehicle(speed=1))
    ngsi.patch(f"{ONE}/attrs", speed(2))  # known in memory from now on
    found = rows.entity(other, "", "urn:ngsi-ld:Vehicle:1")
    assert found is not None
    document = rows.orjson.dumps({**found, "scope": ["/Outside"]})
    other.run("UPDATE ngsild_entity SET doc = ? WHERE id = ?", (document, found["id"]))
    assert ngsi.patch(f"{ONE}/attrs", speed(3)).status == 204
    told = ngsi.get(ONE).json
    assert told["speed"]["value"] == 3
    assert told["scope"] == "/Outside"


def test_when_the_process_died_what_is_answered_is_so_and_the_next_is_stored(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle(speed=1))
    assert ngsi.patch(f"{ONE}/attrs", speed(2)).status == 204
    process_of(ngsi).kill()
    process_of(ngsi).wait()
    told = ngsi.patch(f"{ONE}/attrs", speed(3)).status  # 204 if it shared the broker's own batch
    assert ngsi.get(ONE).json["speed"]["value"] == {204: 3, 500: 2}[told]
    assert ngsi.patch(f"{ONE}/attrs", speed(4)).status == 204
    assert ngsi.get(ONE).json["speed"]["value"] == 4


def test_many_at_once_are_stored_once_each_in_the_order_in_which_they_came(
    ngsi: Client, other: Connection
) -> None:
    """Among them some that ask the database, and one that fails."""
    ngsi.post("/entities", vehicle(1, speed=0))

    def asked(method: str, path: str, body: Any) -> Any:
        data = json.dumps(body).encode()
        heads = {"content-type": "application/json", "content-length": str(len(data))}
        return ngsi._ask(method, path, data, heads, {})

    async def all_of_them() -> list[int]:
        orders = [asked("PATCH", f"{ONE}/attrs", speed(each)) for each in range(1, 60)]
        orders[20:20] = [asked("POST", "/entities", vehicle(2, speed=1))]
        orders[40:40] = [asked("POST", "/entities", vehicle(1, speed=1))]
        return [each.status for each in await asyncio.gather(*orders)]

    told = ngsi.loop.run_until_complete(all_of_them())
    assert sorted(told) == [201, *[204] * 59, 409]
    assert ngsi.get(ONE).json["speed"]["value"] == 59
    past = other.all(PAST, ("urn:ngsi-ld:Vehicle:1",))
    assert [json.loads(row[0])["value"] for row in past] == list(range(60))


def test_a_reading_is_told_once_though_its_request_was_worked_out_twice(
    ngsi: Client, other: Connection, receiver: Receiver
) -> None:
    ngsi.post("/entities", vehicle(speed=1))
    told = {"endpoint": {"uri": receiver.url}}
    watching = {"type": "Subscription", "entities": [{"type": "Vehicle"}], "notification": told}
    ngsi.post("/subscriptions", {**watching, "throttling": 60})
    other.run(ADD, ("elsewhere",))
    assert ngsi.patch(f"{ONE}/attrs", speed(2)).status == 204
    ngsi.until(lambda: receiver.got)
    ngsi.rest()
    assert [each["data"][0]["speed"]["value"] for _, each in receiver.got] == [2]


@pytest.mark.parametrize(("told", "moved"), [(ENOUGH, ENOUGH), (ENOUGH - 1, 0)])
def test_what_is_committed_is_moved_out_of_the_log_once_it_is_much(
    database: Database, ours: Connection, tmp_path: Path, told: int, moved: int
) -> None:
    ours.all("PRAGMA wal_checkpoint(TRUNCATE)")
    mover = Mover(str(database.path))
    ours.many(ADD, [(f"tenant{n}",) for n in range(ENOUGH)])
    mover.committed(told)
    mover.close()
    alone = tmp_path / "without-log.sqlite3"
    alone.write_bytes(database.path.read_bytes())
    with closing(sqlite3.connect(alone)) as found:
        assert found.execute("SELECT count(*) FROM ngsild_tenant").fetchone() == (moved,)


def test_a_log_that_cannot_be_moved_stays_readable(database: Database, ours: Connection) -> None:
    ours.many(ADD, [("kept",)])
    held = sqlite3.connect(database.path, isolation_level=None)
    with closing(held):
        held.execute("BEGIN IMMEDIATE")  # as a writer in the middle of its transaction
        mover = Mover(str(database.path))
        mover.committed(ENOUGH)
        mover.close()
        held.execute("ROLLBACK")
    assert ours.all("SELECT name FROM ngsild_tenant") == [("kept",)]
