"""A query put to us and to every source that may know an answer (5.7.2, 4.3.6.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pengcheng.domains.sensing.api.broker import (
    Call,
    Consume,
    EntityMap,
    EntityQuery,
    Part,
    describes,
    merged,
)
from pengcheng.domains.sensing.web.ngsild import choices, passing
from pengcheng.domains.sensing.web.ngsild.http import Request
from pengcheng.kit.ngsild import narrowing
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.reading import Entity
from pengcheng.kit.ngsild.registrations import SPACES, Asked

# Filters that a source can apply itself; how entities are shown is ours.
FORWARDED = choices.FILTER | {"attrs", "datasetId", "splitEntities"}
WITHOUT_PARTS = frozenset({"id", "type", "idPattern", "csf", "splitEntities"})


@dataclass(frozen=True)
class Question:
    """One selection with the parameters in which a source is told of it."""

    query: EntityQuery
    params: dict[str, str]
    local: bool
    split: bool

    def wants(self, entity: Entity, reader: Consume) -> bool:
        if self.query.ids and entity["id"] not in self.query.ids:
            return False
        return self.query.matches(entity, reader.fetch)

    @property
    def loose(self) -> EntityQuery:
        """Without what can be told of whole entities only."""
        asked = self.query
        return EntityQuery(types=asked.types, ids=asked.ids, id_pattern=asked.id_pattern)


@dataclass
class Found:
    """Entities by id, merged, and what is to be said of sources that did not answer."""

    entities: dict[str, Entity] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    sources: dict[str, list[str]] = field(default_factory=dict)  # of each entity

    def add(self, entity: Entity, part: Part | None = None) -> None:
        known = self.entities.get(entity["id"])
        fills = part is not None and part.mode == "auxiliary"
        self.entities[entity["id"]] = merged(known, entity, fills=fills) if part else entity
        self.sources.setdefault(entity["id"], []).append(part.id if part else "@none")


def question(request: Request, given: Mapping[str, Any], query: EntityQuery) -> Question:
    """From parameters of a URL, or members of a Query with the names of those parameters."""
    split = given.get("splitEntities", False)
    local = request.flag("local") or given.get("type") == "*" or bool(request.snapshot)
    params = {k: as_text(v) for k, v in given.items() if k in FORWARDED and v is not None}
    return Question(query, params, local, split in (True, "true"))


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        nested = any(isinstance(each, list | int | float) for each in value)
        return str(value).replace(" ", "") if nested else ",".join(map(str, value))
    return str(value)


def parts_for(request: Request, asked: Question) -> list[Part]:
    """Who else may know entities that match; nobody if the question is to us alone."""
    if asked.local or not request.broker.registering.sources:
        return []
    query, split = asked.query, asked.split
    again = passing.looped(request)
    space = asked.params.get("geoproperty", "location")
    named = query.attributes | (query.q.attributes if query.q else frozenset())
    found = request.broker.distributing.parts(
        request.tenant,
        types=query.types,
        ids=query.ids,
        pattern=query.id_pattern,
        names=frozenset() if split else named,
        shown=query.attributes,
        datasets=query.datasets,
        geo=query.geo if space in SPACES and not split else None,
        space=space,
        via="" if again else passing.via(request),
    )
    csf = asked.params.get("csf")
    chosen = [each for each in found if describes(each.source, csf, request)] if csf else found
    if again:
        request.looped = chosen
    return [] if again else chosen


def ordered_here(request: Request, asked: Sequence[Question]) -> None:
    """Ordering goes with what is held here alone (4.23.1, 5.7.2.4)."""
    if asked[0].query.order and any(parts_for(request, each) for each in asked):
        raise not_here_alone()


def not_here_alone() -> BadRequestData:
    return BadRequestData("Other brokers may know answers too: orderBy goes with local=true")


def call_for(
    request: Request, asked: Question, part: Part, path: str = "/entities", **more: str
) -> Call:
    """The question as one source gets it."""
    kept = {k: v for k, v in asked.params.items() if not asked.split or k in WITHOUT_PARTS}
    kept.pop("csf", None)
    query, context = asked.query, request.context
    sought = Asked(types=query.types, ids=frozenset(query.ids), pattern=query.id_pattern)
    names = () if asked.split else part.names
    kept = narrowing.params(kept, part.information, names, sought, context)
    if "sysAttrs" in request.options:
        kept["options"] = "sysAttrs"
    call = passing.make_call(request, "GET", path, params={**kept, **more})
    return replace(call, by_body=request.method == "POST")


def following(call: Call, followed: EntityMap | None, part: Part) -> Call:
    """With the map that the source itself has drawn."""
    return replace(call, entity_map=followed.linked.get(part.id, "") if followed else "")


async def everywhere(request: Request, reader: Consume, asked: Sequence[Question]) -> Found:
    """Our entities with those of other brokers, merged by id."""
    found = Found()
    for each in asked:
        for entity in reader.matching(each.loose if each.split else each.query):
            if entity["id"] not in found.entities:
                found.add(entity)
        calls = [(part, call_for(request, each, part)) for part in parts_for(request, each)]
        answers, gathered = await request.broker.distributing.query(
            calls, loose=each.query.id_pattern is not None
        )
        for part, remote in answers:
            found.add(remote, part)
        gathered.looped += request.looped
        found.warnings += gathered.warnings()
    if any(each.split for each in asked):
        kept = found.entities.items()
        found.entities = {k: e for k, e in kept if any(a.wants(e, reader) for a in asked)}
    return found
