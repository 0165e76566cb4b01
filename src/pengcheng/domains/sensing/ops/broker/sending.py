"""How a request reaches a context source, and how its answer is read (4.3.6.4 to 4.3.6.8)."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from pengcheng.kernel import clock
from pengcheng.kit.ngsild import conforming, narrowing, registrations, renaming, terms
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import (
    BadGateway,
    GatewayTimeout,
    InvalidAnswer,
    NgsiError,
    OperationNotSupported,
    of_document,
)
from pengcheng.kit.ngsild.registrations import Document
from pengcheng.kit.ngsild.series import duration

if TYPE_CHECKING:
    import aiohttp

if TYPE_CHECKING:
    from pengcheng.domains.sensing.ops.broker.core import Broker

SECONDS = 5.0
MOST_BYTES = 16 << 20  # of one answer
MOST_CACHED = 256
REL = "http://www.w3.org/ns/json-ld#context"
JSON, LD = "application/json", "application/ld+json"
FROM_REQUEST = "urn:ngsi-ld:request"
# Keys of contextSourceInfo with a meaning of their own, and what a connection decides.
NO_HEADERS = frozenset(
    {"jsonldcontext", "ngsildconformance", "accept", "contenttype", "ngsild-tenant", "host"}
    | {"content-type", "link", "via", "content-length", "transfer-encoding", "connection"}
)


@dataclass(frozen=True)
class Call:
    """A request to be passed on: path below /ngsi-ld/v1, and in whose names its body is."""

    method: str
    path: str
    context: ActiveContext
    body: Any = None
    params: Mapping[str, str] | None = None
    via: str = ""
    tenant: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # of the request that caused it
    entity_map: str = ""
    by_body: bool = False  # a query that goes by POST


@dataclass(frozen=True)
class Reply:
    """What a source answered: its body, in which names, and the EntityMap it used."""

    status: int
    body: Any
    context: ActiveContext
    entity_map: str = ""
    more: bool = False  # there is another page
    location: str = ""  # of what was made
    warnings: tuple[str, ...] = ()  # of sources behind it


class Sending:
    """Calls to context sources, with what their registrations ask for."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self._session: aiohttp.ClientSession | None = None
        self._failed: dict[str, float] = {}  # by endpoint: when it last failed
        self._kept: OrderedDict[bytes, tuple[float, Reply]] = OrderedDict()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, source: Document, operation: str, call: Call) -> Reply:
        """Raises what the source answered as an error, or BadGateway or GatewayTimeout."""
        if not registrations.supports(source, operation):
            raise OperationNotSupported(f"{source['id']} does not take {operation}")
        call = await self._localized(source, call)
        call = _posted(call) if call.by_body else call
        url = address(source["endpoint"], call.path)
        if not await self.broker.outgoing.allows(url):
            raise BadGateway(f"{url} is not on the list of hosts")
        self._cooling(source)
        key = orjson.dumps([source["id"], url, call.params, call.context.source, call.tenant])
        kept = self._cached(source, key) if call.method == "GET" else None
        if kept is not None:
            return kept
        reply = await self._asked(source, url, call)
        if call.method == "GET" and "cacheDuration" in source.get("management", {}):
            self._kept[key] = (time.monotonic(), reply)
            if len(self._kept) > MOST_CACHED:
                self._kept.popitem(last=False)
        return reply

    async def _asked(self, source: Document, url: str, call: Call) -> Reply:
        import aiohttp  # slow to import, and most processes never ask anybody

        if self._session is None:
            self._session = aiohttp.ClientSession()
        seconds = float(source.get("management", {}).get("timeout", SECONDS * 1000)) / 1000
        try:
            async with self._session.request(
                call.method,
                url,
                params=call.params or None,
                data=self._payload(source, call),
                headers=self.headers(source, call),
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as answer:
                raw, status, heads = await _read(answer, url), answer.status, answer.headers
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as reason:
            self._count(source, failed=True)
            self._failed[source["endpoint"]] = time.monotonic()
            kind = GatewayTimeout if isinstance(reason, TimeoutError) else BadGateway
            raise kind(f"{url} did not answer: {reason}") from reason
        self._count(source, failed=status >= 400)
        if status >= 500:
            self._failed[source["endpoint"]] = time.monotonic()
        body = _json(raw)
        warnings = tuple(heads.getall("NGSILD-Warning", ()))
        if status >= 400:
            error = of_document(body if isinstance(body, dict) else {}, status)
            error.warnings = warnings
            raise error
        more = any('rel="next"' in each for each in heads.getall("Link", []))
        told = (heads.get(each, "") for each in ("NGSILD-EntityMap", "Location"))
        entity_map, location = told
        return Reply(status, body, call.context, entity_map, more, location, warnings)

    # -- what the registration asks for ----------------------------------------------------

    async def _localized(self, source: Document, call: Call) -> Call:
        """In the names that the source knows, in its version, and local if it must be."""
        info = info_of(source)
        if "jsonldContext" in info:
            own = await self.broker.contexts.active(info["jsonldContext"])
            call = replace(
                call,
                context=own,
                body=renaming.body(call.body, call.context, own),
                params=renaming.params(call.params or {}, call.context, own),
            )
        if "ngsildConformance" in info and call.body is not None:
            call = replace(call, body=conforming.amended(call.body, info["ngsildConformance"]))
        if source.get("localOnly") or source.get("management", {}).get("localOnly"):
            call = replace(call, params={**(call.params or {}), "local": "true"})
        return call

    def _cooling(self, source: Document) -> None:
        pause = source.get("management", {}).get("cooldown")
        failed = self._failed.get(source["endpoint"])
        if pause and failed is not None and time.monotonic() - failed < pause / 1000:
            raise GatewayTimeout(f"{source['endpoint']} failed a moment ago")

    def _cached(self, source: Document, key: bytes) -> Reply | None:
        found = self._kept.get(key)
        text = source.get("management", {}).get("cacheDuration")
        span = duration(text) if text else None
        if found is None or span is None:
            return None
        seconds = (clock.now() + span - clock.now()).total_seconds()
        return found[1] if time.monotonic() - found[0] < seconds else None

    def headers(self, source: Document, call: Call) -> dict[str, str]:
        via = f"1.1 {self.broker.alias_of(call.tenant)}"
        info = info_of(source)
        headers = {
            "Via": f"{call.via}, {via}" if call.via else via,
            "Accept": info.get("accept", JSON),
        }
        if source.get("tenant"):
            headers["NGSILD-Tenant"] = source["tenant"]
        if call.entity_map:
            headers["NGSILD-EntityMap"] = call.entity_map
        kind = media(source, call)
        if call.body is not None:
            headers["Content-Type"] = kind
        if isinstance(call.context.source, str) and (call.body is None or kind == JSON):
            headers["Link"] = f'<{call.context.source}>; rel="{REL}"; type="{LD}"'
        if "ngsildConformance" in info:
            headers["Prefer"] = f"ngsi-ld={info['ngsildConformance']}"
        return headers | self._more(info, call)

    @staticmethod
    def _more(info: Mapping[str, str], call: Call) -> dict[str, str]:
        found = {}
        for key, said in info.items():
            value = call.headers.get(key.lower()) if said == FROM_REQUEST else said
            if key.lower() not in NO_HEADERS and value is not None:
                found[key] = value
        return found

    @staticmethod
    def _payload(source: Document, call: Call) -> bytes | None:
        if call.body is None:
            return None
        body = call.body
        if media(source, call) == LD:
            body = with_context(body, call.context.source)
        return orjson.dumps(body)

    @staticmethod
    def _count(source: Document, *, failed: bool) -> None:
        now = terms.stamp(clock.now())
        source["timesSent"] = source.get("timesSent", 0) + 1
        if failed:
            source["timesFailed"] = source.get("timesFailed", 0) + 1
        source |= {"lastFailure" if failed else "lastSuccess": now}
        source["status"] = "failed" if failed else "ok"


async def _read(answer: aiohttp.ClientResponse, url: str) -> bytes:
    """The whole body; one that is too long counts as one that cannot be read."""
    found = bytearray()
    async for chunk in answer.content.iter_any():
        found += chunk
        if len(found) > MOST_BYTES:
            raise InvalidAnswer(f"{url} sent more than {MOST_BYTES} bytes")
    return bytes(found)


def _posted(call: Call) -> Call:
    """A query by POST (6.23)."""
    body, params = narrowing.document(call.params or {})
    return replace(call, method="POST", path="/entityOperations/query", body=body, params=params)


def info_of(source: Document) -> dict[str, str]:
    return {pair["key"]: pair["value"] for pair in source.get("contextSourceInfo", ())}


def media(source: Document, call: Call) -> str:
    """Plain JSON with a Link, or JSON-LD if the names were given in a body."""
    info = info_of(source)
    if "jsonldContext" in info:
        return JSON
    if info.get("contentType") == LD or not isinstance(call.context.source, str):
        return LD
    return JSON


def with_context(body: Any, source: Any) -> Any:
    if isinstance(body, list):
        return [with_context(each, source) for each in body]
    return {**body, "@context": source} if isinstance(body, dict) else body


def address(endpoint: str, path: str) -> str:
    base = endpoint.rstrip("/")
    return f"{base}{path}" if base.endswith("/ngsi-ld/v1") else f"{base}/ngsi-ld/v1{path}"


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw) if raw else None
    except ValueError:
        return None


def warning(agent: str, error: NgsiError) -> str:
    """How a consumer hears of a source that did not answer (6.3.17)."""
    text = error.detail.replace('"', "'").replace("\n", " ")[:200]
    code = 199 if error.status in {502, 504, 508} else 299
    if isinstance(error, InvalidAnswer):
        code = 111
    return f'{code} {agent} "{text}"'
