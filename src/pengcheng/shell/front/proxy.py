"""Passing a request to Django over a Unix socket, and its answer back, both as streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from pengcheng.shell.front import answers
from pengcheng.shell.front.answers import Refusal, Send
from pengcheng.shell.front.checks import body_length, refusal
from pengcheng.shell.front.headers import for_client, for_django, origin

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

CONNECTIONS = 64
BODY_PAUSE = 30.0  # longest silence in the middle of a body
# Idle connections are ours to close first: granian closes them after 30 s.
KEEP_ALIVE = 15.0
TIMEOUT = aiohttp.ClientTimeout(total=None, connect=10, sock_connect=5, sock_read=60)
ADDED_BY_AIOHTTP = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class ClientGone(Exception):
    """The client broke off while it was still sending."""


class ClientSlow(Exception):
    """The client fell silent in the middle of its body."""


class Proxy:
    """One pool of kept connections to the process of Django."""

    def __init__(self, socket: Path, trusted: frozenset[str] = frozenset()) -> None:
        self.trusted = trusted
        connector = aiohttp.UnixConnector(
            path=str(socket), limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE
        )
        self.session = aiohttp.ClientSession(
            connector=connector,
            timeout=TIMEOUT,
            cookie_jar=aiohttp.DummyCookieJar(),  # one person's cookie is never another's
            auto_decompress=False,
            skip_auto_headers=ADDED_BY_AIOHTTP,
        )

    async def close(self) -> None:
        await self.session.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = refusal(scope)
        if refused is not None:
            await answers.answer(send, refused, scope)
            return
        passed = _Passing(send)
        problem = await self._pass(scope, receive, passed)
        if problem is None:
            return
        if passed.started:
            # Half an answer is out: breaking the connection is the only honest end.
            raise ConnectionAbortedError(problem.code)
        await answers.answer(send, problem, scope)

    async def _pass(self, scope: Scope, receive: Receive, send: _Passing) -> Refusal | None:
        try:
            async with self._request(scope, receive) as response:
                await _send_back(response, send)
        except (ClientGone, ClientSlow) as reason:
            return answers.CLIENT_SLOW if isinstance(reason, ClientSlow) else None
        except aiohttp.ConnectionTimeoutError:
            return answers.BUSY
        except aiohttp.ClientConnectorError:
            return answers.STARTING
        except TimeoutError:
            return answers.SLOW
        except (aiohttp.ClientError, OSError) as error:
            return _cause(error)
        return None

    def _request(self, scope: Scope, receive: Receive) -> Any:
        client, scheme = origin(scope, self.trusted)
        headers = for_django(scope["headers"], client=client, scheme=scheme)
        length = body_length(scope["headers"])
        return self.session.request(
            scope["method"],
            _target(scope),
            headers=headers,
            data=_body(receive, length) if length else None,
            allow_redirects=False,
        )


class _Passing:
    """The way back, which remembers whether anything has gone out."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.started = False

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        self.started = True
        await self.send(message)


def _cause(error: BaseException) -> Refusal | None:
    """aiohttp wraps what the body's stream raised; the client's fault is not Django's."""
    step: BaseException | None = error
    while step is not None:
        if isinstance(step, ClientGone):
            return None
        if isinstance(step, ClientSlow):
            return answers.CLIENT_SLOW
        step = step.__cause__ or step.__context__
    return answers.BROKEN


def _target(scope: Scope) -> URL:
    """The address as the client wrote it: decoding and joining are Django's business."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = raw.split(b"?", 1)[0].decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    path = path if path.startswith("/") else f"/{path}"
    return URL(f"http://django{path}{'?' if query else ''}{query}", encoded=True)


async def _body(receive: Receive, length: int) -> AsyncIterator[bytes]:
    """The body's pieces, exactly as many bytes as were announced."""
    left = length
    while left:
        try:
            message = await asyncio.wait_for(receive(), BODY_PAUSE)
        except TimeoutError as reason:
            raise ClientSlow from reason
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")[:left]
        left -= len(piece)
        if piece:
            yield piece
        if left and not message.get("more_body", False):
            raise ClientGone


async def _send_back(response: aiohttp.ClientResponse, send: Send) -> None:
    headers = for_client(response.raw_headers)
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    async for piece in response.content.iter_any():
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
