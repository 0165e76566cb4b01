"""What the tests of devices share: kinds of devices, and a street with a house."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connections

from pengcheng.domains.devices import api
from pengcheng.domains.devices.api import firmware
from pengcheng.domains.devices.api.intake import Crew, Directory, House, Intake
from pengcheng.domains.devices.contracts import MapRow, Measure, NewDevice, Package, Profile, Shown
from pengcheng.domains.devices.web.ingest import Ingest, Reply
from pengcheng.domains.sensing.api.broker import Broker
from pengcheng.kernel.context import Actor, Context
from pengcheng.kit.mqtt.listener import listen

WEATHER = Profile(
    id="weather",
    zh="气象站",
    en="Weather station",
    entity_type="WeatherObserved",
    interval=60,
    measures=(
        Measure(
            key="temp",
            attribute="temperature",
            zh="气温",
            en="Temperature",
            unit_code="CEL",
            unit="°C",
            low=-50,
            high=60,
            stuck_after=7200,
        ),
        Measure(key="hum", attribute="relativeHumidity", unit_code="P1", unit="%", low=0, high=100),
    ),
)
GENERIC = Profile(id="generic", zh="通用", en="Anything", entity_type="Device", learns=True)
MAPPED = Profile(
    id="meter",
    zh="水表",
    en="Water meter",
    entity_type="WaterConsumptionObserved",
    measures=(Measure(key="volume", low=0),),
    mapping=(MapRow(path="d.reg[0].v", key="volume", scale=0.001),),
    time_path="d.t",
)
PROFILES = (WEATHER, GENERIC, MAPPED)


def admin(*roles: str) -> Context:
    actor = Actor(id="p-admin", kind="official", roles=frozenset(roles or {"admin"}))
    return Context(actor=actor)


def upload(profile: str, title: str, version: str, raw: bytes) -> Package:
    return firmware.upload(
        context=admin(), profile=profile, title=title, version=version, file=io.BytesIO(raw)
    )


def release(package: Package) -> Package:
    """By somebody else."""
    actor = Actor(id="p-boss", kind="official", roles=frozenset({"commander"}))
    return firmware.release(context=Context(actor=actor), package_id=package.id)


def add(name: str, profile: str = "weather", **facts: Any) -> Shown:
    new = NewDevice(name=name, profile=profile, **facts)
    return api.save(context=admin(), devices=[new])[0]


class Here(Crew):
    """Its thread works in the test's transaction; nothing happens by the clock."""

    def __init__(self, directory: Directory) -> None:
        super().__init__(directory)
        self._shared = connections["default"]
        self._shared.inc_thread_sharing()
        self._thread.submit(connections.__setitem__, "default", self._shared).result()

    async def run(self, work: Callable[..., Any], /, *values: Any, **named: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(work, *values, **named))

    async def start(self, carry: Any) -> None:
        await self.run(self.directory.load)

    async def stop(self) -> None:
        await self.write()
        self._thread.shutdown()
        self._shared.dec_thread_sharing()


class Street:
    """The house, and ways to speak to it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, url: str) -> None:
        self.loop = loop
        self.broker = Broker(url)
        self.directory = Directory()
        self.house = House(Intake(self.broker, self.directory), Here(self.directory))
        self.ingest = Ingest(self.house)
        self.server: asyncio.Server | None = None

    async def open(self) -> None:
        await self.broker.start()
        await self.house.crew.start(self.house.carry)

    async def close(self) -> None:
        if self.server is not None:
            self.server.close()
        for each in list(self.house.lines.values()):
            each.leave()
        await asyncio.sleep(0)
        await self.house.intake.stop()
        await self.house.crew.stop()
        await self.broker.stop()

    def listen(self) -> int:
        """Open the MQTT door; gives its port."""
        self.server = self.run(listen(self.house, "127.0.0.1", 0, bucket=self.house.bucket))
        return int(self.server.sockets[0].getsockname()[1])

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def until(self, condition: Callable[[], Any], what: str) -> None:
        """Let the house work until something is so."""
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end, what
            self.run(asyncio.sleep(0.005))

    def post(self, path: str, body: Any, token: str = "", kind: str = "application/json") -> Reply:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()

        async def read() -> bytes:
            return raw

        headers = {"content-type": kind, "accept-language": "en"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        return self.run(self.ingest.answer("POST", path, headers, read))

    def get(self, path: str, token: str) -> Reply:
        async def read() -> bytes:
            return b""

        headers = {"authorization": f"Bearer {token}"}
        return self.run(self.ingest.answer("GET", path, headers, read))

    def say(self, name: str, topic: str, body: Any) -> int:
        """A message as the listener hands it over; gives the code of its acknowledgement."""
        codes: list[int] = []
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        known = self.directory.by_name[name]
        assert self.house.may_say(known, topic), f"{name} may not speak on {topic}"

        async def speak() -> None:
            self.house.heard(known, topic, raw, codes.append)

        self.run(speak())
        self.until(lambda: codes, "the message is acknowledged")
        return codes[0]

    def values(self, name: str, attribute: str) -> list[Any]:
        """The history of an attribute, oldest first."""
        device = api.device(context=admin(), device_id=name)
        found = api.history(context=admin(), device=device, attribute=attribute)
        return [value for _, value in found]
