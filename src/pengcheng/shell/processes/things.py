"""SensorThings by MQTT in the city, with the rights of its HTTP: a device sends Observations of its
own entity, whoever has the operator's key those of all; both hear everything that may be read.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable
from typing import Any

import orjson

from pengcheng.kernel import clock
from pengcheng.kit.mqtt.listener import NOT_NOW, REFUSED, STORED
from pengcheng.kit.ngsild.errors import NgsiError
from pengcheng.kit.sensorthings.errors import StaError
from pengcheng.shell.processes.standards import Standards, is_reading_of

START = "v1.1/"
SHARED = f"{START}Observations"
EVERY = 0.25  # seconds between two looks for what is new
RATE = 1000  # messages a second of a program
UNREADABLE = 153
log = logging.getLogger(__name__)


class Things:
    """Stands behind the listener for the topics that begin with the version."""

    def __init__(self, standards: Standards, face: Any, watching: Any, visitor: Any) -> None:
        """``visitor`` makes a guest that is no device."""
        self.standards, self.face, self.watching = standards, face, watching
        self.house = standards.house
        self._visitor = visitor
        self._numbers = itertools.count(1)

    def admit(self, token: str) -> Any:
        """A guest if this is the operator's key."""
        if not token or not self.standards.is_operator(token.encode()):
            return None
        return self._visitor(f"operator:{next(self._numbers)}", RATE)

    def may_say(self, guest: Any, topic: str) -> bool:
        if guest.visitor or topic == SHARED:
            return True  # of a device on the shared topic the message decides
        return is_reading_of(guest.entity, topic.removeprefix(START))

    def may_hear(self, guest: Any, pattern: str) -> bool:
        if not (guest.visitor or self.standards.open or guest.entity):
            return False
        try:
            self.watching.begin(pattern)
        except (StaError, NgsiError):
            return False
        return True

    async def heard(
        self, guest: Any, topic: str, payload: bytes, done: Callable[[int], None]
    ) -> None:
        """An Observation is acknowledged when it is durable."""
        try:
            if topic == SHARED and not guest.visitor:
                topic = own_topic(guest.entity, payload)
            await self.face.created(topic, payload)
        except PermissionError:
            done(REFUSED)
        except (StaError, NgsiError, ValueError):
            done(UNREADABLE)
        except Exception:
            log.exception("an Observation of %s was not stored", guest.name)
            done(NOT_NOW)
        else:
            guest.seen_at, guest.door, guest.dirty = clock.now(), "mqtt", True
            done(STORED)

    def tell(self) -> None:
        """One look, and what it found to whoever listens."""
        lines: dict[str, list[Any]] = {}
        for line in self.house.lines.values():
            for pattern in line.patterns:
                if pattern.startswith(START):
                    lines.setdefault(pattern, []).append(line)
        for topic, body in self.watching.look(lines):
            for line in lines[topic]:
                line.say(topic, body)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                self.tell()
            except Exception:
                log.exception("what is new could not be told; it is tried again")


def own_topic(entity: str, payload: bytes) -> str:
    """On the shared topic a device names its Datastream; it is held to its own."""
    body = orjson.loads(payload)
    stream = body.get("Datastream") if isinstance(body, dict) else None
    identity = stream.get("@iot.id") if isinstance(stream, dict) else None
    if not isinstance(identity, str) or identity.partition(";")[0] != entity:
        raise PermissionError("not its own Datastream")
    return SHARED
