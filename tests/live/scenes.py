"""The live side spoken to as ASGI, over a store that the test fills."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from pengcheng.shell.live.app import Live
from pengcheng.shell.live.frames import Row
from pengcheng.shell.live.hub import Hub

RECORDED, RAISED = "sensing.observation.recorded", "command.incident.raised"


class MemoryStore:
    """An outbox in memory; sessions are told by their key."""

    def __init__(self, *rows: Row, **sessions: Iterable[str]) -> None:
        self.rows = list(rows)
        self.sessions = sessions
        self.looks = 0
        self.broken = False

    def newest(self) -> int:
        return max((row.position for row in self.rows), default=0)

    def after(self, position: int, limit: int) -> list[Row]:
        self.looks += 1
        if self.broken:
            raise OSError("the database is away")
        return [row for row in self.rows if row.position > position][:limit]

    def roles(self, session_key: str) -> frozenset[str]:
        return frozenset(self.sessions.get(session_key, ()))

    def happen(self, type: str, data: str = '{"n":1}') -> int:
        position = self.newest() + 1
        self.rows.append(Row(position, f"id-{position}", type, "s/1", "2026-11-22T04:00:00Z", data))
        return position


class Client:
    """One HTTP request to the application, read piece by piece."""

    def __init__(self, app: Live, path: str, query: str, headers: dict[str, str], method: str):
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.reading = asyncio.Event()
        self.reading.set()
        raw = [(k.lower().encode(), v.encode()) for k, v in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": raw,
                 "query_string": query.encode()}  # fmt: skip
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self.reading.wait()
        await self.sent.put(message)

    async def start(self) -> int:
        message = await asyncio.wait_for(self.sent.get(), 5)
        return int(message["status"])

    async def text(self, until: str) -> str:
        """What came, until this was in it."""
        found = ""
        while until not in found:
            message = await asyncio.wait_for(self.sent.get(), 5)
            found += message.get("body", b"").decode()
            if not message.get("more_body"):
                break
        assert until in found, found
        return found


@asynccontextmanager
async def city(store: MemoryStore) -> AsyncIterator[Any]:
    """The application; every client that was opened is closed with the block."""
    app, clients = Live(Hub(lambda: store)), []

    def open_client(
        query: str = "", path: str = "/live/events", method: str = "GET", **headers: str
    ) -> Client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client = Client(app, path, query, named, method)
        clients.append(client)
        return client

    open_client.hub = app.hub  # type: ignore[attr-defined]
    try:
        yield open_client
    finally:
        for client in clients:
            client.gone.set()
            client.reading.set()
        await asyncio.wait_for(
            asyncio.gather(*(client.task for client in clients), return_exceptions=True), 10
        )
        assert len(app.hub) == 0
