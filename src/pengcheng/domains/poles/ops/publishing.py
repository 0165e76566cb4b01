"""Poles in the context broker: told when they change, and looked at again in turn, for a store may
be put back from a backup, and a device may come to be after it was mounted.

The register is right. A telling writes only what differs, so telling twice is telling once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pengcheng.domains.poles.contracts import Telling
from pengcheng.domains.poles.ops import telling
from pengcheng.domains.poles.rules import entity
from pengcheng.domains.sensing.api.broker import Broker, Provision
from pengcheng.kernel import clock
from pengcheng.kit.ngsild.contexts import core
from pengcheng.kit.ngsild.errors import NgsiError, ResourceNotFound
from pengcheng.kit.ngsild.reading import Entity, Instance, Reader

Run = Callable[..., Awaitable[Any]]
AT_ONCE = 100
PAUSE, LONGEST = 2.0, 300.0  # seconds between looks; and when the store fails
ROUND = 3  # on every how manyth look what was told is looked at again
REFUSED = timedelta(seconds=30)  # doubled each time
REFUSED_LONGEST = timedelta(hours=1)
SYSTEM = frozenset({"createdAt", "modifiedAt"})
log = logging.getLogger(__name__)


class Publisher:
    """Tells poles to a broker; ``run`` does something with records, off the loop."""

    def __init__(self, broker: Broker, run: Run) -> None:
        self._broker, self._run = broker, run
        self._task: asyncio.Task[None] | None = None
        self._refused: dict[str, tuple[int, datetime]] = {}  # how often, and until when to wait
        self._looks, self._turn = 0, ""

    def start(self) -> None:
        self._task = asyncio.create_task(self._again())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _again(self) -> None:
        pause = PAUSE
        while True:
            try:
                more = await self.step()
                pause = 0.05 if more else PAUSE
            except Exception:
                pause = min(max(pause, PAUSE) * 2, LONGEST)
                log.exception("poles could not be published; tried again in %d s", pause)
            await asyncio.sleep(pause)

    async def step(self) -> bool:
        """One look; whether more waits."""
        now = clock.now()
        waiting = {pole for pole, (_, until) in self._refused.items() if until > now}
        found = await self._run(telling.unpublished, AT_ONCE, waiting)
        if found:
            await self._tell(found)
        self._looks += 1
        if not found and self._looks % ROUND == 0:
            await self._look_again(waiting)
        return len(found) == AT_ONCE

    async def _look_again(self, waiting: set[str]) -> None:
        found = await self._run(telling.after, self._turn, AT_ONCE)
        self._turn = found[-1].pole if len(found) == AT_ONCE else ""
        await self._tell([each for each in found if each.pole not in waiting])

    async def _tell(self, found: list[Telling]) -> None:
        works = [self._broker.write("", partial(tell, each=each)) for each in found]
        outcomes = list(
            zip(found, await asyncio.gather(*works, return_exceptions=True), strict=True)
        )
        told = [each for each, outcome in outcomes if outcome is None]
        await self._run(telling.mark_published, told)
        for each in told:
            self._refused.pop(each.pole, None)
        for each, outcome in outcomes:
            if isinstance(outcome, NgsiError):
                await self._was_refused(each, outcome)
            elif outcome is not None:
                raise outcome

    async def _was_refused(self, each: Telling, error: NgsiError) -> None:
        often = self._refused.get(each.pole, (0, None))[0] + 1
        wait = min(REFUSED * 2 ** min(often - 1, 16), REFUSED_LONGEST)
        self._refused[each.pole] = often, clock.now() + wait
        log.warning("the broker refuses %s (%s); again in %s", each.entity, error.detail, wait)
        await self._run(telling.mark_refused, each, error.detail)


# --- in the broker's writer -------------------------------------------------------------------


def tell(provision: Provision, each: Telling) -> None:
    """Bring the broker to what the register says of a pole and of what it carries."""
    known = [device for device in each.carried if _stored(provision, device) is not None]
    if each.document is not None:
        document = each.document
        if known:
            document = {**document, entity.DEVICES: {"type": "Relationship", "object": known}}
        _put(provision, Reader(core()).entity(document))
    elif _stored(provision, each.entity) is not None:
        provision.delete(each.entity)
    for device in known:
        leads: Instance = {"type": "Relationship", "object": each.entity}
        _write(provision, device, {POLE: [leads]})
    for device in each.left:
        _leave(provision, device, each.entity)


POLE, DEVICES = core().expand(entity.POLE), core().expand(entity.DEVICES)
# What the register may leave out, and then is to go. Attributes of others stay.
OPTIONAL = frozenset(
    core().expand(name) for name in ("owner", "road", "district", "circuit", "height")
)
OPTIONAL |= {DEVICES}


def _stored(provision: Provision, identity: str) -> Entity | None:
    try:
        return provision.stored(identity)
    except ResourceNotFound:
        return None


def _put(provision: Provision, wanted: Entity) -> None:
    stored = _stored(provision, wanted["id"])
    if stored is None:
        provision.create(wanted)
        return
    _write(provision, wanted["id"], wanted["attrs"], wanted["type"])
    for name in OPTIONAL & (stored["attrs"].keys() - wanted["attrs"].keys()):
        provision.delete_attribute(wanted["id"], name, None, every=True)


def _write(
    provision: Provision,
    identity: str,
    attrs: dict[str, list[Instance]],
    types: list[str] | None = None,
) -> None:
    """Those attributes that say something else so far."""
    stored = provision.stored(identity)
    differ = {
        name: instances
        for name, instances in attrs.items()
        if instances != [_bare(each) for each in stored["attrs"].get(name, ())]
    }
    if differ or not set(types or ()) <= set(stored["type"]):
        fragment: Entity = {"id": identity, "attrs": differ}
        if types:
            fragment["type"] = types
        provision.append(identity, fragment, overwrite=True)


def _bare(instance: Instance) -> Instance:
    return {key: value for key, value in instance.items() if key not in SYSTEM}


def _leave(provision: Provision, device: str, pole: str) -> None:
    """A device that was taken down; where it hangs now, another pole may have said."""
    stored = _stored(provision, device)
    leads = stored["attrs"].get(POLE, ()) if stored else ()
    if any(each.get("object") == pole for each in leads):
        provision.delete_attribute(device, POLE, None, every=True)
