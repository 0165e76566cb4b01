"""/entityMaps, and requests that follow one (5.14, 5.5.9.3, 5.5.14, 6.31 to 6.35)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from pengcheng.domains.sensing.api.broker import (
    HERE,
    Consume,
    EntityMap,
    Page,
    is_over,
    rows,
)
from pengcheng.domains.sensing.web.ngsild import gathering
from pengcheng.domains.sensing.web.ngsild.gathering import Found, Question
from pengcheng.domains.sensing.web.ngsild.http import JSON, LD, Answer, Request, plain
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.reading import Entity
from pengcheng.kit.ngsild.series import duration

HEADER = "NGSILD-EntityMap"


def wanted(request: Request) -> bool:
    """Whether a request makes or follows a map."""
    return bool(request.headers.get("ngsild-entitymap")) or request.flag("entityMap")


def named(request: Request) -> EntityMap | None:
    """The map that the request follows, if it is still there."""
    text = unquote(request.headers.get("ngsild-entitymap", ""))
    if not text:
        return None
    identity = text.rstrip("/").rpartition("/entityMaps/")[2]
    return request.broker.maps.find(request.tenant, terms.uri(identity, "The id of the map"))


def created(request: Request) -> EntityMap:
    text = request.params.get("entityMapLifetime")
    return request.broker.maps.create(request.tenant, duration(text) if text else None)


def marked(request: Request, answer: Answer, followed: EntityMap, *, fresh: bool) -> Answer:
    """201 when the map is new, and where it is."""
    if fresh and answer.status == 200:
        answer.status = 201
    place = f"{request.broker.base}/entityMaps/{quote(followed.id, safe=':')}"
    return answer.with_header(HEADER, place)


# --- queries that follow a map ----------------------------------------------------------


async def drawn(request: Request, reader: Consume, asked: Sequence[Question]) -> EntityMap:
    """A new map of all that match here and elsewhere (5.14.4)."""
    made = created(request)
    for each in asked:
        for entity in reader.matching(each.loose if each.split else each.query):
            made.add(entity["id"], HERE)
        await _from_sources(request, each, made)
    return made


async def _from_sources(request: Request, asked: Question, made: EntityMap) -> None:
    """By the maps that sources draw; those that draw none are asked for the entities."""
    parts = gathering.parts_for(request, asked)
    draws = [part for part in parts if part.supports("createEntityMapQueryEntity")]
    calls = [(part, gathering.call_for(request, asked, part, "/entityMaps")) for part in draws]
    calls = [(part, replace(call, by_body=False)) for part, call in calls]
    gathered = await request.broker.distributing.each(calls, "createEntityMapQueryEntity")
    done = set()
    for part, reply in gathered.replies:
        body = reply.body
        if isinstance(body, dict) and isinstance(body.get("entityMap"), dict):
            done.add(part.id)
            if terms.is_uri(body.get("id")):
                made.linked[part.id] = body["id"]
            for identity in body["entityMap"]:
                if terms.is_uri(identity):
                    made.add(identity, part.id)
    rest = [
        (part, gathering.call_for(request, asked, part)) for part in parts if part.id not in done
    ]
    for part, entity in (await request.broker.distributing.query(rest))[0]:
        made.add(entity["id"], part.id)


async def page(
    request: Request, reader: Consume, asked: Sequence[Question], followed: EntityMap
) -> tuple[Page, list[str]]:
    """One page of a map; what does not match (any more) leaves the map (5.5.9.3)."""
    query = asked[0].query
    chosen = {identity for each in asked for identity in each.query.ids}
    listed = [each for each in followed.entities if not chosen or each in chosen]
    at = query.offset
    found: list[Entity] = []
    warnings: list[str] = []
    while at < len(listed) and len(found) < query.limit:
        chunk = listed[at : at + query.limit - len(found)]
        here = await _fetched(request, reader, asked, followed, chunk)
        warnings += here.warnings
        for identity in chunk:
            entity = here.entities.get(identity)
            if entity is not None and any(each.wants(entity, reader) for each in asked):
                found.append(entity)
                at += 1
            else:
                listed.remove(identity)
                followed.entities.pop(identity, None)
    total = len(listed) if query.count else None
    return Page(found, total, more=at < len(listed)), list(dict.fromkeys(warnings))


async def _fetched(
    request: Request,
    reader: Consume,
    asked: Sequence[Question],
    followed: EntityMap,
    ids: list[str],
) -> Found:
    found = Found()
    local = [each for each in ids if HERE in followed.entities[each]]
    for entity in rows.entities(reader.connection, reader.tenant, local).values():
        if not is_over(entity):
            found.add(entity)
    for each in asked:
        calls = []
        for part in gathering.parts_for(request, each):
            mine = [i for i in ids if part.id in followed.entities[i]]
            if mine:
                call = gathering.call_for(request, each, part, id=",".join(mine))
                calls.append((part, gathering.following(call, followed, part)))
        answers, gathered = await request.broker.distributing.query(calls)
        for part, entity in answers:
            found.add(entity, part)
        found.warnings += gathered.warnings()
    return found


def of_one(
    request: Request, sources: list[str], followed: EntityMap | None, identity: str
) -> EntityMap:
    """The map of a single retrieval: who had something of the entity."""
    used = followed or created(request)
    if followed is None:
        for each in sources:
            used.add(identity, each)
    return used


# --- /entityMaps ------------------------------------------------------------------------


async def answer(request: Request, reader: Consume, asked: Sequence[Question]) -> Answer:
    """Create EntityMap for Query Entities: 201 with the map itself (6.34)."""
    made = await drawn(request, reader, asked)
    return marked(request, request.respond(made.document(), 201), made, fresh=True)


def _map(request: Request, identity: str) -> EntityMap:
    found = terms.uri(identity, "The id of an entity map")
    return request.broker.maps.get(request.tenant, found)


async def retrieve(request: Request, identity: str) -> Answer:
    """Retrieve EntityMap (5.14.1)."""
    request.choose(JSON, LD)
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    return request.respond(_map(request, identity).document())


async def update(request: Request, identity: str) -> Answer:
    """Update EntityMap (5.14.2): when it ends; all else is ours to say."""
    terms.uri(identity, "The id of an entity map")
    await request.read_body(patch=True)
    request.broker.check_tenant(request.tenant)
    found, body = _map(request, identity), request.body
    if not isinstance(body, dict) or body.get("type", "EntityMap") != "EntityMap":
        raise BadRequestData("The fragment is of an EntityMap")
    if "expiresAt" in body:
        found.expires = terms.sent(body["expiresAt"], "expiresAt")  # in the past: it is over
    return plain(204)


async def delete(request: Request, identity: str) -> Answer:
    """Delete EntityMap (5.14.3)."""
    found = terms.uri(identity, "The id of an entity map")
    await request.read_context()
    request.broker.check_tenant(request.tenant)
    request.broker.maps.delete(request.tenant, found)
    return plain(204)


def entity_sources(local: Entity | None, replies: Sequence[Any]) -> list[str]:
    """Who answered for an entity."""
    return [*([HERE] if local else []), *(part.id for part, _ in replies)]
