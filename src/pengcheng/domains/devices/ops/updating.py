"""Firmware on the line: what a device is to run, the bytes of it, and what it says of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from pengcheng.domains.devices.contracts import Reading
from pengcheng.domains.devices.ops import packages, rollouts
from pengcheng.domains.devices.ops.directory import Known
from pengcheng.domains.devices.rules import firmware as rules
from pengcheng.domains.devices.rules import thingsboard as tb
from pengcheng.kernel.context import system_context
from pengcheng.kit.mqtt.listener import NOT_NOW, REFUSED, STORED, Connection

if TYPE_CHECKING:
    from pengcheng.domains.devices.ops.hearing import House

Done = Callable[[int], None]
NOTHING: dict[str, Any] = {}


class Updating:
    """ThingsBoard's interface for firmware."""

    def __init__(self, house: House) -> None:
        self.house = house

    # -- what it is to run ---------------------------------------------------------------

    def tell(self, known: Known, connection: Connection) -> None:
        """A device that listens hears what it is to run; also when it comes back."""
        if known.shared == (known.told or NOTHING):
            return
        gone = [name for name in known.told or NOTHING if name not in known.shared]
        body = {"deleted": gone} if gone and not known.shared else known.shared
        if connection.say(tb.ATTRIBUTES, orjson.dumps(body)):
            known.told = dict(known.shared)

    def tell_all(self) -> None:
        """Whoever is here and was told something else."""
        for each, line in list(self.house.lines.items()):
            known = self.house.directory.by_id.get(each)
            if known is not None:
                self.tell(known, line)

    # -- the bytes -----------------------------------------------------------------------

    def asked(self, guest: Known, topic: str, payload: bytes, done: Done) -> None:
        found = tb.CHUNK.match(topic)
        line = self.house.lines.get(guest.id)
        if found is None or line is None:
            done(REFUSED)
            return
        try:
            size = int(payload or b"0")
        except ValueError:
            size = -1
        wrong = self.wrong(guest, size)
        if wrong:
            line.say(tb.FIRMWARE_ERROR, wrong.encode())
            done(REFUSED)
            return
        answer = f"v2/fw/response/{found['request']}/chunk/{found['number']}"
        self.house.later(self._send(guest, line, answer, (size, int(found["number"])), done))

    @staticmethod
    def wrong(known: Known, size: int) -> str:
        """Why a chunk cannot be given."""
        if not known.shared:
            return "There is no firmware for this device"
        if size != 0 and not rules.SMALLEST_CHUNK <= size <= rules.LARGEST_CHUNK:
            return f"A chunk has {rules.SMALLEST_CHUNK} to {rules.LARGEST_CHUNK} bytes"
        if size == 0 and known.shared["fw_size"] > rules.LARGEST_CHUNK:
            return "This firmware is too large for one message: ask for chunks"
        return ""

    async def piece(self, known: Known, size: int, number: int) -> bytes:
        """A chunk of what this device is to run, read beside the loop."""
        shared = known.shared
        return await asyncio.to_thread(
            packages.piece, shared["fw_checksum"], shared["fw_size"], size, number
        )

    async def _send(
        self, guest: Known, line: Connection, topic: str, wanted: tuple[int, int], done: Done
    ) -> None:
        try:
            line.say(topic, await self.piece(guest, *wanted))
        except OSError:
            line.say(tb.FIRMWARE_ERROR, b"The firmware cannot be read")
            done(NOT_NOW)
            return
        done(STORED)

    # -- what it says of it --------------------------------------------------------------

    async def note(self, known: Known, facts: dict[str, str]) -> None:
        """Written down before the device hears that it was."""
        await self.house.crew.run(rollouts.reported, system_context("devices"), known.id, facts)

    def give(
        self, known: Known, facts: dict[str, str], rest: Sequence[Reading], done: Done
    ) -> None:
        """The report first, then whatever readings came with it."""

        async def write() -> None:
            try:
                await self.note(known, facts)
            except Exception:
                done(NOT_NOW)
                raise
            if rest:
                self.house.give(known, rest, done)
            else:
                done(STORED)

        self.house.later(write())
