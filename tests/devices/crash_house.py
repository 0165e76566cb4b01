"""The process that a test kills: the listener and the store, with two devices known by heart."""

from __future__ import annotations

import asyncio
import sys

import django

PROFILE = {"id": "p", "zh": "p", "en": "p", "entity_type": "Device", "learns": True}


async def main(url: str, port: int) -> None:
    from pengcheng.domains.devices.api.intake import Crew, Directory, House, Intake, Known
    from pengcheng.domains.devices.contracts import Profile
    from pengcheng.domains.devices.ops.registry import digest
    from pengcheng.domains.sensing.api.broker import Broker, iri
    from pengcheng.kit.mqtt.listener import listen

    broker, directory = Broker(url), Directory()
    for name, rate in (("steady", 100_000), ("flood", 20)):
        entity = f"urn:ngsi-ld:Device:{name}"
        profile = Profile(**PROFILE)
        known = Known(name, name, entity, iri("Device"), profile, rate=rate)
        directory.by_id[name] = directory.by_name[name] = known
        directory.marks["token", digest(name)] = name
    crew = Crew(directory)
    house = House(Intake(broker, directory), crew)
    await broker.start()
    server = await listen(house, "127.0.0.1", port, bucket=house.bucket)
    await server.serve_forever()


if __name__ == "__main__":
    django.setup()
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
