"""SensorThings as its clients meet it: pages of Observations out, arrays of them in.

`python -m bench.bench_things [--quick] [--database URL] [word …]` measures without the city.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

from bench import load, report
from bench.bench_broker import SECONDS, Bench, Server, running

ROOT = "/sta/v1.1"
READINGS = 10_000
ROWS = 100  # of one CreateObservations


def ask(server: Server, path: str, body: object) -> dict[str, object]:
    sent = Request(f"http://127.0.0.1:{server.port}{ROOT}{path}", json.dumps(body).encode())
    sent.add_header("Content-Type", "application/json")
    with urlopen(sent, timeout=60) as answer:  # noqa: S310  # our own address
        found: dict[str, object] = json.loads(answer.read())
        return found


def named(name: str) -> dict[str, str]:
    return {"name": name, "description": name}


def station(server: Server) -> str:
    """A Thing with one Datastream; gives the Datastream's id."""
    place = {"type": "Point", "coordinates": [114.05, 22.55]}
    kind = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
    stream = {
        **named("air"),
        "observationType": kind,
        "unitOfMeasurement": {"name": "degree Celsius", "symbol": "°C", "definition": "ucum:Cel"},
        "Sensor": {**named("DHT22"), "encodingType": "text/plain", "metadata": "DHT22"},
        "ObservedProperty": {**named("temperature"), "definition": "http://example.org/t"},
        "Thing": {
            **named("station"),
            "Locations": [
                {**named("here"), "encodingType": "application/geo+json", "location": place}
            ],
        },
    }
    return str(ask(server, "/Datastreams", stream)["@iot.id"])


def moment(number: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_780_000_000 + number * 10))


def array(stream: str, first: int, count: int) -> list[dict[str, object]]:
    rows = [[moment(first + n), 20 + n % 50 / 10] for n in range(count)]
    group = {"Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"]}
    return [{**group, "dataArray": rows}]


def pages(bench: Bench, stream: str) -> None:
    place = f"{ROOT}/Datastreams('{quote(stream, safe=':')}')/Observations"
    order = "$orderby=phenomenonTime%20desc&$top=20"
    newest = load.request("GET", f"{place}?{order}")
    bench.row("things: the newest 20 of 10,000 Observations", [newest])
    since = quote(f"phenomenonTime ge {moment(READINGS - 100)} and result gt 22")
    asked = load.request("GET", f"{place}?$filter={since}&$top=20")
    bench.row("things: Observations by $filter on time and result", [asked])


def arrays(bench: Bench, stream: str) -> None:
    found = []
    for turn in range(200):
        body = json.dumps(array(stream, READINGS + turn * ROWS, ROWS)).encode()
        head = {"Content_Type": "application/json"}
        found.append(load.request("POST", f"{ROOT}/CreateObservations", body, **head))
    bench.row(f"things: CreateObservations, {ROWS} in each", found, each=ROWS)


def single(bench: Bench, stream: str) -> None:
    place = f"{ROOT}/Datastreams('{quote(stream, safe=':')}')/Observations"
    found = []
    for turn in range(500):
        told = {"phenomenonTime": moment(100_000 + turn), "result": turn}
        body = json.dumps(told).encode()
        found.append(load.request("POST", place, body, Content_Type="application/json"))
    bench.row("things: durable Observation, one in each", found)


STEPS = {"pages": pages, "single": single, "arrays": arrays}


def bench(reporter: report.Reporter, words: tuple[str, ...] = (), database: str = "") -> None:
    with running(database) as server:
        found = Bench(reporter, server, SECONDS / 5 if reporter.quick else SECONDS)
        stream = station(server)
        for first in range(0, READINGS, 1000):
            ask(server, "/CreateObservations", array(stream, first, 1000))
        for name, step in STEPS.items():
            if not words or name in words:
                step(found, stream)


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
