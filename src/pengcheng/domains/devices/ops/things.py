"""Where SensorThings is spoken over MQTT, somebody else says who may and what it means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from pengcheng.domains.devices.contracts import Profile
from pengcheng.domains.devices.ops.directory import Known

THINGS = "v1.1/"  # how its topics begin
NOBODY = Profile(id="", zh="", en="", entity_type="Device")


class Things(Protocol):
    """What stands behind those topics."""

    def admit(self, token: str) -> Known | None:
        """A program that is no device."""

    def may_say(self, guest: Known, topic: str) -> bool: ...
    def may_hear(self, guest: Known, pattern: str) -> bool: ...
    def heard(
        self, guest: Known, topic: str, payload: bytes, done: Callable[[int], None]
    ) -> Awaitable[None]: ...


def visitor(name: str, rate: int) -> Known:
    """A guest that no directory knows: nothing is written down of it."""
    return Known(id=name, name=name, entity="", kind="", profile=NOBODY, rate=rate, visitor=True)
