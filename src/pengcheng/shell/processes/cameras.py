"""Hearing cameras: GB/T 28181 signalling on a port if one is set, in the process of devices."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

TICK = 1.0
log = logging.getLogger(__name__)


class Signalling:
    """The listener with its thread of records and its clock."""

    def __init__(self, house: Any, close: Callable[[], Awaitable[None]], thread: Any) -> None:
        self.house, self.close, self.thread = house, close, thread
        self.clock = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                await self.house.tick()
            except Exception:
                log.exception("cameras: a regular task failed; it is tried again")

    async def stop(self) -> None:
        from django.db import connections

        self.clock.cancel()
        await self.close()
        await self.house.write()
        await self.house.run(connections.close_all)
        self.thread.shutdown()


def publisher(broker: Any, run: Callable[..., Any]) -> Any:
    """Tells the cameras to the store of the context broker."""
    from pengcheng.domains.cameras.api.listening import Publisher

    return Publisher(broker, run)


async def start() -> Signalling | None:
    """None when no port is set."""
    from pengcheng.domains.cameras import api
    from pengcheng.domains.cameras.api.listening import Directory, House, listen

    desk = api.desk()
    if not desk.port:
        return None
    thread = ThreadPoolExecutor(1, thread_name_prefix="cameras-records")

    async def run(work: Callable[..., Any], *given: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(thread, partial(_fresh, work, *given))

    directory = Directory()
    house = House(directory, desk, run)
    await run(directory.load)
    address = os.environ.get("PENGCHENG_SIP_ADDRESS", "127.0.0.1")
    close = await listen(house.lines, address, desk.port)
    return Signalling(house, close, thread)


def _fresh(work: Callable[..., Any], *given: Any) -> Any:
    from django.db import close_old_connections

    close_old_connections()
    return work(*given)
