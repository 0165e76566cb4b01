"""The broker over a city of a million things: what a question costs when little of it is at hand.

`python -m bench.bench_broker_big [--entities N] [--history N] [--minutes N]` writes the rows into a
store of its own as the broker would, starts the broker on it and asks. Not part of `make bench`:
a million entities and as much history as fits take minutes and gigabytes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import django

from bench import bench_broker, load, report
from bench.bench_broker import BASE, Bench, running

AT_ONCE = 20_000
TYPES = 50
ATTRIBUTE = "https://uri.etsi.org/ngsi-ld/default-context/speed"
BEGIN = 1_780_000_000
SERIES = "INSERT INTO ngsild_series (tenant, entity, attr) VALUES ('', ?, ?)"
HISTORY = (
    "INSERT INTO ngsild_past (series, dataset, instance, observed, created, modified, doc)"
    " VALUES (?, '', ?, ?, ?, ?, ?)"
)
# The index of the past is made once at the end: that takes minutes less.
UNINDEXED = ("DROP TRIGGER ngsild_past_told", "DROP TABLE ngsild_settled")


def name(number: int) -> str:
    return f"urn:ngsi-ld:Kind{number % TYPES}:{number}"


def stamp(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


def entities(count: int) -> Iterator[dict[str, Any]]:
    """In the inner form, as they are kept."""
    at = stamp(BEGIN)
    system = {"createdAt": at, "modifiedAt": at}
    for number in range(count):
        kind = f"https://uri.etsi.org/ngsi-ld/default-context/Kind{number % TYPES}"
        speed = {"type": "Property", "value": number % 100, "observedAt": at, **system}
        yield {"id": name(number), "type": [kind], "attrs": {ATTRIBUTE: [speed]}, **system}


def readings(count: int, things: int) -> Iterator[tuple[Any, ...]]:
    """One minute after the other, each thing in its turn."""
    for number in range(count):
        second = BEGIN + number // things * 60
        if number % things == 0:
            at, micros = stamp(second), second * 1_000_000
        identity = f"urn:ngsi-ld:instance:big-{number}"
        document = (
            f'{{"type":"Property","value":{number % 100},"observedAt":"{at}","createdAt":"{at}",'
            f'"modifiedAt":"{at}","instanceId":"{identity}"}}'
        )
        yield (number % things + 1, identity, micros, micros, micros, document.encode())


def fill(database: str, things: int, history: int) -> None:
    """The rows of a store that has been written to for long."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pengcheng.shell.settings")
    os.environ.setdefault("PENGCHENG_HOME", tempfile.gettempdir())
    django.setup()
    from pengcheng.domains.sensing.api.broker import Database

    store = Database(database)
    store.prepare()
    connection = store.connect()
    listed = entities(things)
    done = 0
    while part := list(islice(listed, AT_ONCE)):
        connection.begin()
        _put(connection, part, done)
        connection.commit()
        done += len(part)
    for statement in UNINDEXED:
        connection.run(statement)
    rows = readings(history, things)
    while told := list(islice(rows, AT_ONCE)):
        connection.begin()
        connection.many(HISTORY, told)
        connection.commit()
    connection.close()
    store.prepare()


def _put(connection: Any, part: list[dict[str, Any]], done: int) -> None:
    raw = [(each["id"], json.dumps(each).encode()) for each in part]
    connection.many(
        "INSERT INTO ngsild_entity (tenant, id, doc, expires) VALUES (?, ?, ?, ?)",
        [("", identity, document, None) for identity, document in raw],
    )
    connection.many(
        "INSERT INTO ngsild_type (tenant, type, seq) VALUES (?, ?, ?)",
        [("", each["type"][0], done + n) for n, each in enumerate(part, 1)],
    )
    connection.many(SERIES, [(each["id"], ATTRIBUTE) for each in part])
    heads = [(each["id"], {k: v for k, v in each.items() if k != "attrs"}) for each in part]
    connection.many(
        "INSERT INTO ngsild_evolution (tenant, id, doc) VALUES (?, ?, ?)",
        [("", identity, json.dumps(head).encode()) for identity, head in heads],
    )


def ask(found: Bench, things: int, minutes: float) -> None:
    chance = random.Random(5)  # the same things each time
    some = [chance.randrange(things) for _ in range(5000)]
    rows = {
        "big: GET by id": [f"/entities/{name(n)}" for n in some],
        "big: type=…&limit=20, any page": [
            f"/entities?type=Kind{n % TYPES}&limit=20&offset={n % 2000}" for n in some
        ],
        "big: last 10 of one thing": [f"/temporal/entities/{name(n)}?lastN=10" for n in some],
    }
    for title, paths in rows.items():
        found.row(title, [load.request("GET", BASE + each) for each in paths])
    writes = bench_broker.upserts("Kind0", 1, 2000)
    before = load.memory(found.server.process)
    found.row("big: durable upsert of one", writes)
    found.seconds = minutes * 60
    if minutes:
        load.drive(found.server.port, writes, seconds=found.seconds)
    after = load.memory(found.server.process)
    found.reporter.say(f"  memory {before:.0f} MiB, after the upserts {after:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entities", type=int, default=1_000_000)
    parser.add_argument("--history", type=int, default=10_000_000)
    parser.add_argument("--minutes", type=float, default=0)
    asked = parser.parse_args()
    reporter = report.Reporter(Path(), "", quick=True)
    print(f"{report.machine()}\n{report.heading()}", flush=True)
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "big.sqlite3"
        began = time.perf_counter()
        fill(f"sqlite:///{path}", asked.entities, asked.history)
        size = path.stat().st_size / (1 << 30)
        took = time.perf_counter() - began
        print(
            f"  {asked.entities:,} entities, {asked.history:,} rows: {size:.1f} GiB, {took:.0f} s"
        )
        with running(f"sqlite:///{path}") as server:
            ask(Bench(reporter, server, bench_broker.SECONDS), asked.entities, asked.minutes)


if __name__ == "__main__":
    sys.exit(main())
