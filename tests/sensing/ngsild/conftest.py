"""A broker of its own for each test, asked through its ASGI door without a server."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from aiohttp import web

from pengcheng.domains.sensing.api.broker import Broker
from pengcheng.domains.sensing.ops.rolled.catalogue import micros
from pengcheng.domains.sensing.ops.rolled.rolling import Rolled
from pengcheng.domains.sensing.ops.rolled.source import Age
from pengcheng.domains.sensing.web.ngsild.app import Application
from pengcheng.kernel import clock

BASE = "/ngsi-ld/v1"
LINKED = "application/ld+json"


@dataclass
class Reply:
    status: int
    headers: dict[str, list[str]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str:
        return ", ".join(self.headers.get(name.lower(), []))

    @property
    def kind(self) -> str:
        """The last part of the error's type."""
        return str(self.json["type"]).rsplit("/", 1)[-1]


class Client:
    """Speaks to the broker as a client would, one request at a time."""

    def __init__(self, broker: Broker, loop: asyncio.AbstractEventLoop) -> None:
        self.broker, self.loop = broker, loop
        self.application = Application(broker)

    def __call__(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **options: Any
    ) -> Reply:
        headers = {
            key.replace("_", "-").lower(): value
            for key, value in options.pop("headers", {}).items()
        }
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        if method in {"POST", "PATCH", "PUT"}:
            headers.setdefault("content-type", "application/json")
            headers.setdefault("content-length", str(len(data)))
        return self.loop.run_until_complete(self._ask(method, path, data, headers, options))

    async def _ask(
        self, method: str, path: str, data: bytes, headers: dict[str, str], query: dict[str, Any]
    ) -> Reply:
        scope = {
            "type": "http",
            "method": method,
            "path": BASE + path,
            "query_string": urlencode(query).encode(),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": data}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.application(scope, receive, send)
        found: dict[str, list[str]] = {}
        for key, value in sent[0]["headers"]:
            found.setdefault(key.decode().lower(), []).append(value.decode("latin-1"))
        return Reply(sent[0]["status"], found, sent[1]["body"])

    def get(self, path: str, **options: Any) -> Reply:
        return self("GET", path, **options)

    def post(self, path: str, body: Any, **options: Any) -> Reply:
        return self("POST", path, body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> Reply:
        return self("PATCH", path, body, **options)

    def put(self, path: str, body: Any, **options: Any) -> Reply:
        return self("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> Reply:
        return self("DELETE", path, **options)

    def until(self, condition: Callable[[], Any], seconds: float = 60.0) -> None:
        """Let the broker's own tasks run until something has happened."""

        async def wait() -> None:
            async with asyncio.timeout(seconds):
                while not condition():
                    await asyncio.sleep(0.005)

        self.loop.run_until_complete(wait())

    def rest(self, seconds: float = 0.05) -> None:
        """Time in which something that must not happen could happen."""
        self.loop.run_until_complete(asyncio.sleep(seconds))


def database_url(folder: Path, name: str) -> str:
    """SQLite, or on the PostgreSQL lane a database of this worker, emptied."""
    url = os.environ.get("PENGCHENG_DATABASE_URL", "")
    if not url.startswith("postgres"):
        return f"sqlite:///{folder / 'live.sqlite3'}"
    name = f"broker_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{name}"
    head, _, tail = url.partition("?")
    own = f"{head.rpartition('/')[0]}/{name}" + (f"?{tail}" if tail else "")
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            empty(own)
        else:
            connection.execute(f'CREATE DATABASE "{name}"')
    return own


def empty(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE tablename LIKE 'ngsild%'"
        ).fetchall()
        if tables:
            connection.execute("TRUNCATE " + ", ".join(name for (name,) in tables))


@contextmanager
def running(folder: Path, name: str = "one") -> Iterator[Client]:
    """A broker with its loop; the loop runs while something is asked or waited for."""
    loop = asyncio.new_event_loop()
    broker = Broker(database_url(folder, name), hosts=frozenset({"*"}), files=folder / "history")
    loop.run_until_complete(broker.start())
    try:
        yield Client(broker, loop)
    finally:
        loop.run_until_complete(broker.stop())
        loop.close()


FAR = datetime(2099, 1, 1, tzinfo=UTC)


def roll(client: Client, before: datetime = FAR) -> list[Rolled]:
    """Into files, by the broker that serves: what is older than a date."""
    age = Age(micros(before), micros(clock.now() + timedelta(seconds=1)))
    return client.loop.run_until_complete(client.broker.keeper.roll(age))


@pytest.fixture
def ngsi(tmp_path: Path) -> Iterator[Client]:
    with running(tmp_path) as client:
        yield client


@dataclass
class Receiver:
    """An endpoint that keeps what it was sent and answers as it is told."""

    url: str
    got: list[tuple[dict[str, str], Any]]
    status: int = 200


@pytest.fixture
def receiver(ngsi: Client) -> Iterator[Receiver]:
    found = Receiver("", [])

    async def take(request: web.Request) -> web.Response:
        found.got.append((dict(request.headers), json.loads(await request.read())))
        return web.Response(status=found.status)

    site, url = ngsi.loop.run_until_complete(serve({("POST", "/{any:.*}"): take}))
    found.url = f"{url}/notify"
    yield found
    ngsi.loop.run_until_complete(site.cleanup())


async def serve(handlers: dict[tuple[str, str], Any]) -> tuple[web.AppRunner, str]:
    """A small server on a free port of this machine."""
    application = web.Application()
    for (method, path), handler in handlers.items():
        application.router.add_route(method, path, handler)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert runner.addresses
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


def vehicle(number: int = 1, **attributes: Any) -> dict[str, Any]:
    return {"id": f"urn:ngsi-ld:Vehicle:{number}", "type": "Vehicle", **attributes}
