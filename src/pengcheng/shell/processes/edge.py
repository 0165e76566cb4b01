"""The edge agent: takes readings where the devices are, keeps them, and sends them to the city in
order when it can be reached. At least once: the city drops what comes twice.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from pengcheng.kernel import clock
from pengcheng.kit.spool import Spool

CHUNK = 200  # messages in one request to the city
LARGEST = 256 << 10
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
UNFIT = {413, 422}  # what can never be read must not stop what comes after it
TIMES = {"ts", "timestamp", "time", "observedAt", "at"}
log = logging.getLogger(__name__)


class Edge:
    """`POST /readings` and `POST /gateway` here, as at the city; 202 when it is on our disk."""

    def __init__(self, city: str, token: str, spool: Spool) -> None:
        self.city, self.token, self.spool = city.rstrip("/"), token, spool
        self.sent = self.refused = 0
        self._more = asyncio.Event()
        self._pause = FIRST_PAUSE
        self._chunk = CHUNK

    def application(self) -> web.Application:
        found = web.Application(client_max_size=LARGEST)
        found.add_routes(
            [
                web.post("/readings", self.take),
                web.post("/gateway", self.take),
                web.get("/", self.state),
            ]
        )
        found.cleanup_ctx.append(self._sending)
        return found

    async def _sending(self, application: web.Application) -> Any:
        task = asyncio.create_task(self.send())
        yield
        task.cancel()

    async def take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            document = json.loads(raw)
        except (ValueError, RecursionError):
            return web.json_response({"error": "not JSON"}, status=422)
        body = json.dumps([request.path.strip("/"), stamped(document)]).encode()
        loop = asyncio.get_running_loop()
        try:
            gone = await loop.run_in_executor(None, self.spool.put, [body])
        except Exception:
            log.exception("a message could not be kept")
            return web.json_response({"error": "the disk is full"}, status=507)
        if gone:
            log.warning("the queue is full: %d of the oldest messages were thinned out", gone)
        self._more.set()
        return web.json_response({"waiting": self.spool.waiting}, status=202)

    async def state(self, request: web.Request) -> web.Response:
        facts = {"waiting": self.spool.waiting, "dropped": self.spool.dropped}
        return web.json_response(facts | {"sent": self.sent, "refused": self.refused})

    async def send(self) -> None:
        """Send what waits, for ever; the pause after a failure grows."""
        async with aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=aiohttp.ClientTimeout(total=60),
        ) as session:
            while True:
                self._more.clear()
                waiting = self.spool.head(self._chunk)
                if not waiting:
                    await self._more.wait()
                    continue
                if await self._some(session, waiting):
                    self._pause = FIRST_PAUSE
                    continue
                await asyncio.sleep(self._pause)
                self._pause = min(self._pause * 2, LONGEST_PAUSE)

    async def _some(self, session: aiohttp.ClientSession, waiting: list[tuple[int, bytes]]) -> bool:
        """Send the first messages that go the same way as one; whether there is progress."""
        way, last, together = "", 0, []
        for number, body in waiting:
            kind, document = json.loads(body)
            if way and (kind != way or kind == "gateway"):
                break
            way, last = kind, number
            together += document if isinstance(document, list) else [document]
        count = last - waiting[0][0] + 1
        body = json.dumps(together[0] if way == "gateway" else together).encode()
        status = await self._posted(session, way, body)
        if status in UNFIT and count > 1:
            self._chunk = 1  # one of them is bad: the others need not go with it
            return True
        if status != 200 and status not in UNFIT:
            log.warning("the city answered %s; it is asked again", status or "nothing")
            return False
        self._chunk = min(self._chunk * 2, CHUNK)
        self.refused += status in UNFIT
        self.sent += count if status == 200 else 0
        self.spool.drop(last)
        return True

    async def _posted(self, session: aiohttp.ClientSession, way: str, body: bytes) -> int:
        """The city's answer; 0 if there was none."""
        try:
            async with session.post(
                f"{self.city}/ingest/{way}",
                data=body,
                headers={"Content-Type": "application/json"},
            ) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0


def stamped(document: Any) -> Any:
    """A message without a time gets ours: it may be days until it arrives."""
    now = round(clock.now().timestamp() * 1000)
    if isinstance(document, list):
        return [stamped(each) for each in document]
    if not isinstance(document, Mapping) or TIMES & document.keys():
        return document
    if any(isinstance(each, list) for each in document.values()):
        return {name: stamped(each) for name, each in document.items()}  # of a gateway
    return {"ts": now, "values": document}


def serve(city: str, token: str, folder: Path, *, address: str, port: int, most: int) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    spool = Spool(folder / "edge.sqlite3", most=most)

    async def make() -> web.Application:
        return Edge(city, token, spool).application()

    web.run_app(make(), host=address, port=port, print=None)
