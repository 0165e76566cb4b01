"""A year of history in rows, then in files: what a line takes, and what questions of the past cost.

`python -m bench history` asks an application in this process, without a server.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.bench_broker_big import ATTRIBUTE, HISTORY, stamp
from bench.report import Reporter

THINGS, STEP, BEGIN = 4, 600, 1_735_689_600  # a reading every ten minutes, from 2025 on
FAR = 10**17
AT_ONCE = 20_000
YEAR = {"timerel": "between", "timeAt": "2025-01-01T00:00:00Z", "endTimeAt": "2026-01-01T00:00:00Z"}
SUMS = {"options": "aggregatedValues", "aggrMethods": "avg,max", "aggrPeriodDuration": "P1M"}
DAY = {"timerel": "between", "timeAt": "2025-05-05T00:00:00Z", "endTimeAt": "2025-05-06T00:00:00Z"}
QUESTIONS: dict[str, dict[str, Any]] = {
    "last 10": {"lastN": 10},
    "a day in May, by the hour": {**SUMS, "aggrPeriodDuration": "PT1H", **DAY},
    "the year, by the month": {**SUMS, **YEAR},
}


def bench(reporter: Reporter) -> None:
    days = 60 if reporter.quick else 365
    with tempfile.TemporaryDirectory() as folder:
        Bench(reporter, Path(folder), days).run()


class Bench:
    def __init__(self, reporter: Reporter, folder: Path, days: int) -> None:
        from pengcheng.domains.sensing.api.broker import Database

        self.reporter = reporter
        self.lines = days * 86400 // STEP * THINGS
        self.store = Database(f"sqlite:///{folder / 'live.sqlite3'}")
        self.store.prepare()

    def run(self) -> None:
        self.fill()
        self.reporter.say(f"  {self.lines:,} rows: {self.size():.0f} bytes each")
        self.ask("rows")
        self.roll()
        self.ask("files")

    def fill(self) -> None:
        """As devices wrote it: each ten minutes one reading of each."""
        rows = readings(self.lines)
        with closing(self.store.connect()) as connection:
            for number in range(THINGS):
                head = {"id": name(number), "type": ["https://x.example/Station"]}
                told = json.dumps({**head, "createdAt": stamp(BEGIN), "modifiedAt": stamp(BEGIN)})
                sql = "INSERT INTO ngsild_evolution (tenant, id, doc) VALUES (?, ?, ?)"
                connection.run(sql, ("", name(number), told.encode()))
            while part := list(islice(rows, AT_ONCE)):
                connection.begin()
                connection.many(HISTORY, part)
                connection.commit()

    def size(self) -> float:
        path = Path(self.store.url.removeprefix("sqlite:///"))
        with closing(self.store.connect()) as connection:
            connection.all("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.stat().st_size / self.lines

    def roll(self) -> None:
        from pengcheng.domains.sensing.api import rolled

        before, cpu = time.perf_counter(), time.process_time()
        age = rolled.Age(FAR, FAR)
        made = list(rolled.roll(database=self.store.url, age=age))
        took, cpu = time.perf_counter() - before, time.process_time() - cpu
        size = sum(each.size for each in made) / self.lines
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.reporter.say(
            f"  {len(made)} files: {size:.1f} bytes a line; {self.lines / took:,.0f} lines/s,"
            f" {self.lines / cpu:,.0f} a second of CPU; at most {peak:.0f} MiB of memory"
        )

    def ask(self, where: str) -> None:
        from pengcheng.domains.sensing.api.broker import Broker

        loop = asyncio.new_event_loop()
        broker = Broker(self.store.url)
        loop.run_until_complete(broker.start())
        for title, options in QUESTIONS.items():
            step = Asking(broker, loop, options)
            self.reporter.timed(f"history in {where}: {title}", step, n=40, unit="ms")
        loop.run_until_complete(broker.stop())
        loop.close()


class Asking:
    def __init__(self, broker: Any, loop: asyncio.AbstractEventLoop, options: Any) -> None:
        from pengcheng.domains.sensing.web.ngsild.app import Application

        self.application, self.loop, self.options = Application(broker), loop, options
        self.number = 0

    def __call__(self) -> None:
        async def nothing() -> Any:
            yield b""

        self.number += 1
        path = f"/ngsi-ld/v1/temporal/entities/{name(self.number % THINGS)}"
        told = self.application.answer("GET", path, urlencode(self.options), {}, nothing())
        answer = self.loop.run_until_complete(told)
        assert answer.status in {200, 206}, answer.body


def name(number: int) -> str:
    return f"urn:ngsi-ld:Station:{number}"


def readings(count: int) -> Iterator[tuple[Any, ...]]:
    for number in range(count):
        second = BEGIN + number // THINGS * STEP
        at, identity = stamp(second), f"urn:ngsi-ld:instance:{os.urandom(16).hex()}-{number}"
        told = {"type": "Property", "value": (number * 7919 % 1000) / 10, "observedAt": at}
        told |= {"createdAt": at, "modifiedAt": at, "instanceId": identity}
        micros = second * 1_000_000
        document = json.dumps(told, separators=(",", ":")).encode()
        where = ("", name(number % THINGS), ATTRIBUTE, "", identity)
        yield (*where, micros, micros, micros, None, document)
