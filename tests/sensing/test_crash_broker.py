"""A broker killed under load has every write that it said it had, in the entity and its history."""

from __future__ import annotations

import http.client
import json
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.servers import free_port
from tests.support.waiting import until

ROOT = Path(__file__).resolve().parents[2]
WRITERS, ENOUGH = 8, 200
PATH = "/ngsi-ld/v1/entityOperations/upsert?options=update"
READINGS = "SELECT entity, doc FROM ngsild_history WHERE attr LIKE '%/level'"


def started(home: Path, port: int) -> subprocess.Popen[bytes]:
    order = [sys.executable, "-m", "pengcheng.shell.cli", "broker", "--open", "--port", str(port)]
    environment = {**os.environ, "PENGCHENG_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(order, env=environment, stdout=subprocess.DEVNULL)
    try:
        until(lambda: answers(port), "the broker answers")
    except BaseException:
        process.terminate()
        raise
    return process


def answers(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        try:
            connection.request("GET", "/ngsi-ld/v1/types")
            return connection.getresponse().status == 200
        except OSError:
            return False


def body(writer: int, value: int) -> bytes:
    level = {"type": "Property", "value": value}
    return json.dumps(
        [{"id": f"urn:ngsi-ld:Tank:{writer}", "type": "Tank", "level": level}]
    ).encode()


def write_until_it_dies(port: int, writer: int, acknowledged: list[tuple[int, int]]) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        for value in range(100_000):
            try:
                head = {"Content-Type": "application/json"}
                connection.request("POST", PATH, body(writer, value), head)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return
            if answer.status in {201, 204}:
                acknowledged.append((writer, value))


@pytest.mark.crash
@pytest.mark.slow
def test_no_acknowledged_write_is_lost_when_the_broker_is_killed(tmp_path: Path) -> None:
    port, acknowledged = free_port(), list[tuple[int, int]]()
    process = started(tmp_path, port)
    arguments = [(port, writer, acknowledged) for writer in range(WRITERS)]
    threads = [threading.Thread(target=write_until_it_dies, args=each) for each in arguments]
    for each in threads:
        each.start()
    until(lambda: len(acknowledged) >= ENOUGH, "enough was written")
    for child in children(process.pid):
        os.kill(child, 9)
    process.kill()
    process.wait()
    for each in threads:
        each.join()
    with closing(sqlite3.connect(tmp_path / "live.sqlite3")) as store:
        told = {(name, json.loads(text)["value"]) for name, text in store.execute(READINGS)}
        now = {
            name: next(iter(json.loads(text)["attrs"].values()))[0]["value"]
            for name, text in store.execute("SELECT id, doc FROM ngsild_entity")
        }
    assert len(acknowledged) >= ENOUGH
    for writer, value in acknowledged:
        assert (f"urn:ngsi-ld:Tank:{writer}", value) in told
        assert now[f"urn:ngsi-ld:Tank:{writer}"] >= value


def children(parent: int) -> list[int]:
    """The serving process goes first, or it would end in good order with its parent."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(each) for each in found]
