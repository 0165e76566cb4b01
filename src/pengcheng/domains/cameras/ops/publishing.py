"""Cameras in the context broker: told when they change. A telling writes only what differs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from pengcheng.domains.cameras.contracts import Telling
from pengcheng.domains.cameras.ops import telling
from pengcheng.domains.cameras.rules import entity
from pengcheng.domains.sensing.api.broker import Broker, Provision
from pengcheng.kernel import clock
from pengcheng.kit.ngsild.contexts import core
from pengcheng.kit.ngsild.errors import NgsiError, ResourceNotFound
from pengcheng.kit.ngsild.reading import Entity, Reader

Run = Callable[..., Awaitable[Any]]
AT_ONCE = 100
PAUSE, LONGEST = 2.0, 300.0  # seconds between looks; and when the store fails
WAIT = 600.0  # before what was refused is told again
SYSTEM = frozenset({"createdAt", "modifiedAt"})
OPTIONAL = frozenset(core().expand(name) for name in entity.OPTIONAL)
log = logging.getLogger(__name__)


class Publisher:
    """Tells cameras to a broker; ``run`` does something with records, off the loop."""

    def __init__(self, broker: Broker, run: Run) -> None:
        self._broker, self._run = broker, run
        self._task: asyncio.Task[None] | None = None
        self._refused: dict[str, float] = {}

    async def start(self) -> None:
        await self._run(telling.anew)
        self._task = asyncio.create_task(self._again())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _again(self) -> None:
        pause = PAUSE
        while True:
            try:
                pause = 0.05 if await self.step() else PAUSE
            except Exception:
                pause = min(max(pause, PAUSE) * 2, LONGEST)
                log.exception("cameras could not be published; tried again in %d s", pause)
            await asyncio.sleep(pause)

    async def step(self) -> bool:
        """One look; whether more waits."""
        now = clock.now().timestamp()
        self._refused = {camera: at for camera, at in self._refused.items() if at > now}
        found: tuple[Telling, ...] = await self._run(
            telling.unpublished, AT_ONCE, set(self._refused)
        )
        works = [self._broker.write("", partial(tell, each=each)) for each in found]
        outcomes = await asyncio.gather(*works, return_exceptions=True)
        done = []
        for each, outcome in zip(found, outcomes, strict=True):
            if outcome is None:
                done.append(each)
            elif isinstance(outcome, NgsiError):
                self._refused[each.camera] = now + WAIT
                log.warning("the broker refuses %s: %s", each.entity, outcome.detail)
            else:
                raise outcome
        await self._run(telling.mark, done)
        return len(found) == AT_ONCE


def tell(provision: Provision, each: Telling) -> None:
    """In the broker's writer: bring it to what the catalogue says."""
    try:
        stored = provision.stored(each.entity)
    except ResourceNotFound:
        stored = None
    if each.document is None:
        if stored is not None:
            provision.delete(each.entity)
        return
    wanted = Reader(core()).entity(each.document)
    if stored is None:
        provision.create(wanted)
    else:
        _mend(provision, wanted, stored)


def _mend(provision: Provision, wanted: Entity, stored: Entity) -> None:
    differ = {
        name: instances
        for name, instances in wanted["attrs"].items()
        if instances
        != [
            {key: value for key, value in each.items() if key not in SYSTEM}
            for each in stored["attrs"].get(name, ())
        ]
    }
    if differ:
        provision.append(wanted["id"], {"id": wanted["id"], "attrs": differ}, overwrite=True)
    for name in OPTIONAL & (stored["attrs"].keys() - wanted["attrs"].keys()):
        provision.delete_attribute(wanted["id"], name, None, every=True)
