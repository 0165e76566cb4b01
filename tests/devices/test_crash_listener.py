"""Acknowledged means stored, also when the process is killed in the middle of a flood."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import mqtt5
import pytest

from pengcheng.kit.mqtt.wire import Malformed, Wire
from tests.support.servers import free_port
from tests.support.waiting import until

ROOT = Path(__file__).resolve().parents[2]
BASE, ENOUGH, WINDOW = 1_780_000_000, 400, 8
READINGS = "SELECT observed / 1000000 FROM ngsild_history WHERE entity LIKE ?"


def started(url: str, port: int) -> subprocess.Popen[bytes]:
    order = [sys.executable, "-m", "tests.devices.crash_house", url, str(port)]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pengcheng.shell.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    return subprocess.Popen(order, env=environment, cwd=ROOT)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def speak(port: int, name: str, acknowledged: list[int]) -> None:
    """Tell readings until the line breaks; write down what was acknowledged."""
    wire, sent = Wire(), 0
    wire.version = 5
    with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as line:
        try:
            line.sendall(mqtt5.ConnectPacket(name, username=name).write())
            while True:
                for packet in wire.feed(line.recv(65_536) or b"\xff" * 9):
                    if isinstance(packet, mqtt5.PubAckPacket):
                        acknowledged.append(packet.packet_id)
                while sent - len(acknowledged) < WINDOW and sent < 60_000:
                    sent += 1
                    line.sendall(message(sent))
        except (OSError, Malformed):
            return


def message(number: int) -> bytes:
    body = json.dumps({"ts": BASE + number, "values": {"level": number}}).encode()
    qos: Any = mqtt5.QoS.AT_LEAST_ONCE
    packet = mqtt5.PublishPacket("v1/devices/me/telemetry", body, qos=qos, packet_id=number)
    return bytes(packet.write())


@pytest.mark.crash
@pytest.mark.one_database
def test_no_acknowledged_reading_is_lost_and_a_flood_harms_nobody_else(tmp_path: Path) -> None:
    port, steady, flood = free_port(), list[int](), list[int]()
    process = started(f"sqlite:///{tmp_path / 'live.sqlite3'}", port)
    try:
        until(lambda: listens(port), "the listener is there")
        lines = [
            threading.Thread(target=speak, args=(port, name, told), daemon=True)
            for name, told in (("steady", steady), ("flood", flood))
        ]
        for each in lines:
            each.start()
        until(lambda: len(steady) >= ENOUGH, "enough was acknowledged")
    finally:
        process.kill()
        process.wait()
    for each in lines:
        each.join(60)
    with closing(sqlite3.connect(tmp_path / "live.sqlite3")) as store:
        kept = {row[0] - BASE for row in store.execute(READINGS, ("%steady",))}
        slow = {row[0] - BASE for row in store.execute(READINGS, ("%flood",))}
    assert len(steady) >= ENOUGH
    assert set(steady) <= kept
    assert set(flood) <= slow
    assert len(flood) < len(steady)
