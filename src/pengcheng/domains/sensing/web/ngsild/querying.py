"""GET /entities, POST /entityOperations/query, DELETE /entities: many at once (6.4, 6.23)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import orjson

from pengcheng.domains.sensing.api.broker import (
    Consume,
    EntityQuery,
    Outcomes,
    Page,
    Part,
    Provision,
    rows,
)
from pengcheng.domains.sensing.web.ngsild import choices, gathering, maps, passing
from pengcheng.domains.sensing.web.ngsild.gathering import Question
from pengcheng.domains.sensing.web.ngsild.http import GEO, JSON, LD, Answer, Request, multi, plain
from pengcheng.kit.ngsild import linking, writing
from pengcheng.kit.ngsild.errors import BadRequestData, Conflict
from pengcheng.kit.ngsild.reading import Entity


async def query(request: Request) -> Answer:
    """Query Entities (5.7.2)."""
    request.choose(JSON, LD, GEO)
    await request.read_context()
    reader = request.reader()
    asked = choices.entity_query(request, request.params)
    if request.params.get("type") == "*" and request.params.get("local") == "false":
        raise BadRequestData("type=* asks this broker only; local cannot be false")
    local = request.flag("local") or request.params.get("type") == "*"
    choices.too_wide(asked, request.params, local=local)
    view = choices.view(request)
    return await told(request, reader, [gathering.question(request, request.params, asked)], view)


async def told(
    request: Request, reader: Consume, asked: list[Question], view: choices.View
) -> Answer:
    """From here alone, by a map, or from everywhere."""
    first = asked[0].query
    if first.limit == 0 and not first.count:
        raise BadRequestData("limit=0 goes with count=true only")
    choices.reaches(view, first.q)
    gathering.ordered_here(request, asked)
    if maps.wanted(request):
        return await _mapped(request, reader, asked, view)
    if len(asked) == 1 and not gathering.parts_for(request, asked[0]) and not request.looped:
        request.repeat = partial(_here, request, asked=first, view=view)
        return request.repeat(reader)
    found = await gathering.everywhere(request, reader, asked)
    page = _page(list(found.entities.values()), first)
    return warned(answer(request, reader, page, first, view), found.warnings)


def _here(request: Request, reader: Consume, *, asked: EntityQuery, view: choices.View) -> Answer:
    if request.accept != GEO and not view.join.kind:
        found = reader.documents(asked)
        if found is not None:
            return _as_stored(request, found, asked, view)
    return answer(request, reader, reader.query(asked), asked, view)


def _as_stored(
    request: Request,
    found: tuple[list[bytes], int | None, bool],
    asked: EntityQuery,
    view: choices.View,
) -> Answer:
    """A page of which each entity is written once for as long as it stays the same."""
    documents, total, more = found
    before, request.shown = request.shown, {}
    for each in documents:
        written = before.get(each)
        request.shown[each] = written or request.written(view.writer.entity(orjson.loads(each)))
    told = request.respond_written(list(request.shown.values()))
    return paged(request, told, asked.limit, asked.offset, total=total, more=more)


async def _mapped(
    request: Request, reader: Consume, asked: list[Question], view: choices.View
) -> Answer:
    followed = maps.named(request)
    used = followed or await maps.drawn(request, reader, asked)
    page, warnings = await maps.page(request, reader, asked, used)
    shown = answer(request, reader, page, asked[0].query, view)
    return warned(maps.marked(request, shown, used, fresh=followed is None), warnings)


def warned(answer: Answer, warnings: list[str]) -> Answer:
    for each in dict.fromkeys(warnings):
        answer.with_header("NGSILD-Warning", each)
    return answer


def _page(listed: list[Entity], asked: EntityQuery) -> Page:
    end = asked.offset + asked.limit
    total = len(listed) if asked.count else None
    return Page(listed[asked.offset : end], total, more=len(listed) > end)


async def map_query(request: Request) -> Answer:
    """Create EntityMap for Query Entities (5.14.4)."""
    request.choose(JSON, LD)
    await request.read_context()
    reader = request.broker.reader(request.tenant)
    asked = choices.entity_query(request, request.params)
    found = gathering.question(request, request.params, asked)
    choices.too_wide(asked, request.params, local=found.local)
    choices.reaches(choices.view(request), asked.q)
    return await maps.answer(request, reader, [found])


async def map_query_by_post(request: Request) -> Answer:
    """The same with its filters in the body (6.34.3.2)."""
    request.choose(JSON, LD)
    await request.read_body()
    reader = request.broker.reader(request.tenant)
    asked, _view = posted(request)
    return await maps.answer(request, reader, asked)


def answer(
    request: Request, reader: Consume, page: Page, asked: EntityQuery, view: choices.View
) -> Answer:
    if request.accept == GEO:
        features = [
            writing.feature(each, view.writer, view.geometry_property) for each in page.entities
        ]
        told = request.respond(writing.collection(features))
    else:
        told = request.respond(linking.joined(reader.fetch, view, page.entities))
    return paged(request, told, asked.limit, asked.offset, total=page.total, more=page.more)


def paged(
    request: Request, told: Answer, limit: int, offset: int, *, total: int | None, more: bool
) -> Answer:
    """Links to the neighbouring pages (6.3.10) and the count (6.3.13)."""
    if total is not None:
        told.with_header("NGSILD-Results-Count", str(total))
    if limit and offset > 0:
        previous = max(0, offset - limit)
        told.with_header("Link", _link(request, limit, previous, "prev"))
    if limit and more:
        told.with_header("Link", _link(request, limit, offset + limit, "next"))
    return told


def _link(request: Request, limit: int, offset: int, rel: str) -> str:
    params = {**request.params, "limit": str(limit), "offset": str(offset)}
    return f'<{request.path}?{urlencode(params)}>; rel="{rel}"; type="{request.accept}"'


IN_BODY = (
    *("pick", "omit", "lang", "join", "joinLevel", "containedBy", "datasetId", "attrs"),
    *("entityMap", "entityMapLifetime"),
)


async def query_by_post(request: Request) -> Answer:
    """Query Entities with its filters in the body (6.23)."""
    request.choose(JSON, LD, GEO)
    await request.read_body()
    reader = request.broker.reader(request.tenant)
    asked, view = posted(request)
    return await told(request, reader, asked, view)


def posted(request: Request) -> tuple[list[Question], choices.View]:
    """The selections of a Query, and how they are to be shown."""
    given = choices.query_document(request.body)
    if "temporalQ" in given:
        raise BadRequestData("Only a query of evolutions has temporalQ (5.2.23)")
    parts = choices.selectors(given)
    for key in IN_BODY:
        if key in given and key not in request.params:
            value = given[key]
            text = str(value).lower() if isinstance(value, bool) else str(value)
            request.params[key] = ",".join(map(str, value)) if isinstance(value, list) else text
    found = []
    for part in parts:
        merged_given = {**given, **part}
        query = choices.entity_query(request, merged_given)
        asked = gathering.question(request, merged_given, query)
        choices.too_wide(query, merged_given, local=asked.local)
        found.append(asked)
    view = choices.view(request)
    for key in given.keys() - {"entityMap", "entityMapLifetime"}:
        request.params.pop(key, None)
    return found, view


# --- purge ------------------------------------------------------------------------------


async def purge(request: Request) -> Answer:
    """Purge Entities (5.6.21): delete all that match, or only some of their attributes."""
    await request.read_context()
    reader = request.broker.reader(request.tenant)
    asked = choices.entity_query(request, request.params)
    choices.too_wide(asked, request.params, local=request.flag("local"))
    if "{" in request.params.get("attrs", "") or (asked.q is not None and asked.q.joins):
        raise BadRequestData("What is purged cannot be chosen by linked entities")
    keep, drop = request.names("keep"), request.names("drop")
    if keep and drop:
        raise BadRequestData("keep and drop exclude each other")
    parts = gathering.parts_for(request, gathering.question(request, request.params, asked))
    ids = [each["id"] for each in reader.matching(asked)]
    outcomes = await request.broker.write(
        request.tenant, lambda provision: _purge(provision, ids, keep, drop)
    )
    await _purge_elsewhere(request, parts, outcomes)
    return multi(outcomes.document()) if outcomes.errors else plain(204)


async def _purge_elsewhere(request: Request, parts: list[Part], outcomes: Outcomes) -> None:
    """Every source that matches is asked to do the same; who answers alone must (5.6.21.4)."""
    call = passing.make_call(request, "DELETE", "/entities", params=request.params)
    gathered = await request.broker.distributing.ask(
        [part for part in parts if part.mode != "auxiliary"], "purgeEntity", call
    )
    for part, error in gathered.failed:
        if error.status != 404:
            error.source = part.id
            outcomes.errors.append((part.id, error))
    for part in parts:
        if part.takes and not part.supports("purgeEntity"):
            reason = Conflict(f"{part.id} does not take purgeEntity and answers for it alone")
            reason.source = part.id
            outcomes.errors.append((part.id, reason))


def _purge(provision: Provision, ids: list[str], keep: frozenset[str], drop: frozenset[str]) -> Any:
    def one(identity: str) -> None:
        if not keep and not drop:
            provision.delete(identity)
            return
        stored = rows.entity(provision.connection, provision.tenant, identity)
        names: Mapping[str, Any] = stored["attrs"] if stored else {}
        gone = [name for name in names if (name in drop if drop else name not in keep)]
        for name in gone:
            provision.delete_attribute(identity, name, None, every=True)

    return provision.each([(each, partial(one, each)) for each in ids])
