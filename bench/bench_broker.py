"""The context broker as its clients meet it: a server of its own, 64 connections, real HTTP.

Each row is the rate that was reached on this machine, load generator included, and the CPU time the
server spent on one request: the second figure stays true when the machine has other work.
`python -m bench.bench_broker [--quick] [--database URL] [word …]` measures without the city.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.request import Request, urlopen

from bench import city, load, report
from bench.load import Load

BASE = "/ngsi-ld/v1"
VEHICLES = 100
SUBSCRIPTIONS = 10_000
SECONDS = 5.0


@dataclass
class Server:
    port: int
    process: int

    def ask(self, method: str, path: str, body: object = None) -> int:
        data = None if body is None else json.dumps(body).encode()
        asked = Request(f"http://127.0.0.1:{self.port}{BASE}{path}", data, method=method)
        asked.add_header("Content-Type", "application/json")
        with urlopen(asked, timeout=60) as answer:  # noqa: S310  # our own address
            return int(answer.status)


@dataclass
class Bench:
    """Where figures go, and how long to measure for each."""

    reporter: report.Reporter
    server: Server
    seconds: float

    def row(self, name: str, requests: list[bytes], *, each: int = 1) -> float:
        """Measure; gives the microseconds of server CPU for a request, the median of three."""
        load.drive(self.server.port, requests, seconds=self.seconds / 5)
        rates, costs, waits = [], [], Load()
        for _ in range(1 if self.reporter.quick else 3):
            before = load.cpu_seconds(self.server.process)
            found = load.drive(self.server.port, requests, seconds=self.seconds)
            spent = load.cpu_seconds(self.server.process) - before
            if found.wrong:
                raise RuntimeError(f"{name}: answered {found.wrong}")
            rates.append(found.rate * each)
            costs.append(spent / len(found.waits) * 1e6 / each)
            waits.waits += found.waits
        self.reporter.sampled(name, rates, "/s")
        self.reporter.sampled("  server CPU of one", costs, "µs")
        told = f"  waits: p50 {waits.at(0.5):.1f} ms, p99 {waits.at(0.99):.1f} ms"
        self.reporter.say(told)
        return sorted(costs)[len(costs) // 2]


def bench(reporter: report.Reporter, words: tuple[str, ...] = (), database: str = "") -> None:
    with running(database) as server:
        found = Bench(reporter, server, SECONDS / 5 if reporter.quick else SECONDS)
        fill(server)
        for name, step in STEPS.items():
            if not words or any(word in name for word in words):
                step(found)


@contextmanager
def running(database: str = "") -> Iterator[Server]:
    """A broker with an empty store of its own on a free port."""
    with tempfile.TemporaryDirectory() as home:
        port = city.free_port()
        order = [*city.COMMAND, "broker", "--open", "--port", str(port)]
        order += ["--database", database] if database else []
        environment = {**os.environ, "PENGCHENG_HOME": home}
        process = subprocess.Popen(order, env=environment, stdout=subprocess.DEVNULL)
        try:
            city.await_answer(f"http://127.0.0.1:{port}{BASE}/entities?type=None", process)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(30)


def vehicle(number: int, speed: float = 0.0, kind: str = "Vehicle") -> dict[str, object]:
    """Five attributes, as the published comparisons of brokers have them."""
    return {
        "id": f"urn:ngsi-ld:{kind}:{number}",
        "type": kind,
        "brandName": {"type": "Property", "value": "Mercedes"},
        "speed": {"type": "Property", "value": speed, "observedAt": "2026-11-22T08:00:00Z"},
        "isParked": {"type": "Relationship", "object": f"urn:ngsi-ld:OffStreetParking:{number}"},
        "category": {"type": "Property", "value": ["municipal"]},
        "location": {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [114.05 + number / 10_000, 22.54]},
        },
    }


def fill(server: Server) -> None:
    server.ask("POST", "/entityOperations/upsert", [vehicle(n) for n in range(VEHICLES)])


def upserts(kind: str, size: int, count: int) -> list[bytes]:
    found = []
    for turn in range(count):
        first = turn * size
        listed = [vehicle((first + n) % 1000, turn + n / 10, kind) for n in range(size)]
        body = json.dumps(listed).encode()
        path = f"{BASE}/entityOperations/upsert?options=update"
        found.append(load.request("POST", path, body, Content_Type="application/json"))
    return found


# --- rows -------------------------------------------------------------------------------


def gets(bench: Bench) -> None:
    paths = [f"{BASE}/entities/urn:ngsi-ld:Vehicle:{n}" for n in range(VEHICLES)]
    bench.row("broker: GET by id", [load.request("GET", each) for each in paths])


def queries(bench: Bench) -> None:
    bench.row(
        "broker: type=…&limit=20",
        [load.request("GET", f"{BASE}/entities?type=Vehicle&limit=20")],
    )


def filters(bench: Bench) -> None:
    bench.server.ask("POST", "/entityOperations/upsert", [vehicle(n, n) for n in range(VEHICLES)])
    path = f"{BASE}/entities?type=Vehicle&q=speed%3E50&limit=20"
    bench.row("broker: type=…&q=speed>50&limit=20", [load.request("GET", path)])


def single(bench: Bench) -> None:
    bench.row("broker: durable upsert of one", upserts("Bus", 1, 2000))


def update(bench: Bench) -> None:
    bench.server.ask("POST", "/entityOperations/upsert", [vehicle(n, n) for n in range(VEHICLES)])
    found = []
    for n in range(1000):
        body = json.dumps({"speed": {"type": "Property", "value": n}}).encode()
        path = f"{BASE}/entities/urn:ngsi-ld:Vehicle:{n % VEHICLES}/attrs"
        found.append(load.request("PATCH", path, body, Content_Type="application/json"))
    bench.row("broker: durable PATCH of one attribute", found)


def batches(bench: Bench) -> None:
    bench.row("broker: durable upsert in batches of 20", upserts("Tram", 20, 200), each=20)


def last(bench: Bench) -> None:
    """The last 10 of 10,000 readings of one attribute."""
    for turn in range(100):
        body = {
            "speed": [
                {"type": "Property", "value": turn * 100 + n, "observedAt": _moment(turn, n)}
                for n in range(100)
            ]
        }
        path = "/temporal/entities/urn:ngsi-ld:Vehicle:0/attrs"
        bench.server.ask("POST", path, body)
    path = f"{BASE}/temporal/entities/urn:ngsi-ld:Vehicle:0?attrs=speed&lastN=10"
    bench.row("broker: last 10 of 10,000 readings", [load.request("GET", path)])


def _moment(hour: int, second: int) -> str:
    at = time.gmtime(1_780_000_000 + hour * 3600 + second * 30)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", at)


def notifications(bench: Bench) -> None:
    with receiving() as (port, got):
        bench.server.ask("POST", "/subscriptions", subscription("told", "Taxi", port))
        count = 500 if bench.reporter.quick else 5000
        body = upserts("Taxi", 1, count)  # each says something new: else nobody is told
        began, before = time.perf_counter(), load.cpu_seconds(bench.server.process)
        load.drive(bench.server.port, body, seconds=60, most=count)
        while len(got) < count and time.perf_counter() - began < 60:
            time.sleep(0.005)
        seconds = time.perf_counter() - began
        spent = load.cpu_seconds(bench.server.process) - before
        bench.server.ask("DELETE", "/subscriptions/urn:ngsi-ld:Subscription:told")
    if len(got) < count:
        raise RuntimeError(f"{len(got)} of {count} notifications came")
    bench.reporter.sampled("broker: upserts, each with a notification", [count / seconds], "/s")
    bench.reporter.sampled("  server CPU of one", [spent / count * 1e6], "µs")


def unmatched(bench: Bench) -> None:
    """What 10,000 subscriptions that want something else add to an update."""
    name = "broker: upsert of one"
    bare = bench.row(f"{name}, no subscription", upserts("Ferry", 1, 2000))
    for number in range(SUBSCRIPTIONS):
        bench.server.ask("POST", "/subscriptions", elsewhere(number))
    told = bench.row(f"{name}, {SUBSCRIPTIONS:,} of others", upserts("Ferry", 1, 2000))
    bench.reporter.sampled("  more than without", [(told / bare - 1) * 100], "%")


def elsewhere(number: int) -> dict[str, object]:
    """A third wants another type, a third other attributes, a third another place."""
    if number % 3 == 0:
        return subscription(f"other{number}", f"Kind{number}", 9)
    if number % 3 == 1:
        watched = {"watchedAttributes": [f"quality{number}"]}
        return subscription(f"other{number}", "Ferry", 9) | watched
    place = [100.0 + number / 1000, 10.0]
    geo = {"georel": "near;maxDistance==500", "geometry": "Point", "coordinates": place}
    return subscription(f"other{number}", "Ferry", 9) | {"geoQ": geo}


def subscription(name: str, kind: str, port: int) -> dict[str, object]:
    return {
        "id": f"urn:ngsi-ld:Subscription:{name}",
        "type": "Subscription",
        "entities": [{"type": kind}],
        "notification": {"endpoint": {"uri": f"http://127.0.0.1:{port}/notify"}},
    }


class Taking(StreamRequestHandler):
    """Reads notifications from one connection for as long as it stays open."""

    def handle(self) -> None:
        while self.rfile.readline():
            length = 0
            while (line := self.rfile.readline()) not in {b"\r\n", b""}:
                if line.lower().startswith(load.LENGTH):
                    length = int(line.partition(b":")[2])
            self.rfile.read(length)
            self.server.got.append(length)  # type: ignore[attr-defined]
            self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")


@contextmanager
def receiving() -> Iterator[tuple[int, list[int]]]:
    """A subscriber on a free port; gives the sizes of what it got."""
    with ThreadingTCPServer(("127.0.0.1", 0), Taking) as server:
        server.daemon_threads = True
        server.got = got = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1]), got
        server.shutdown()


STEPS: dict[str, Callable[[Bench], object]] = {
    "get": gets,
    "query": queries,
    "filter": filters,
    "update": update,
    "single": single,
    "batch": batches,
    "last": last,
    "notifications": notifications,
    "unmatched": unmatched,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", choices=[[], *STEPS])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--database", default="")
    asked = parser.parse_args()
    print(f"{report.machine()}\n{report.heading()}", flush=True)
    reporter = report.Reporter(Path(), "", quick=asked.quick)
    bench(reporter, tuple(asked.words), asked.database)


if __name__ == "__main__":
    sys.exit(main())
