"""The live side as an ASGI application: ``/live/events?topics=incidents,observations``."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from pengcheng.kernel import clock
from pengcheng.shell.front.answers import Refusal, answer
from pengcheng.shell.home import session_cookie
from pengcheng.shell.live import frames, topics
from pengcheng.shell.live.hub import Hub, Listener
from pengcheng.shell.live.store import open_store

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

EVENTS = "/live/events"
BEAT_SECONDS = 10.0
# A stream ends after this long and the browser comes back by itself: so a right that was taken
# away or a session that was ended does not outlive it.
STREAM_SECONDS = 600.0
SEND_SECONDS = 20.0
MOST_LISTENERS = 2000

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


def _refusal(status: int, code: str, texts: tuple[str, str, str, str]) -> Refusal:
    return Refusal(status, f"shell.live.{code}", *texts, retry_after=5 if status == 503 else 0)


NOT_FOUND = _refusal(
    404,
    "not_found",
    ("没有这个实时频道", "There is no such live channel", "请检查网址。", "Check the address."),
)
METHOD = _refusal(405, "method", ("只支持 GET", "Only GET is possible", "请使用 GET。", "Use GET."))
TOPIC = _refusal(
    400,
    "topic_unknown",
    (
        "没有这个主题",
        "There is no such topic",
        "可用主题：observations、limits、incidents。",
        "Topics: observations, limits, incidents.",
    ),
)
DENIED = _refusal(
    403,
    "denied",
    (
        "您没有收听该主题的权限",
        "You may not listen to this topic",
        "请使用有权限的账户登录。",
        "Sign in with an account that has the right.",
    ),
)
FULL = _refusal(
    503,
    "full",
    (
        "实时连接已满",
        "There are too many live connections",
        "请稍后再试。",
        "Please try again in a moment.",
    ),
)


class Live:
    """The application; one hub a process. It reads and never writes, so the refusal of somebody
    who is signed in goes to ``refusals``, the side that can put it into the audit."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.refusals: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_die(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live_and_die(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.hub.close()
        await self.hub.rest()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        names = topics.asked(_query(scope))
        refusal = _unfit(scope, names)
        if refusal is None and len(self.hub) >= MOST_LISTENERS:
            refusal = FULL
        if refusal is None and names is not None:
            roles = await self._roles(scope)
            if topics.refused(names, roles):
                refusal = DENIED
                if roles and self.refusals is not None:
                    await self.refusals(scope, receive, send)
                    return
        if refusal is not None or names is None:
            await answer(send, refusal or TOPIC, scope)
            return
        listener = Listener(topics.prefixes(names))
        try:
            await self.hub.join(listener, _last_id(scope))
            await _stream(listener, names, receive, send)
        finally:
            await self.hub.leave(listener)

    async def _roles(self, scope: Scope) -> frozenset[str]:
        key = _session_key(scope)
        if not key:
            return frozenset()
        return await asyncio.to_thread(self.hub.store.roles, key)


async def _stream(listener: Listener, names: tuple[str, ...], receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    hello = frames.named("hello", {"topics": list(names), "at": clock.now().isoformat()})
    gone = asyncio.create_task(_gone(receive))
    ended = asyncio.create_task(listener.dropped.wait())
    sending = asyncio.create_task(_send_all(listener, frames.RETRY + hello, send))
    tasks = {gone, ended, sending}
    try:
        await asyncio.wait(tasks, timeout=STREAM_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if not gone.done() or gone.cancelled():
        await _end(send)


async def _send_all(listener: Listener, first: bytes, send: Send) -> None:
    frame = first
    while True:
        body = {"type": "http.response.body", "body": frame, "more_body": True}
        await asyncio.wait_for(send(body), SEND_SECONDS)
        try:
            frame = await asyncio.wait_for(listener.queue.get(), BEAT_SECONDS)
        except TimeoutError:
            frame = frames.named("beat", {"at": clock.now().isoformat()})


async def _end(send: Send) -> None:
    try:
        await asyncio.wait_for(send({"type": "http.response.body", "body": b""}), 1.0)
    except Exception:
        # The client is gone or does not read: there is nobody left to tell.
        return


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _unfit(scope: Scope, names: tuple[str, ...] | None) -> Refusal | None:
    if scope["path"] != EVENTS:
        return NOT_FOUND
    if scope["method"] != "GET":
        return METHOD
    return TOPIC if names is None else None


def _query(scope: Scope) -> str:
    found = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=10)
    return ",".join(found.get("topics", []))


def _header(scope: Scope, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key.lower() == name:
            return str(value.decode("latin-1"))
    return ""


def _last_id(scope: Scope) -> int | None:
    """Where the client left off; EventSource says it in a header when it comes back."""
    given = _header(scope, b"last-event-id")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def _session_key(scope: Scope) -> str:
    try:
        cookies = SimpleCookie(_header(scope, b"cookie"))
    except CookieError:
        return ""
    name = session_cookie()
    return cookies[name].value if name in cookies else ""


app = Live(Hub(lambda: open_store(os.environ.get("PENGCHENG_DATABASE_URL", ""))))
