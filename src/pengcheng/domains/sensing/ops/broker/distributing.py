"""Operations that reach other brokers: who is asked, how, and what becomes of it (4.3.6, 5.12).

An exclusive or redirect source takes its part of a request away from us; an inclusive one gets a
copy; an auxiliary one only fills gaps when something is read. Nobody is asked who has been asked
already: each broker that passes a request on signs it in the Via header.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson

from pengcheng.kernel import clock
from pengcheng.kit.ngsild import registrations, terms
from pengcheng.kit.ngsild.choosing import TypeSelection
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import BadGateway, NgsiError, OperationNotSupported, of_document
from pengcheng.kit.ngsild.reading import Entity, Instance, Reader
from pengcheng.kit.ngsild.registrations import Asked, Document

if TYPE_CHECKING:
    from pengcheng.domains.sensing.ops.broker.core import Broker

SECONDS = 5.0
TAKING = {"exclusive", "redirect"}
PSEUDONYM = re.compile(r"\d\.\d\s+([^\s,]+)")
REL = "http://www.w3.org/ns/json-ld#context"
LINKED = "application/ld+json"
KEPT_HEADERS = ("ngsild-tenant", "content-type", "link", "accept", "via", "content-length")


@dataclass(frozen=True)
class Part:
    """What of a request concerns one source: ``names`` empty means everything."""

    source: Document
    names: frozenset[str]

    @property
    def mode(self) -> str:
        return str(self.source.get("mode", "inclusive"))

    @property
    def takes(self) -> bool:
        return self.mode in TAKING


@dataclass(frozen=True)
class Call:
    """A request to be passed on: path below /ngsi-ld/v1, and in whose names its body is."""

    method: str
    path: str
    context: ActiveContext
    body: Any = None
    params: Mapping[str, str] | None = None
    via: str = ""


class Distributing:
    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    # -- who -----------------------------------------------------------------------------

    def parts(
        self,
        tenant: str,
        *,
        types: TypeSelection | Sequence[str] | None = None,
        ids: Iterable[str] = (),
        pattern: re.Pattern[str] | None = None,
        names: Iterable[str] = (),
        via: str = "",
    ) -> list[Part]:
        """The sources that match, those that take before those that copy."""
        seen = set(PSEUDONYM.findall(via))
        if self.broker.alias in seen:
            return []
        wanted = frozenset(names)
        asked = Asked(
            types=_selection(types), ids=frozenset(ids), pattern=pattern, attributes=wanted
        )
        found = []
        for document in self.broker.registering.listed(tenant):
            if document.get("contextSourceAlias") in seen:
                continue
            kept = registrations.filtered(document, asked)
            if kept is not None:
                found.append(Part(document, _names(kept, wanted)))
        order = {"exclusive": 0, "redirect": 1, "inclusive": 2, "auxiliary": 3}
        return sorted(found, key=lambda part: order[part.mode])

    # -- asking --------------------------------------------------------------------------

    async def send(self, part: Part, operation: str, call: Call) -> tuple[int, Any]:
        """Pass a request on; raises what the source answered as an error, or BadGateway."""
        if not registrations.supports(part.source, operation):
            raise OperationNotSupported(f"{part.source['id']} does not take {operation}")
        url = _address(part.source["endpoint"], call.path)
        if not await asyncio.to_thread(self.broker.outgoing.allows, url):
            raise BadGateway(f"{url} is not on the list of hosts")
        if self._session is None:
            self._session = aiohttp.ClientSession()
        try:
            async with self._session.request(
                call.method,
                url,
                params=call.params or None,
                data=None if call.body is None else orjson.dumps(_with_context(call)),
                headers=self._headers(part.source, call),
                timeout=aiohttp.ClientTimeout(total=SECONDS),
            ) as answer:
                raw = await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as reason:
            self._count(part.source, failed=True)
            raise BadGateway(f"{url} did not answer: {reason}") from reason
        self._count(part.source, failed=status >= 400)
        body = _json(raw)
        if status >= 400:
            raise of_document(body if isinstance(body, dict) else {}, status)
        return status, body

    def _headers(self, source: Document, call: Call) -> dict[str, str]:
        via = f"1.1 {self.broker.alias}"
        headers = {"Via": f"{call.via}, {via}" if call.via else via, "Accept": "application/json"}
        if source.get("tenant"):
            headers["NGSILD-Tenant"] = source["tenant"]
        link = call.context.source
        if call.body is not None:
            plain = isinstance(link, str)
            headers["Content-Type"] = "application/json" if plain else LINKED
        if isinstance(link, str):
            headers["Link"] = f'<{link}>; rel="{REL}"; type="{LINKED}"'
        for pair in source.get("contextSourceInfo", ()):
            if pair["key"].lower() not in KEPT_HEADERS and pair["key"] != "jsonldContext":
                headers[pair["key"]] = pair["value"]
        return headers

    @staticmethod
    def _count(source: Document, *, failed: bool) -> None:
        now = terms.stamp(clock.now())
        source["timesSent"] = source.get("timesSent", 0) + 1
        if failed:
            source["timesFailed"] = source.get("timesFailed", 0) + 1
        source |= {"lastFailure" if failed else "lastSuccess": now}
        source["status"] = "failed" if failed else "ok"

    # -- reading -------------------------------------------------------------------------

    async def retrieve(self, parts: list[Part], call: Call, local: Entity | None) -> Entity | None:
        """One entity from everywhere, merged (5.7.1)."""
        answers = await self._ask(parts, "retrieveEntity", call)
        found = local
        for part, body in answers:
            remote = read(body, part, call.context)
            if remote is not None:
                found = merged(found, remote, fills=part.mode == "auxiliary")
        return found

    async def query(self, parts: list[Part], call: Call) -> list[tuple[Part, Entity]]:
        """Entities that sources answered to a query (5.7.2)."""
        found = []
        for part, body in await self._ask(parts, "queryEntity", call):
            for each in body if isinstance(body, list) else [body]:
                remote = read(each, part, call.context)
                if remote is not None:
                    found.append((part, remote))
        return found

    async def _ask(self, parts: list[Part], operation: str, call: Call) -> list[tuple[Part, Any]]:
        """All at once; a source that fails or does not take the operation is left out."""
        able = [part for part in parts if registrations.supports(part.source, operation)]
        asked = [self.send(part, operation, call) for part in able]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        found = []
        for part, answer in zip(able, answers, strict=True):
            if isinstance(answer, NgsiError):
                continue
            if isinstance(answer, BaseException):
                raise answer
            found.append((part, answer[1]))
        return found


def _selection(types: TypeSelection | Sequence[str] | None) -> TypeSelection | None:
    if types is None or isinstance(types, TypeSelection):
        return types
    wanted = frozenset(types)
    return TypeSelection(lambda found: not wanted.isdisjoint(found), wanted) if wanted else None


def _names(document: Document, wanted: frozenset[str]) -> frozenset[str]:
    """Which attributes the matching information speaks of; empty is all of them."""
    names: set[str] = set()
    for info in document["information"]:
        own = {*info.get("propertyNames", ()), *info.get("relationshipNames", ())}
        if not own:
            return frozenset()
        names |= own
    return frozenset(names & wanted if wanted else names)


def _address(endpoint: str, path: str) -> str:
    base = endpoint.rstrip("/")
    return f"{base}{path}" if base.endswith("/ngsi-ld/v1") else f"{base}/ngsi-ld/v1{path}"


def _with_context(call: Call) -> Any:
    if isinstance(call.context.source, str) or not isinstance(call.body, dict):
        return call.body
    return {**call.body, "@context": call.context.source}


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw) if raw else None
    except ValueError:
        return None


# --- merging (4.5.5) --------------------------------------------------------------------


def read(body: Any, part: Part, context: ActiveContext) -> Entity | None:
    """What a source answered, in the inner form, without what it did not register for."""
    if not isinstance(body, dict):
        return None
    try:
        found = Reader(context, history=False).entity({**body, "@context": None})
    except NgsiError:
        return None
    for key in ("createdAt", "modifiedAt"):
        if isinstance(body.get(key), str):
            found[key] = body[key]
    if part.names:
        found["attrs"] = {name: e for name, e in found["attrs"].items() if name in part.names}
    return found


def merged(local: Entity | None, remote: Entity, *, fills: bool) -> Entity:
    """Two versions of an entity: of each instance the more recent one (4.5.5.3)."""
    if local is None:
        return remote
    found = {**local, "attrs": dict(local["attrs"])}
    found["type"] = list(dict.fromkeys([*local["type"], *remote["type"]]))
    for name, instances in remote["attrs"].items():
        known = list(found["attrs"].get(name, ()))
        if known and fills:
            continue
        for each in instances:
            old = next((e for e in known if e.get("datasetId") == each.get("datasetId")), None)
            if old is None:
                known.append(each)
            elif _newer(each, old):
                known[known.index(old)] = each
        found["attrs"][name] = known
    return found


def _newer(one: Instance, other: Instance) -> bool:
    for key in ("observedAt", "modifiedAt"):
        if key in one and key in other:
            return terms.instant(one[key]) > terms.instant(other[key])
        if key in one and key == "observedAt":
            return True
        if key in other and key == "observedAt":
            return False
    return False
