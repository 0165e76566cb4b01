"""The application of the broker: routes, checks and answers for every resource.

It has two doors to one way of answering: ASGI, and RSGI, which costs the server a third less.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote

from pengcheng.domains.sensing.api.broker import Broker
from pengcheng.domains.sensing.web.ngsild.http import (
    JSON,
    LARGEST_BODY,
    TENANT,
    Answer,
    Refusal,
    Request,
    plain,
    problem,
    segments,
    warned,
)
from pengcheng.domains.sensing.web.ngsild.remembering import Remembered, key_of
from pengcheng.domains.sensing.web.ngsild.routes import ROUTES
from pengcheng.kit.ngsild.errors import BadRequestData, NgsiError, ResourceNotFound

Handler = Callable[..., Awaitable[Answer]]
Scope = dict[str, Any]
Parts = AsyncIterator[bytes]
NO_SNAPSHOT = ("snapshots", "jsonldContexts", "info")  # what is never within one
log = logging.getLogger(__name__)


class Face(Protocol):
    """Another standard over the same store."""

    base: str

    async def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: Parts
    ) -> Answer: ...


@dataclass(frozen=True)
class Route:
    pattern: tuple[str, ...]  # "{}" takes any segment
    methods: dict[str, tuple[Handler, frozenset[str]]]

    def match(self, parts: list[str]) -> list[str] | None:
        if len(parts) != len(self.pattern):
            return None
        found = []
        for wanted, given in zip(self.pattern, parts, strict=True):
            if wanted == "{}":
                found.append(given)
            elif wanted != given:
                return None
        return found


def wide(pattern: str) -> re.Pattern[str]:
    """An address in which a URI may have slashes; what stands alone at its end has none."""
    head, more, last = pattern.partition("/attrs/{}/{}")
    if more:
        return re.compile(f"{head.replace('{}', '(.+)')}/attrs/(.+)/([^/:]+:[^/]+){last}")
    return re.compile(pattern.replace("{}", "(.+)"))


class Application:
    """NGSI-LD under ``broker.base``."""

    def __init__(self, broker: Broker, faces: tuple[Face, ...] = ()) -> None:
        """``faces`` answer below other addresses, over the same store."""
        self.broker = broker
        self.faces = faces
        self.remembered = Remembered(broker)
        self.routes: dict[int, list[Route]] = {}
        self._exact = {pattern: each for pattern, each in ROUTES.items() if "{}" not in pattern}
        self._outside = tuple(f"{broker.base}/{each}" for each in NO_SNAPSHOT)
        self._patterns = sorted(
            ((wide(pattern), methods) for pattern, methods in ROUTES.items() if "{}" in pattern),
            key=lambda pair: -len(pair[0].pattern),
        )
        for pattern, methods in ROUTES.items():
            route = Route(tuple(pattern.strip("/").split("/")), methods)
            self.routes.setdefault(len(route.pattern), []).append(route)

    # -- RSGI ----------------------------------------------------------------------------

    def __rsgi_init__(self, loop: Any) -> None:
        loop.run_until_complete(self.broker.start())

    def __rsgi_del__(self, loop: Any) -> None:
        loop.run_until_complete(self.broker.stop())

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        method, path, query, headers = (
            *(scope.method, scope.path, scope.query_string),
            scope.headers,
        )
        if method == "GET":
            kept = self.remembered.find(key_of(path, query, headers))
            if kept is not None:
                protocol.response_bytes(200, kept.text, kept.answer.body)
                return
        given = dict(headers.items())
        answer = await self.answer(method, path, query, given, _sent(protocol, given))
        listed = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in answer.headers]
        if answer.status == 204:
            protocol.response_empty(204, listed)
        elif method == "HEAD":
            listed.append(("content-length", str(len(answer.body))))
            protocol.response_empty(answer.status, listed)
        else:
            protocol.response_bytes(answer.status, listed, answer.body)

    # -- ASGI ----------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.broker.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.broker.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _serve(self, scope: Scope, receive: Any, send: Any) -> None:
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        method = scope["method"]
        path = scope.get("raw_path", b"").decode("latin-1") or scope["path"]
        query = scope["query_string"].decode("latin-1")
        kept = None
        if method == "GET":
            kept = self.remembered.find(key_of(path, query, headers))
        if kept is not None:
            answer = kept.answer
        else:
            answer = await self.answer(method, path, query, headers, _received(receive))
        listed = list(answer.headers)
        if answer.status != 204:
            listed.append((b"content-length", str(len(answer.body)).encode()))
        body = b"" if method == "HEAD" else answer.body
        await send({"type": "http.response.start", "status": answer.status, "headers": listed})
        await send({"type": "http.response.body", "body": body})

    # -- both ----------------------------------------------------------------------------

    async def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: Parts
    ) -> Answer:
        if not path.startswith(self.broker.base):
            for face in self.faces:
                if path.startswith(face.base):
                    return await face.answer(method, path, query, headers, body)
        told = await self._answer(method, path, query, headers, body)
        tenant = headers.get("ngsild-tenant", "")
        if TENANT.match(tenant) and not told.has_header("NGSILD-Tenant"):
            told.with_header("NGSILD-Tenant", tenant)
        return told

    async def _answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: Parts
    ) -> Answer:
        try:
            handler, allowed, captured = self._route(path, method)
            raw = await read(method, headers, body, chunks=False)
            request = Request(self.broker, method, path, query, dict(headers), raw)
            request.read_tenant()
            asked_of = request.tenant
            request.read_params(allowed)
            if not path.startswith(self._outside):
                request.read_snapshot()
            told = warned(await handler(request, *captured), request)
            if asked_of:
                told.with_header("NGSILD-Tenant", asked_of)
            if request.snapshot:
                told.with_header("NGSILD-Snapshot", request.snapshot)
            elif method == "GET":
                self.remembered.keep(key_of(path, query, headers), request, told)
            return told
        except Refusal as refusal:
            return refusal.answer
        except NgsiError as error:
            return problem(error)
        except Exception:
            log.exception("a request failed: %s %s", method, path)
            return problem(NgsiError("Something went wrong here; it was written to the log"))

    def _route(self, path: str, method: str) -> tuple[Handler, frozenset[str], list[str]]:
        rest = path.removeprefix(self.broker.base)
        if rest == path or not rest.startswith("/"):
            raise ResourceNotFound(f"There is nothing at {path}")
        exact = self._exact.get(rest)
        if exact is not None and method in exact:
            return *exact[method], []
        parts = segments(rest[1:].removesuffix("/"))
        for route in self.routes.get(len(parts), ()):
            captured = route.match(parts)
            if captured is None:
                continue
            found = route.methods.get("GET" if method == "HEAD" else method)
            if found is None and method in {"PUT", "PATCH"} and rest == "/entities/":
                raise BadRequestData("The id of the entity is not there")  # 5.6.17.4, 5.6.18.4
            if found is None:
                raise Refusal(plain(405, Allow=", ".join(route.methods)))
            return found[0], found[1], captured
        return self._wide(path, rest, method)

    def _wide(self, path: str, rest: str, method: str) -> tuple[Handler, frozenset[str], list[str]]:
        """An address with a URI in it whose slashes the server has decoded already."""
        for pattern, methods in self._patterns:
            found = pattern.fullmatch(unquote(rest))
            if found is None:
                continue
            wanted = methods.get("GET" if method == "HEAD" else method)
            if wanted is None:
                raise Refusal(plain(405, Allow=", ".join(methods)))
            return wanted[0], wanted[1], list(found.groups())
        raise ResourceNotFound(f"There is nothing at {path}")


async def _sent(protocol: Any, headers: Mapping[str, str]) -> Parts:
    """The parts of a body as RSGI hands them over; all at once if its length is known."""
    if "content-length" in headers:
        yield await protocol()
        return
    async for part in protocol:
        yield part


async def _received(receive: Any) -> Parts:
    """The parts of a body as ASGI hands them over."""
    while True:
        message = await receive()
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


async def read(
    method: str, headers: Mapping[str, str], body: Parts, *, chunks: bool = True
) -> bytes:
    """The body. Without ``chunks`` a request that has one says how long it is (6.3.4)."""
    if method in {"GET", "HEAD", "DELETE", "OPTIONS"}:
        return b""
    length = headers.get("content-length")
    if length is None and not (chunks and "transfer-encoding" in headers):
        raise Refusal(plain(411))
    if length is not None and (not length.isdigit() or int(length) > LARGEST_BODY):
        raise Refusal(plain(413, Content_Type=JSON))
    parts, size = [], 0
    async for part in body:
        size += len(part)
        if size > LARGEST_BODY:
            raise Refusal(plain(413, Content_Type=JSON))
        parts.append(part)
    return b"".join(parts)
