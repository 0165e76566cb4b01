"""GET /entities, POST /entityOperations/query, DELETE /entities: many at once (6.4, 6.23)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from pengcheng.domains.sensing.api.broker import (
    Call,
    Consume,
    EntityQuery,
    Page,
    Part,
    Provision,
    merged,
    rows,
)
from pengcheng.domains.sensing.web.ngsild import choices, linking, passing
from pengcheng.domains.sensing.web.ngsild.http import GEO, JSON, LD, Answer, Request, multi, plain
from pengcheng.kit.ngsild import writing
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.reading import Entity

# Filters that a source can apply itself; how entities are shown is ours.
FORWARDED = choices.FILTER | {"attrs"}


async def query(request: Request) -> Answer:
    """Query Entities (5.7.2)."""
    request.choose(JSON, LD, GEO)
    await request.read_context()
    reader = request.broker.reader(request.tenant)
    asked = choices.entity_query(request, request.params)
    if request.params.get("type") == "*" and request.params.get("local") == "false":
        raise BadRequestData("type=* asks this broker only; local cannot be false")
    local = request.flag("local") or request.params.get("type") == "*"
    choices.too_wide(asked, request.params, local=local)
    choices.ordered_here(asked, local=local)
    view = choices.view(request)
    parts = sources(request, asked)
    if parts:
        return await _everywhere(request, reader, asked, view, parts)
    return show(request, reader, asked, view)


def sources(request: Request, asked: EntityQuery) -> list[Part]:
    """Who else may know entities that match; nobody if the question is to us alone."""
    if request.flag("local") or request.params.get("type") == "*":
        return []
    if not request.broker.registering.sources:
        return []
    return request.broker.distributing.parts(
        request.tenant,
        types=asked.types,
        ids=asked.ids,
        pattern=asked.id_pattern,
        names=asked.attributes | (asked.q.attributes if asked.q else frozenset()),
        via=passing.via(request),
    )


async def _everywhere(
    request: Request, reader: Consume, asked: EntityQuery, view: choices.View, parts: list[Part]
) -> Answer:
    """Our entities with those of other brokers, merged by id, then paged."""
    kept = {k: v for k, v in request.params.items() if k in FORWARDED}
    call = Call("GET", "/entities", request.context, None, kept, passing.via(request))
    found = {each["id"]: each for each in reader.matching(asked)}
    for part, remote in await request.broker.distributing.query(parts, call):
        fills = part.mode == "auxiliary"
        found[remote["id"]] = merged(found.get(remote["id"]), remote, fills=fills)
    listed = list(found.values())
    end = asked.offset + asked.limit
    total = len(listed) if asked.count else None
    page = Page(listed[asked.offset : end], total, more=len(listed) > end)
    return answer(request, reader, page, asked, view)


def show(request: Request, reader: Consume, asked: EntityQuery, view: choices.View) -> Answer:
    if asked.limit == 0 and not asked.count:
        raise BadRequestData("limit=0 goes with count=true only")
    _check_links(asked, view)
    return answer(request, reader, reader.query(asked), asked, view)


def _check_links(asked: EntityQuery, view: choices.View) -> None:
    """Braces need a join that reaches as deep (5.7.2.4)."""
    deep = max((depth(each) for each in (view.pick, view.omit) if each), default=0)
    if deep and (not view.join.kind or deep > view.join.level):
        raise BadRequestData("The projection reaches further than join and joinLevel")


def depth(projection: Any) -> int:
    return max((1 + depth(each) for each in projection.linked.values()), default=0)


def answer(
    request: Request, reader: Consume, page: Page, asked: EntityQuery, view: choices.View
) -> Answer:
    if request.accept == GEO:
        features = [
            writing.feature(each, view.writer, view.geometry_property) for each in page.entities
        ]
        told = request.respond(writing.collection(features))
    else:
        told = request.respond(linking.joined(reader, view, page.entities))
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


async def query_by_post(request: Request) -> Answer:
    """Query Entities with its filters in the body (6.23)."""
    request.choose(JSON, LD, GEO)
    await request.read_body()
    reader = request.broker.reader(request.tenant)
    given = choices.query_document(request.body)
    parts = choices.selectors(given)
    for key in ("pick", "omit", "lang", "join", "joinLevel", "containedBy", "datasetId", "attrs"):
        if key in given and key not in request.params:
            value = given[key]
            request.params[key] = ",".join(value) if isinstance(value, list) else str(value)
    queries = [choices.entity_query(request, {**given, **part}) for part in parts]
    for each, part in zip(queries, parts, strict=True):
        local = request.flag("local") or part.get("type") == "*"
        choices.too_wide(each, {**given, **part}, local=local)
        choices.ordered_here(each, local=local)
    view = choices.view(request)
    for key in given:
        request.params.pop(key, None)
    if len(queries) == 1:
        return show(request, reader, queries[0], view)
    return answer(request, reader, union(reader, queries), queries[0], view)


def union(reader: Consume, queries: list[EntityQuery]) -> Page:
    """Entities that any of the selectors chooses, each once."""
    first = queries[0]
    found: dict[str, Entity] = {}
    for each in queries:
        for entity in reader.matching(each):
            found.setdefault(entity["id"], entity)
    listed = list(found.values())
    end = first.offset + first.limit
    total = len(listed) if first.count else None
    return Page(listed[first.offset : end], total, more=len(listed) > end)


# --- purge ------------------------------------------------------------------------------


async def purge(request: Request) -> Answer:
    """Purge Entities (5.6.21): delete all that match, or only some of their attributes."""
    await request.read_context()
    reader = request.broker.reader(request.tenant)
    asked = choices.entity_query(request, request.params)
    choices.too_wide(asked, request.params, local=request.flag("local"))
    if asked.q is not None and asked.q.joins:
        raise BadRequestData("What is purged cannot be chosen by linked entities")
    keep, drop = request.names("keep"), request.names("drop")
    if keep and drop:
        raise BadRequestData("keep and drop exclude each other")
    ids = [each["id"] for each in reader.matching(asked)]
    outcomes = await request.broker.write(
        request.tenant, lambda provision: _purge(provision, ids, keep, drop)
    )
    return multi(outcomes.document()) if outcomes.errors else plain(204)


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
