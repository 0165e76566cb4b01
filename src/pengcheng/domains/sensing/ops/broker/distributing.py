"""Operations that reach other brokers: who is asked, and what becomes of it (4.3.6, 5.12).

An exclusive or redirect source takes its part of a request away from us; an inclusive one gets a
copy; an auxiliary one only fills gaps when something is read. Nobody is asked who has been asked
already: each broker that passes a request on signs it in the Via header.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pengcheng.domains.sensing.ops.broker.sending import Call, Reply, Sending, warning
from pengcheng.kernel import clock
from pengcheng.kit.ngsild import ending, registrations, terms
from pengcheng.kit.ngsild.choosing import TypeSelection
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import InvalidAnswer, LoopDetected, NgsiError
from pengcheng.kit.ngsild.reading import Entity, Instance, Reader
from pengcheng.kit.ngsild.registrations import Asked, Document

if TYPE_CHECKING:
    from pengcheng.domains.sensing.ops.broker.core import Broker

TAKING = {"exclusive", "redirect"}
PSEUDONYM = re.compile(r"\d\.\d\s+([^\s,]+)")
LOOP = LoopDetected("The request has been here before")
PAGE, MOST_PAGES = 1000, 20  # how much is read of one source


@dataclass(frozen=True)
class Part:
    """What of a request concerns one source: ``names`` empty means everything."""

    source: Document
    names: frozenset[str]
    information: tuple[Document, ...] = ()  # what of the registration matched

    @property
    def id(self) -> str:
        return str(self.source["id"])

    @property
    def mode(self) -> str:
        return str(self.source.get("mode", "inclusive"))

    @property
    def takes(self) -> bool:
        return self.mode in TAKING

    def supports(self, operation: str) -> bool:
        return registrations.supports(self.source, operation)


@dataclass
class Gathered:
    """What sources answered, and what is to be said of those that did not."""

    replies: list[tuple[Part, Reply]] = field(default_factory=list)
    failed: list[tuple[Part, NgsiError]] = field(default_factory=list)
    looped: list[Part] = field(default_factory=list)  # not asked: the request came from there

    def warnings(self) -> list[str]:
        told = [each for _, reply in self.replies for each in reply.warnings]
        told += [each for _, error in self.failed for each in error.warnings]
        told += [warning(part.id, error) for part, error in self.failed if error.status != 404]
        return told + [warning(part.id, LOOP) for part in self.looped]


class Distributing:
    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.sending = Sending(broker)

    async def close(self) -> None:
        await self.sending.close()

    # -- who -----------------------------------------------------------------------------

    def parts(
        self,
        tenant: str,
        *,
        types: TypeSelection | Sequence[str] | None = None,
        ids: Iterable[str] = (),
        names: Iterable[str] = (),
        shown: Iterable[str] | None = None,
        via: str = "",
        **more: Any,
    ) -> list[Part]:
        """The sources that match, those that take before those that copy.

        ``names`` are the attributes to be matched, ``shown`` those to be taken over; ``more`` is
        what else is asked for.
        """
        seen = self.seen(via)
        if self.broker.alias_of(tenant) in seen:
            return []
        asked = Asked(
            types=_selection(types),
            ids=frozenset(ids),
            attributes=frozenset(names),
            anywhere=True,
            **more,
        )
        wanted = asked.attributes if shown is None else frozenset(shown)
        found = []
        for document in self.broker.registering.listed(tenant):
            if document.get("contextSourceAlias") in seen:
                continue
            kept = registrations.filtered(document, asked)
            if kept is not None:
                found.append(Part(document, _names(kept, wanted), tuple(kept["information"])))
        order = {"exclusive": 0, "redirect": 1, "inclusive": 2, "auxiliary": 3}
        return sorted(found, key=lambda part: order[part.mode])

    @staticmethod
    def seen(via: str) -> set[str]:
        """The brokers through which a request has come."""
        return set(PSEUDONYM.findall(via))

    def loops(self, tenant: str, via: str) -> bool:
        """Whether a request has been here before."""
        return bool(via) and self.broker.alias_of(tenant) in self.seen(via)

    # -- asking --------------------------------------------------------------------------

    async def send(self, part: Part, operation: str, call: Call) -> Reply:
        """Pass a request on; raises what the source answered as an error, or BadGateway."""
        return await self.sending.send(part.source, operation, call)

    async def ask(self, parts: Sequence[Part], operation: str, call: Call) -> Gathered:
        """All at once that take the operation; who fails is left out and named."""
        return await self.each([(part, call) for part in parts], operation)

    async def each(self, calls: Sequence[tuple[Part, Call]], operation: str) -> Gathered:
        able = [(part, call) for part, call in calls if part.supports(operation)]
        asked = [self.send(part, operation, call) for part, call in able]
        found = Gathered()
        for (part, _), answer in zip(
            able, await asyncio.gather(*asked, return_exceptions=True), strict=True
        ):
            if isinstance(answer, NgsiError):
                found.failed.append((part, answer))
            elif isinstance(answer, BaseException):
                raise answer
            else:
                found.replies.append((part, answer))
        return found

    # -- reading -------------------------------------------------------------------------

    async def retrieve(
        self, calls: list[tuple[Part, Call]], local: Entity | None
    ) -> tuple[Entity | None, Gathered]:
        """One entity from everywhere, merged (5.7.1)."""
        gathered = await self.each(calls, "retrieveEntity")
        found = local
        for part, reply in gathered.replies:
            try:
                remote = read(reply.body, part, reply.context)
            except InvalidAnswer as error:
                gathered.failed.append((part, error))
                continue
            if not over(remote):
                found = merged(found, remote, fills=part.mode == "auxiliary")
        return found, gathered

    async def query(
        self, calls: list[tuple[Part, Call]], *, loose: bool = False
    ) -> tuple[list[tuple[Part, Entity]], Gathered]:
        """Entities that sources answered to a query (5.7.2), all their pages.

        ``loose``: also such as they did not register for, when two patterns met (5.12).
        """
        gathered, found = Gathered(), []
        read_of: dict[str, int] = {}  # how many elements each source sent
        for _page in range(MOST_PAGES):
            if not calls:
                break
            answers = await self._queried(calls)
            gathered.replies += answers.replies
            gathered.failed += answers.failed
            more = set()
            for part, reply in answers.replies:
                listed = reply.body if isinstance(reply.body, list) else [reply.body]
                read_of[part.id] = read_of.get(part.id, 0) + len(listed)
                if reply.more and listed:
                    more.add(part.id)
                try:
                    entities = [read(each, part, reply.context) for each in listed]
                except InvalidAnswer as error:
                    gathered.failed.append((part, error))
                    more.discard(part.id)
                    continue
                found += [
                    (part, e) for e in entities if (loose or speaks_of(part, e)) and not over(e)
                ]
            calls = [
                (part, _from(call, read_of[part.id])) for part, call in calls if part.id in more
            ]
        return found, gathered

    async def _queried(self, calls: list[tuple[Part, Call]]) -> Gathered:
        """Each by the kind of query that it takes (4.20): in the URL or in a body."""
        by_body = [(p, replace(c, by_body=True)) for p, c in calls if in_body(p, c)]
        others = [(p, replace(c, by_body=False)) for p, c in calls if not in_body(p, c)]
        one, two = await asyncio.gather(
            self.each(by_body, "queryBatch"), self.each(others, "queryEntity")
        )
        return Gathered([*one.replies, *two.replies], [*one.failed, *two.failed])


def in_body(part: Part, call: Call) -> bool:
    """Whether a query goes as it came, by POST, or so because nothing else is taken."""
    return part.supports("queryBatch") and (call.by_body or not part.supports("queryEntity"))


def _from(call: Call, offset: int) -> Call:
    more = {"limit": str(PAGE), "offset": str(offset)}
    return replace(call, params={**(call.params or {}), **more})


def speaks_of(part: Part, entity: Entity) -> bool:
    """Whether a source registered for an entity that it sent."""
    return registrations.covers(part.source, entity["id"], entity["type"], ())


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


# --- merging (4.5.5) --------------------------------------------------------------------


def read(body: Any, part: Part, context: ActiveContext) -> Entity:
    """What a source answered, in the inner form, without what it did not register for."""
    try:
        if not isinstance(body, dict):
            raise InvalidAnswer(f"{part.id} sent no entity")
        found = Reader(context, foreign=True).entity({**body, "@context": None})
    except NgsiError as reason:
        raise InvalidAnswer(f"{part.id} sent no entity: {reason.detail}") from reason
    _timed(found, body)
    for key, raw in body.items():
        listed = raw if isinstance(raw, list) else [raw]
        for each, given in zip(found["attrs"].get(context.expand(key), ()), listed, strict=False):
            _timed(each, given)
    if part.names:
        found["attrs"] = {name: e for name, e in found["attrs"].items() if name in part.names}
    return ending.living(found, clock.now().timestamp())


def _timed(element: Entity | Instance, given: Any) -> None:
    """The times that only the other system knows."""
    if isinstance(given, dict):
        for key in ("createdAt", "modifiedAt"):
            if isinstance(given.get(key), str) and terms.DATE_TIME.match(given[key]):
                element[key] = given[key]


def over(entity: Entity) -> bool:
    return ending.end_of(entity) <= clock.now().timestamp()


def merged(local: Entity | None, remote: Entity, *, fills: bool) -> Entity:
    """Two versions of an entity: of each instance the more recent one (4.5.5.3)."""
    if local is None:
        return remote
    found = {**local, "attrs": dict(local["attrs"])}
    found["type"] = list(dict.fromkeys([*local["type"], *remote["type"]]))
    _ends_and_scopes(found, remote)
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


def _ends_and_scopes(found: Entity, remote: Entity) -> None:
    """Scopes are put together (4.18); an end holds only if all say one, the last (4.5.5.3)."""
    scopes = [*found.get("scope", ()), *remote.get("scope", ())]
    if scopes:
        found["scope"] = list(dict.fromkeys(scopes))
    if "expiresAt" in found and ending.end_of(remote) > ending.end_of(found):
        found.pop("expiresAt")
        if "expiresAt" in remote:
            found["expiresAt"] = remote["expiresAt"]


def _newer(one: Instance, other: Instance) -> bool:
    for key in ("observedAt", "modifiedAt"):
        if key in one and key in other:
            return terms.instant(one[key]) > terms.instant(other[key])
        if key in one and key == "observedAt":
            return True
        if key in other and key == "observedAt":
            return False
    return False
