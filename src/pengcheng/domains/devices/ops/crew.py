"""What the process that hears devices does beside hearing: it keeps its directory fresh, writes
down how devices do, and carries commands. All records of the city go through one thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from django.db import close_old_connections, connections

from pengcheng.domains.devices import models
from pengcheng.domains.devices.contracts import CommandState
from pengcheng.domains.devices.ops import commanding
from pengcheng.domains.devices.ops.directory import Directory, Known
from pengcheng.kernel import clock

T = TypeVar("T")
REFRESH, WRITE, CARRY = 1.0, 2.0, 0.5
WRITTEN = (
    *("seen_at", "connected", "door", "stored", "duplicates", "refused", "refused_at"),
    *("skew", "connects", "changes", "flaws"),
)
log = logging.getLogger(__name__)


class Crew:
    """Tasks beside the listener."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="devices-records")
        self._tasks: list[asyncio.Task[None]] = []
        self._loading: asyncio.Future[Any] | None = None

    async def start(self, carry: Callable[[], Awaitable[None]]) -> None:
        await self.run(self.directory.load)
        await self.run(models.Condition.objects.filter(connected=True).update, connected=False)
        for pause, work in (
            (REFRESH, self.refresh),
            (WRITE, self.write),
            (CARRY, carry),
        ):
            self._tasks.append(asyncio.create_task(self._again(pause, work)))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.write()
        await self.run(connections.close_all)
        self._thread.shutdown()

    async def run(self, work: Callable[..., T], /, *values: Any, **named: Any) -> T:
        """Something with records, off the loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(_fresh, work, *values, **named))

    async def _again(self, pause: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(pause)
            try:
                await work()
            except Exception:
                log.exception("devices: a regular task failed; it is tried again")

    async def refresh(self) -> None:
        """Whoever asks meanwhile waits for the same reading."""
        if self._loading is None or self._loading.done():
            self._loading = asyncio.ensure_future(self.run(self.directory.load))
        await asyncio.shield(self._loading)

    async def write(self) -> None:
        dirty = [each for each in list(self.directory.by_id.values()) if each.dirty]
        for each in dirty:
            each.dirty = False
        if dirty:
            await self.run(write_down, [condition_of(each) for each in dirty])

    async def move(self, command: str, state: CommandState, result: str = "") -> None:
        await self.run(commanding.move, command, state, result)


def condition_of(known: Known) -> models.Condition:
    return models.Condition(
        device_id=known.id,
        seen_at=known.seen_at,
        connected=known.connections > 0,
        door=known.door,
        stored=known.stored,
        duplicates=known.duplicates,
        refused=known.refused,
        refused_at=known.refused_at,
        skew=known.skew // 1_000_000,
        connects=[each.isoformat() for each in known.connects[-10:]],
        changes={key: at.isoformat() for key, at in known.changes.items()},
        flaws=list(known.flaws),
    )


def write_down(rows: list[models.Condition]) -> None:
    for start in range(0, len(rows), 500):
        models.Condition.objects.bulk_create(
            rows[start : start + 500],
            update_conflicts=True,
            unique_fields=["device"],
            update_fields=WRITTEN,
        )


def _fresh(work: Callable[..., T], *values: Any, **named: Any) -> T:
    close_old_connections()
    return work(*values, **named)


def connected(known: Known) -> None:
    known.connections += 1
    known.connects = [*known.connects[-9:], clock.now()]
    known.dirty = True


def parted(known: Known) -> None:
    known.connections = max(0, known.connections - 1)
    known.dirty = True
