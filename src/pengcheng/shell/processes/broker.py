"""The process of the context broker: one lean RSGI application with one writer."""

from __future__ import annotations

import gc
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from pengcheng.shell.changing import Changing, broker_secrets
from pengcheng.shell.home import home

HEAD = "authorization"


@dataclass(frozen=True)
class Place:
    database: str
    key: Path


def prepare(database: str, *, open_: bool, hosts: str) -> Place:
    """Say to the process that will serve what it is to serve; make the key if there is none."""
    folder = home()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = Place(database or f"sqlite:///{folder / 'live.sqlite3'}", folder / "broker.key")
    operator_key(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pengcheng.shell.settings")
    os.environ["PENGCHENG_BROKER_DATABASE"] = place.database
    os.environ["PENGCHENG_BROKER_HOSTS"] = hosts
    os.environ["PENGCHENG_BROKER_OPEN"] = "1" if open_ else "0"
    return place


def history_days() -> int:
    """How long after its end a month of history stays in rows; 0 is for ever."""
    return max(0, int(os.environ.get("PENGCHENG_HISTORY_DAYS") or 30))


def operator_key(folder: Path) -> str:
    """The key of whoever runs the store; made when it is first asked for."""
    path = folder / "broker.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text().strip()


def serve(address: str, port: int) -> None:
    """Serve until told to stop. One worker: the index of subscriptions lives in its memory."""
    Granian(
        "pengcheng.shell.processes.broker:make_app",
        factory=True,
        address=address,
        port=port,
        interface=Interfaces.RSGI,
        workers=1,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        backpressure=1024,
        workers_kill_timeout=10,
    ).serve()


def make_app() -> Any:
    # What is kept from request to request is many small objects that never form cycles: looking
    # through them as often as Python does by default takes a tenth of the time.
    gc.set_threshold(100_000, 50, 100)
    import django

    django.setup()
    from django.utils.module_loading import import_string

    from pengcheng.domains.sensing.api.broker import Broker, strict_of

    hosts = os.environ["PENGCHENG_BROKER_HOSTS"]
    broker = Broker(
        os.environ["PENGCHENG_BROKER_DATABASE"],
        hosts=frozenset(each.strip() for each in hosts.split(",") if each.strip()),
        strict=strict_of(os.environ.get("PENGCHENG_BROKER_STRICT", "")),
        rolled_after=history_days(),
        apart=True,
    )
    faces = import_string("pengcheng.domains.sensing.web.faces.faces")(broker)
    application = import_string("pengcheng.domains.sensing.web.ngsild.app.Application")(
        broker, faces
    )
    if os.environ["PENGCHENG_BROKER_OPEN"] == "1":
        return application
    return Guarded(application, broker_secrets(home()))


class Guarded:
    """Lets in whoever has the key; for a while also the one before it."""

    def __init__(self, application: Any, keys: Changing) -> None:
        self.application = application
        self.keys = keys
        self.__rsgi_init__ = application.__rsgi_init__
        self.__rsgi_del__ = application.__rsgi_del__

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        given = (scope.headers.get(HEAD) or "").encode()
        known = [f"Bearer {key}".encode() for key in self.keys.accepted()]
        if any([hmac.compare_digest(given, each) for each in known]):
            await self.application.__rsgi__(scope, protocol)
        else:
            protocol.response_empty(401, [("www-authenticate", "Bearer")])
