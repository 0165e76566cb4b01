"""What a registered device tells, each kind to where it belongs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from pengcheng.domains.cameras import contracts
from pengcheng.domains.cameras.ops import alarms, catalogue, presence
from pengcheng.domains.cameras.ops.directory import Known
from pengcheng.domains.cameras.ops.shared import later
from pengcheng.domains.cameras.rules import checks
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kit.sip import manscdp, numbers

Run = Callable[..., Awaitable[Any]]


class Taking:
    """Handlers by root and command; what has none is acknowledged and forgotten."""

    def __init__(self, context: Context, run: Run) -> None:
        self.context, self.run = context, run
        self._takers = {
            ("Response", "Catalog"): self._catalogue,
            ("Response", "DeviceInfo"): self._about,
            ("Response", "DeviceStatus"): self._condition,
            ("Notify", "Alarm"): self._alarm,
            ("Notify", "MobilePosition"): self._position,
        }

    async def take(self, known: Known, said: manscdp.Said) -> bool:
        """Whether it was for us."""
        taker = self._takers.get((said.root, said.command))
        return taker is not None and await taker(known, said)

    async def _catalogue(self, known: Known, said: manscdp.Said) -> bool:
        """Only what we asked for; it ends when as many lines came as were announced."""
        if said.serial != known.serial or said.total is None or said.total > checks.MOST_LINES:
            return False
        await self.run(catalogue.take, self.context, known.number, checks.cameras_of(said.items))
        known.told.update(each.number for each in said.items)
        if len(known.told) >= said.total:
            told = frozenset(known.told)
            await self.run(catalogue.finish, self.context, known.number, told, said.total)
            known.catalogue_at, known.serial = clock.now(), 0
            known.told = set()
        return True

    async def _about(self, known: Known, said: manscdp.Said) -> bool:
        names = {"manufacturer": "Manufacturer", "model": "Model", "firmware": "Firmware"}
        facts = {mine: said.values.get(theirs, "") for mine, theirs in names.items()}
        await self.run(presence.told, self.context, known.number, facts)
        return True

    async def _condition(self, known: Known, said: manscdp.Said) -> bool:
        words = [said.values.get(name, "") for name in ("Online", "Status", "Reason")]
        told = " · ".join(word for word in words if word)
        await self.run(presence.told, self.context, known.number, {"condition": told})
        return True

    async def _alarm(self, known: Known, said: manscdp.Said) -> bool:
        if numbers.read(said.number) is None:
            return False
        alarm = contracts.NewAlarm(
            number=said.number,
            priority=_small(said.values.get("AlarmPriority", ""), 4),
            method=_small(said.values.get("AlarmMethod", ""), 7),
            text=said.values.get("AlarmDescription", ""),
            at=manscdp.moment(said.values.get("AlarmTime", "")),
        )
        await self.run(alarms.record, self.context, known.number, alarm)
        return True

    async def _position(self, known: Known, said: manscdp.Said) -> bool:
        told = said.values
        at = manscdp.position(told.get("Longitude", ""), told.get("Latitude", ""))
        if at is None:
            return False
        when: datetime = later(manscdp.moment(told.get("Time", "")), clock.now())
        moved = await self.run(catalogue.moved, self.context, known.number, said.number, at, when)
        return bool(moved)


def _small(told: str, otherwise: int) -> int:
    """A digit from 1 up to what it is otherwise."""
    return int(told) if told in {str(n) for n in range(1, otherwise + 1)} else otherwise
