"""Finding @contexts: built in, hosted here, or fetched once and kept (clauses 4.4, 5.13).

Fetching is bounded in size, time and depth. Which hosts may be asked is a setting: without it
nothing outside is asked, and private addresses are refused unless they are named.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import socket
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from pengcheng.kernel import clock
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.contexts import CORE_URL, CORE_URLS, ActiveContext, checked, core
from pengcheng.kit.ngsild.errors import BadRequestData, LdContextNotAvailable

if TYPE_CHECKING:
    import aiohttp

LARGEST = 2 << 20
SECONDS = 8
MOST_KEPT = 512
DEEPEST = 6
ACCEPT = {"Accept": "application/ld+json, application/json;q=0.9"}


@dataclass(frozen=True)
class Outgoing:
    """Whom the broker may call: names of hosts; ``*`` is everybody, private addresses included."""

    hosts: frozenset[str]

    async def allows(self, url: str) -> bool:
        """Only a name that is not on the list has to be looked up, beside the loop."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https", "mqtt", "mqtts"} or not parts.hostname:
            return False
        if "*" in self.hosts or parts.hostname in self.hosts:
            return True
        return "public" in self.hosts and not await asyncio.to_thread(private, parts.hostname)


def private(host: str) -> bool:
    """Whether a name leads into a private network; one that leads nowhere counts as such."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return True
    return any(not ipaddress.ip_address(str(each[4][0]).split("%")[0]).is_global for each in found)


@dataclass
class Cached:
    """A document that was fetched, with what the metadata tell of it (5.13.4)."""

    url: str
    body: Any
    created: str
    last_usage: str
    hits: int = 0


class Contexts:
    """Turns references to contexts into processed ones, and keeps both."""

    def __init__(self, outgoing: Outgoing, hosted: Callable[[str], Any], base: str) -> None:
        self.outgoing = outgoing
        self.base = base
        self.implicit: dict[str, Cached] = {}
        self._hosted = hosted
        self.cached: OrderedDict[str, Cached] = OrderedDict()
        self._active: OrderedDict[str, ActiveContext] = OrderedDict()
        self._session: aiohttp.ClientSession | None = None
        self._locks: dict[str, asyncio.Lock] = {}

    def address_of(self, source: Any) -> str:
        """Where a context that came inline can be read again: made when first told of (5.13)."""
        name = digest(source)
        self.implicit.setdefault(name, Cached(name, {"@context": source}, _now(), _now()))
        return f"{self.base}/jsonldContexts/{name}"

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def forget(self, url: str) -> None:
        """A document changed or went: what was made of it is made anew."""
        self.cached.pop(url, None)
        self._active.clear()

    def holds(self, source: str | None, context: ActiveContext) -> bool:
        """Whether a URL still leads to what it led to; counts as its use."""
        if source is None or source in CORE_URLS:
            return True
        if self._active.get(source) is not context:
            return False
        self._count(source)
        return True

    async def active(self, source: Any) -> ActiveContext:
        """The processed context of a URL, an object or a list of both."""
        if source in (None, [], "") or (isinstance(source, str) and source in CORE_URLS):
            return core()
        key = source if isinstance(source, str) else orjson.dumps(source).decode()
        found = self._active.get(key)
        if found is None:
            checked(source)
            definitions: list[dict[str, Any]] = []
            await self._collect(source, definitions, 0)
            found = ActiveContext(definitions, _without_core(source))
            self._active[key] = found
            if len(self._active) > MOST_KEPT:
                self._active.popitem(last=False)
        else:
            self._count(source)
        return found

    def _count(self, source: Any) -> None:
        """A use of each kept document that is named."""
        for each in source if isinstance(source, list) else (source,):
            kept = self.find(each) if isinstance(each, str) else None
            if kept is not None:
                self.used(kept)

    def find(self, url: str) -> Cached | None:
        """What is kept of a URL: a document that was fetched, or one that came in a request."""
        if self.implicit and url not in self.cached:
            return self.implicit.get(url.rpartition("/jsonldContexts/")[2])
        return self.cached.get(url)

    async def _collect(self, source: Any, found: list[dict[str, Any]], depth: int) -> None:
        if depth > DEEPEST:
            raise BadRequestData("The @context leads through too many documents")
        if isinstance(source, list):
            for each in source:
                await self._collect(each, found, depth)
        elif isinstance(source, str):
            if source not in CORE_URLS:
                await self._collect(await self.document(source), found, depth + 1)
        elif isinstance(source, dict):
            inner = source.get("@context")
            await self._collect(inner, found, depth + 1) if inner else found.append(source)
        elif source is not None:
            raise BadRequestData("The @context is neither a URL, nor an object, nor a list")

    async def document(self, url: str) -> Any:
        """What stands at a URL: hosted here, kept, or fetched."""
        hosted = self._hosted(url)
        if hosted is not None:
            return hosted
        kept = self.find(url)
        if kept is None:
            async with self._locks.setdefault(url, asyncio.Lock()):
                kept = self.cached.get(url) or self.keep(url, await self.fetch(url))
            self._locks.pop(url, None)
        self.used(kept)
        return kept.body

    def used(self, kept: Cached) -> None:
        kept.hits += 1
        kept.last_usage = _now()

    def keep(self, url: str, body: Any) -> Cached:
        now = _now()
        self.cached[url] = kept = Cached(url, body, now, now)
        if len(self.cached) > MOST_KEPT:
            self.cached.popitem(last=False)
        return kept

    async def fetch(self, url: str) -> Any:
        """Ask for a document. None is LdContextNotAvailable; what is no @context, is the fault of
        whoever names it (5.5.6).
        """
        if not terms.is_uri(url):
            raise BadRequestData(f"{url[:100]!r} is no URL of an @context")
        if not await self.outgoing.allows(url):
            raise LdContextNotAvailable(f"{url} may not be asked: it is not on the list of hosts")
        body = document_of(url, await self._bytes(url))
        if not isinstance(body, dict) or "@context" not in body:
            raise BadRequestData(f"{url} is no JSON-LD @context")
        return body

    async def _bytes(self, url: str) -> bytes:
        import aiohttp  # slow to import, and most processes never ask anybody

        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout)
        try:
            async with self._session.get(url, headers=ACCEPT, max_redirects=4) as answer:
                if answer.status != 200:
                    raise LdContextNotAvailable(f"{url} answered {answer.status}")
                return await answer.content.read(LARGEST + 1)
        except (aiohttp.ClientError, TimeoutError, OSError) as reason:
            raise LdContextNotAvailable(f"{url} cannot be fetched: {reason}") from reason


def document_of(url: str, data: bytes) -> Any:
    if len(data) > LARGEST:
        raise LdContextNotAvailable(f"{url} is larger than {LARGEST} bytes")
    try:
        return orjson.loads(data)
    except ValueError as reason:
        raise BadRequestData(f"{url} is not JSON") from reason


def _now() -> str:
    return terms.stamp(clock.now())


def _without_core(source: Any) -> Any:
    """What an answer names: the core stays implicit."""
    if isinstance(source, list):
        own = [each for each in source if not (isinstance(each, str) and each in CORE_URLS)]
        if len(own) == 1:
            return own[0]
        return own or CORE_URL
    return source


def digest(source: Any) -> str:
    """A name for a context that a request carried in its body."""
    return hashlib.sha256(orjson.dumps(source, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24]
