"""A backlog of readings at once, such as a data set that is replayed: the same way, without a door.

Only while nothing else writes to the store of the broker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from pengcheng.domains.devices.contracts import Reading
from pengcheng.domains.devices.ops.crew import condition_of, write_down
from pengcheng.domains.devices.ops.directory import Directory
from pengcheng.domains.devices.ops.intake import Intake
from pengcheng.domains.devices.ops.reading import store
from pengcheng.domains.sensing.api.broker import Broker
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource

CHUNK = 2000
DOOR = "replay"


def feed(context: Context, said: Mapping[str, Sequence[Reading]]) -> int:
    """Readings by the name of the device; gives how many were stored."""
    directory = Directory()
    directory.load()
    with act(context, "devices.device.save", Resource(kind="readings")) as acting:
        count = asyncio.run(_feed(directory, said))
        write_down([condition_of(directory.by_name[name]) for name in said])
        acting.note(count=count)
    return count


async def _feed(directory: Directory, said: Mapping[str, Sequence[Reading]]) -> int:
    broker = Broker(store())
    await broker.start()
    intake, count = Intake(broker, directory), 0
    for name, readings in said.items():
        for start in range(0, len(readings), CHUNK):
            part = readings[start : start + CHUNK]
            count += (await intake.take(directory.by_name[name], part, door=DOOR)).stored
    await broker.stop()
    return count
