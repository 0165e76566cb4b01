"""Readings of devices over MQTT until they are stored: a process of its own, real connections.

Devices send QoS 1 messages of ten readings and wait for at most so many acknowledgements; a
message counts when it is acknowledged, that is, when it is on the disk. Each row is the rate on
this machine, load generator included, and the CPU time that the server spent on one reading.
`python -m bench.bench_devices [--quick]` measures without the city.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mqtt5

from bench import city, load, report
from pengcheng.kit.mqtt.wire import Wire

DEVICES, WINDOW, READINGS = 64, 16, 10
SECONDS = 5.0
TOPIC = "v1/devices/me/telemetry"
SETUP = """
import django; django.setup()
from pengcheng.domains.devices import api
from pengcheng.domains.devices.contracts import Measure, NewDevice, Profile
from pengcheng.kernel.context import system_context
from pengcheng.shell.setup import database
import json
database.migrate()
who = system_context("bench")
names = [f"m{n}" for n in range(%(readings)d)]
measures = tuple(Measure(key=n, low=0, high=1e12) for n in names)
api.save_profile(context=who, profile=Profile(
    id="bench", zh="bench", en="bench", entity_type="Device", measures=measures))
new = [NewDevice(name=f"d{n}", profile="bench", rate=100_000) for n in range(%(devices)d)]
print(json.dumps([each.token for each in api.save(context=who, devices=new)]))
"""


@contextmanager
def running() -> Iterator[tuple[int, int, list[str]]]:
    """The process that hears devices, with a store of its own: its port, its id, tokens."""
    with tempfile.TemporaryDirectory() as home:
        port = city.free_port()
        environment = {
            **os.environ,
            "PENGCHENG_HOME": home,
            "PENGCHENG_MQTT_PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "pengcheng.shell.settings",
        }
        code = SETUP % {"readings": READINGS, "devices": DEVICES}
        found = subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, capture_output=True
        )
        tokens = json.loads(found.stdout.splitlines()[-1])
        order = [*city.COMMAND, "serve", "devices"]
        process = subprocess.Popen(order, env=environment, stdout=subprocess.DEVNULL)
        try:
            asyncio.run(await_port(port))
            yield port, process.pid, tokens
        finally:
            process.terminate()
            process.wait(30)


async def await_port(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError("the listener did not open")


class Device:
    """One connection that keeps so many messages under way."""

    def __init__(self, token: str) -> None:
        self.token, self.wire, self.number = token, Wire(), 0
        self.wire.version = 5
        self.stored = 0
        self.at = time.time_ns() // 1_000_000 - 3_600_000
        self.waits: list[float] = []
        self._sent: dict[int, float] = {}

    async def run(self, port: int, until: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(mqtt5.ConnectPacket("bench", username=self.token).write())
        while True:
            for packet in self.wire.feed(await reader.read(65_536)):
                self._took(packet)
            now = time.monotonic()
            if now > until and not self._sent:
                break
            while now <= until and len(self._sent) < WINDOW:
                writer.write(self._next())
        writer.close()

    def _took(self, packet: object) -> None:
        if isinstance(packet, mqtt5.PubAckPacket):
            if int(packet.reason_code):
                raise RuntimeError(f"refused: {packet.reason_code!r}")
            self.waits.append(time.monotonic() - self._sent.pop(packet.packet_id))
            self.stored += READINGS

    def _next(self) -> bytes:
        self.number = self.number % 60_000 + 1
        self.at += 1  # no two messages of a moment: the second would be dropped
        self._sent[self.number] = time.monotonic()
        values = {f"m{n}": self.number + n / 10 for n in range(READINGS)}
        body = json.dumps({"ts": self.at, "values": values}).encode()
        qos = mqtt5.QoS.AT_LEAST_ONCE
        data: bytes = mqtt5.PublishPacket(TOPIC, body, qos=qos, packet_id=self.number).write()
        return data


async def drive(port: int, tokens: list[str], seconds: float) -> tuple[int, list[float]]:
    devices = [Device(each) for each in tokens]
    until = time.monotonic() + seconds
    await asyncio.gather(*(each.run(port, until) for each in devices))
    waits = sorted(wait for each in devices for wait in each.waits)
    return sum(each.stored for each in devices), waits


def bench(reporter: report.Reporter) -> None:
    seconds = SECONDS / 5 if reporter.quick else SECONDS
    with running() as (port, process, tokens):
        asyncio.run(drive(port, tokens, seconds / 5))
        rates, costs, waits = [], [], []
        for _ in range(1 if reporter.quick else 3):
            before, began = load.cpu_seconds(process), time.perf_counter()
            stored, found = asyncio.run(drive(port, tokens, seconds))
            rates.append(stored / (time.perf_counter() - began))
            costs.append((load.cpu_seconds(process) - before) / stored * 1e6)
            waits += found
    waits.sort()
    reporter.sampled("devices: MQTT readings in → stored, ten a message", rates, "/s")
    reporter.sampled("  server CPU of one reading", costs, "µs")
    reporter.say(
        f"  waits: p50 {waits[len(waits) // 2] * 1000:.0f} ms,"
        f" p99 {waits[len(waits) * 99 // 100] * 1000:.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    print(f"{report.machine()}\n{report.heading()}", flush=True)
    bench(report.Reporter(Path(), "", quick=asked.quick))


if __name__ == "__main__":
    sys.exit(main())
