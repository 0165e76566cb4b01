"""The process that hears devices: the ingest door on a Unix socket, MQTT and the signalling of
cameras on ports if they are set. It writes to the store of the context broker.
"""

from __future__ import annotations

import asyncio
import gc
import os
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from granian import Granian
from granian.constants import Interfaces

from pengcheng.shell.changing import broker_secrets
from pengcheng.shell.home import home
from pengcheng.shell.processes import cameras
from pengcheng.shell.processes.broker import history_days, operator_key
from pengcheng.shell.processes.standards import Doors, Standards
from pengcheng.shell.processes.things import Things
from pengcheng.shell.processes.web import COMMON, socket_path


def ingest_socket(folder: Path) -> Path:
    return socket_path(folder).with_name("ingest.sock")


def serve(socket: Path) -> None:
    """Serve until told to stop. One worker: sessions and the directory live in its memory."""
    socket.unlink(missing_ok=True)
    Granian(
        "pengcheng.shell.processes.devices:make_app",
        factory=True,
        uds=socket,
        uds_permissions=0o600,
        interface=Interfaces.RSGI,
        backpressure=1024,
        **COMMON,
    ).serve()


def make_app() -> Any:
    gc.set_threshold(100_000, 50, 100)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pengcheng.shell.settings")
    import django

    django.setup()
    from django.utils.module_loading import import_string

    from pengcheng.domains.devices.api.intake import Crew, Directory, House, Intake
    from pengcheng.domains.sensing.api.broker import Broker, strict_of

    database = os.environ.get("PENGCHENG_BROKER_DATABASE", "")
    strict = strict_of(os.environ.get("PENGCHENG_BROKER_STRICT", ""))
    database = database or f"sqlite:///{home() / 'live.sqlite3'}"
    broker = Broker(database, strict=strict, rolled_after=history_days())
    directory = Directory()
    house = House(Intake(broker, directory), Crew(directory))
    faces = import_string("pengcheng.domains.sensing.web.faces.faces")(broker)
    gate = standards(broker, house, faces)
    port = os.environ.get("PENGCHENG_MQTT_PORT", "")
    if port:
        house.things = things(house, faces[0], gate, int(port))
    life = Life(broker, house)
    ingest = import_string("pengcheng.domains.devices.web.ingest.Application")(
        house, life.start, life.stop
    )
    return Doors(ingest, gate)


def standards(broker: Any, house: Any, faces: Any) -> Standards:
    """SensorThings over the same store."""
    from django.utils.module_loading import import_string

    from pengcheng.kernel.context import Actor, Context
    from pengcheng.kernel.permits import allowed

    application = import_string("pengcheng.domains.sensing.web.ngsild.app.Application")
    operator_key(home())
    stranger = Context(actor=Actor(id="", kind="anonymous"))
    return Standards(
        application(broker, faces),
        house,
        broker_secrets(home()),
        open_=allowed(stranger, "sensing.open.read"),
    )


def things(house: Any, face: Any, gate: Standards, port: int) -> Things:
    """SensorThings by MQTT, with the rights of its HTTP."""
    from django.utils.module_loading import import_string

    from pengcheng.domains.devices.api.intake import visitor

    public = os.environ.get("PENGCHENG_PUBLIC_URL", "").rstrip("/")
    root = public or f"http://localhost:{os.environ.get('PENGCHENG_PORT', '8000')}"
    scheme = "mqtts" if os.environ.get("PENGCHENG_MQTT_CERTIFICATE") else "mqtt"
    face.mqtt = (f"{scheme}://{urlsplit(root).hostname}:{port}",)
    watching = import_string("pengcheng.domains.sensing.web.sta.watching.Watching")
    return Things(gate, face, watching(house.intake.broker, f"{root}{face.base}"), visitor)


class Life:
    """Beginning and end of all that serves here."""

    def __init__(self, broker: Any, house: Any) -> None:
        self.broker, self.house = broker, house
        self.listener: Any = None
        self.outside: Any = None
        self.telling: asyncio.Task[None] | None = None
        self.poles = publisher(broker, house)
        self.cameras: cameras.Signalling | None = None
        self.tellers = cameras.publisher(broker, house.crew.run)

    async def start(self) -> None:
        await self.broker.start()
        await self.house.crew.start(self.house.carry)
        self.poles.start()
        await self.tellers.start()
        self.outside = outside(self.house)
        self.cameras = await cameras.start()
        port = os.environ.get("PENGCHENG_MQTT_PORT", "")
        if not port:
            return
        from pengcheng.kit.mqtt.listener import listen

        self.telling = asyncio.create_task(self.house.things.run())

        address = os.environ.get("PENGCHENG_MQTT_ADDRESS", "127.0.0.1")
        self.listener = await listen(
            self.house, address, int(port), bucket=self.house.bucket, tls=tls()
        )

    async def stop(self) -> None:
        if self.listener is not None:
            self.listener.close()
        if self.outside is not None:
            self.outside.stop()
        if self.telling is not None:
            self.telling.cancel()
        await self.poles.stop()
        await self.tellers.stop()
        if self.cameras is not None:
            await self.cameras.stop()
        await self.house.intake.stop()
        await self.house.crew.stop()
        await self.broker.stop()


def publisher(broker: Any, house: Any) -> Any:
    """Tells the poles to the store; records go through the thread that all records go through."""
    from pengcheng.domains.poles.api.publishing import Publisher

    return Publisher(broker, house.crew.run)


def outside(house: Any) -> Any:
    """Our line to another broker, if one is set."""
    url = os.environ.get("PENGCHENG_MQTT_URL", "")
    if not url:
        return None
    from pengcheng.domains.devices.api.intake import Outside

    topics = os.environ.get("PENGCHENG_MQTT_TOPICS", "devices/+/#,spBv1.0/#").split(",")
    name = os.environ.get("PENGCHENG_MQTT_NAME", "pengcheng")
    found = Outside(house, url, [each.strip() for each in topics if each.strip()], name)
    found.start()
    return found


def tls() -> ssl.SSLContext | None:
    """Encrypted if a certificate is given; devices may show theirs, and are known by it."""
    certificate = os.environ.get("PENGCHENG_MQTT_CERTIFICATE", "")
    if not certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, os.environ.get("PENGCHENG_MQTT_KEY") or None)
    issuers = os.environ.get("PENGCHENG_MQTT_ISSUERS", "")
    if issuers:
        context.load_verify_locations(issuers)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context
