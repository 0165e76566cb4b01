"""The ASGI application on the public port."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path

from pengcheng.shell.front import answers
from pengcheng.shell.front.answers import Refusal, Send
from pengcheng.shell.front.proxy import Proxy, Receive, Scope

App = Callable[[Scope, Receive, Send], Awaitable[None]]
LIVE = "/live/"
INGEST = ("/ingest/", "/sta/")  # readings go to the process that has their store

NO_LIVE = Refusal(
    404,
    "shell.live.not_found",
    "没有这个实时频道",
    "There is no such live channel",
    "请检查网址。",
    "Check the address.",
)


class Front:
    """Live paths here, everything else to Django; nothing of Django is imported."""

    def __init__(
        self,
        make_proxy: Callable[[], Proxy],
        live: App | None,
        make_ingest: Callable[[], Proxy] | None = None,
    ) -> None:
        self.make_proxy = make_proxy
        self.make_ingest = make_ingest
        self.live = live
        self.proxy: Proxy | None = None
        self.ingest: Proxy | None = None
        if hasattr(live, "refusals"):
            live.refusals = self._pass_on  # type: ignore[union-attr]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_die(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(LIVE):
            await (self.live or _no_live)(scope, receive, send)
            return
        if self.make_ingest is not None and scope["path"].startswith(INGEST):
            if self.ingest is None:
                self.ingest = self.make_ingest()
            await self.ingest(scope, receive, send)
            return
        await self._pass_on(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.proxy is None:
            self.proxy = self.make_proxy()
        await self.proxy(scope, receive, send)

    async def _live_and_die(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The live side has a life of its own (its watcher), so it hears the same messages."""
        self.proxy = self.make_proxy()
        try:
            if self.live is not None:
                await self.live(scope, receive, send)
                return
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        finally:
            await self.proxy.close()
            if self.ingest is not None:
                await self.ingest.close()


async def _no_live(scope: Scope, receive: Receive, send: Send) -> None:
    await answers.answer(send, NO_LIVE, scope)


def live_app() -> App | None:
    """The live side, if this installation has one."""
    try:
        if find_spec("pengcheng.shell.live.app") is None:
            return None
    except ModuleNotFoundError:
        return None
    from pengcheng.shell.live.app import app

    return app


def make_app() -> Front:
    """The application of a running city, as its environment describes it."""
    socket = Path(os.environ["PENGCHENG_SOCKET"])
    trusted = frozenset(filter(None, os.environ.get("PENGCHENG_TRUSTED_PROXIES", "").split(",")))
    ingest = socket.with_name("ingest.sock")
    return Front(lambda: Proxy(socket, trusted), live_app(), lambda: Proxy(ingest, trusted))
