"""/temporal/entities: evolutions read, here and elsewhere (5.7.3, 5.7.4, 6.18, 6.19, 6.24)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pengcheng.domains.sensing.api.broker import (
    HERE,
    Consume,
    EntityMap,
    EntityQuery,
    Part,
    history,
    past,
)
from pengcheng.domains.sensing.web.ngsild import choices, gathering, maps, passing
from pengcheng.domains.sensing.web.ngsild.entities import entity_id
from pengcheng.domains.sensing.web.ngsild.http import JSON, LD, Answer, Request
from pengcheng.domains.sensing.web.ngsild.querying import paged, warned
from pengcheng.domains.sensing.web.ngsild.temporal import (
    TEMPORAL,
    Cut,
    TemporalView,
    chosen_apart,
    chosen_series,
    temporal_view,
    written,
)
from pengcheng.kit.ngsild import series, terms
from pengcheng.kit.ngsild.errors import BadRequestData, NgsiError, ResourceNotFound
from pengcheng.kit.ngsild.reading import Entity, Instance, Reader
from pengcheng.kit.ngsild.registrations import Document

Chosen = dict[str, list[Instance]]
Evolution = tuple[dict[str, Any], Chosen]
SHOWN_BY_US = frozenset({"options", "format", "aggrMethods", "aggrPeriodDuration", "local", "lang"})
TOLD = (TEMPORAL - SHOWN_BY_US) | choices.FILTER - {"csf"}


# --- one evolution ----------------------------------------------------------------------


async def retrieve(request: Request, identity: str) -> Answer:
    """Retrieve Temporal Evolution (5.7.3)."""
    request.choose(JSON, LD)
    await request.read_context()
    reader = request.broker.reader(request.tenant)
    found = history.evolution(reader.connection, request.tenant, entity_id(identity))
    view = temporal_view(request, request.params)
    remote, warnings = await _elsewhere(request, identity, view)
    if found is None and not remote:
        raise ResourceNotFound(f"There is no history of {identity}")
    here: list[Evolution] = []
    if found:
        here.append((found, await chosen_apart(request, found, view)))
    head, chosen = _together([*here, *remote], view)
    if view.attributes and not chosen and not _ever(reader, head, view.attributes):
        raise ResourceNotFound(f"{identity} has none of the attributes asked for")
    cut = Cut(view)
    told = warned(request.respond(written(head, cut.series(chosen), view)), warnings)
    if maps.wanted(request):
        followed = maps.named(request)
        used = maps.of_one(request, [HERE] if found else [], followed, identity)
        maps.marked(request, told, used, fresh=False)
    return cut.mark(told)


def _ever(reader: Consume, found: dict[str, Any], attributes: frozenset[str]) -> bool:
    place = (reader.connection, reader.tenant, found["id"])
    return any(past.has_attribute(*place, name) for name in attributes)


async def _elsewhere(
    request: Request, identity: str, view: TemporalView
) -> tuple[list[Evolution], list[str]]:
    parts = passing.parts_of(
        request, identity, None, view.attributes or (), temporal=True, time=view.query
    )
    path = passing.path_of(identity, root="/temporal/entities")
    kept = {k: v for k, v in request.params.items() if k in TEMPORAL - SHOWN_BY_US}
    call = passing.make_call(request, "GET", path, params=kept)
    gathered = await request.broker.distributing.ask(parts, "retrieveTemporal", call)
    read = [_read(reply.body, part, reply.context) for part, reply in gathered.replies]
    return [each for each in read if each is not None], gathered.warnings()


def _read(body: Any, part: Part, context: Any) -> Evolution | None:
    """An evolution that a source sent, with the times that only it knows."""
    if not isinstance(body, dict):
        return None
    try:
        found = Reader(context, history=True, foreign=True).entity({**body, "@context": None})
    except NgsiError:
        return None
    for key, raw in body.items():
        instances = found["attrs"].get(context.expand(key), ())
        listed = raw if isinstance(raw, list) else [raw]
        for each, given in zip(instances, listed, strict=False):
            each |= {k: given[k] for k in (*terms.SYSTEM, "instanceId") if k in given}
    attrs = found.pop("attrs")
    head: Document = {**found, **{k: body[k] for k in terms.SYSTEM if k in body}}
    return head, {n: e for n, e in attrs.items() if not part.names or n in part.names}


def _together(found: Sequence[Evolution], view: TemporalView) -> Evolution:
    """Several versions of one evolution: each moment of a dataset once, ours first (4.5.5)."""
    head, merged = dict(found[0][0]), {name: list(e) for name, e in found[0][1].items()}
    if len(found) == 1:
        return head, merged
    key = view.query.property
    for more, attrs in found[1:]:
        head["type"] = list(dict.fromkeys([*head.get("type", ()), *more.get("type", ())]))
        for name, instances in attrs.items():
            known = merged.setdefault(name, [])
            seen = {(each.get("datasetId"), each.get(key)) for each in known if key in each}
            known += [e for e in instances if (e.get("datasetId"), e.get(key)) not in seen]
    for name, instances in merged.items():
        instances.sort(key=lambda each: terms.instant(each[key]).timestamp() if key in each else 0)
        if view.last:
            merged[name] = series.last(instances, view.last, key)
    return head, merged


# --- queries ----------------------------------------------------------------------------


async def query(request: Request) -> Answer:
    """Query Temporal Evolutions (5.7.4)."""
    request.choose(JSON, LD)
    await request.read_context()
    return await _answer(request, *asked(request))


async def query_by_post(request: Request) -> Answer:
    """The same with its filters in the body (6.24)."""
    request.choose(JSON, LD)
    await request.read_body()
    return await _answer(request, *posted(request))


def asked(request: Request) -> tuple[list[EntityQuery], dict[str, Any]]:
    query = choices.entity_query(request, request.params)
    local = request.flag("local") or request.params.get("type") == "*"
    choices.too_wide(query, request.params, local=local)
    return [query], request.params


def posted(request: Request) -> tuple[list[EntityQuery], dict[str, Any]]:
    given = choices.query_document(request.body)
    for key in ("temporalQ", "aggrParams"):
        more = given.pop(key, None)
        if isinstance(more, dict):
            given |= more
    parts = choices.selectors(given)
    queries = [choices.entity_query(request, {**given, **part}) for part in parts]
    for each, part in zip(queries, parts, strict=True):
        local = request.flag("local") or part.get("type") == "*"
        choices.too_wide(each, {**given, **part}, local=local)
    given["selectors"] = parts
    return queries, given


def _check(request: Request, queries: list[EntityQuery], view: TemporalView) -> None:
    if not view.query.relation:
        raise BadRequestData("A query of evolutions needs timerel and timeAt")
    if any(each.order and each.order[0].path != ("id",) for each in queries):
        raise BadRequestData("Evolutions can be ordered by id only")
    if any(each.q is not None and each.q.joins for each in queries):
        raise BadRequestData("Evolutions cannot be chosen by linked entities")


async def _answer(request: Request, queries: list[EntityQuery], given: Mapping[str, Any]) -> Answer:
    view = temporal_view(request, given)
    first = queries[0]
    listed, warnings = await gathered(request, queries, given, view)
    used = fresh = None
    if maps.wanted(request):
        used = maps.named(request)
        fresh = used is None
        used = used or _drawn(request, listed)
        listed = [each for each in listed if each[0]["id"] in used.entities]
    cut = Cut(view)
    page = listed[first.offset : first.offset + first.limit]
    told = request.respond([written(e, cut.series(chosen), view) for e, chosen in page])
    paged(
        *(request, told, first.limit, first.offset),
        total=len(listed) if first.count else None,
        more=len(listed) > first.offset + first.limit,
    )
    if used is not None:
        maps.marked(request, told, used, fresh=bool(fresh))
    return warned(cut.mark(told), warnings)


def _drawn(request: Request, listed: list[Evolution]) -> EntityMap:
    made = maps.created(request)
    for head, _ in listed:
        for source in head.get("sources", [HERE]):
            made.add(head["id"], source)
    return made


async def found(
    request: Request, queries: list[EntityQuery], given: Mapping[str, Any]
) -> list[Evolution]:
    """All that match, here and elsewhere, by id."""
    return (await gathered(request, queries, given, temporal_view(request, given)))[0]


async def gathered(
    request: Request,
    queries: list[EntityQuery],
    given: Mapping[str, Any],
    view: TemporalView,
) -> tuple[list[Evolution], list[str]]:
    _check(request, queries, view)
    reader = request.broker.reader(request.tenant)
    by_id: dict[str, list[Evolution]] = {}
    for head, chosen in await _found(request, reader, queries, view):
        by_id[head["id"]] = [({**head, "sources": [HERE]}, chosen)]
    warnings: list[str] = []
    for number, each in enumerate(queries):
        told = {**given, **given["selectors"][number]} if "selectors" in given else given
        warnings += await _from_sources(request, each, told, view, by_id)
    listed = [(head, _together(some, view)[1]) for some in by_id.values() for head, _ in some[:1]]
    down = any(each.descending for each in queries[0].order)
    listed.sort(key=lambda pair: pair[0]["id"], reverse=down)
    return listed, warnings


async def _from_sources(
    request: Request,
    asked_for: EntityQuery,
    given: Mapping[str, Any],
    view: TemporalView,
    by_id: dict[str, list[Evolution]],
) -> list[str]:
    question = gathering.question(request, given, asked_for)
    if question.local or not request.broker.registering.sources:
        return []
    parts = request.broker.distributing.parts(
        request.tenant,
        types=asked_for.types,
        ids=asked_for.ids,
        pattern=asked_for.id_pattern,
        names=asked_for.attributes | (asked_for.q.attributes if asked_for.q else frozenset()),
        shown=asked_for.attributes,
        time=view.query,
        temporal=True,
        via=passing.via(request),
    )
    if asked_for.order and parts:
        raise gathering.not_here_alone()
    params = {k: gathering.as_text(v) for k, v in given.items() if k in TOLD}
    call = passing.make_call(request, "GET", "/temporal/entities", params=params)
    answers = await request.broker.distributing.ask(parts, "queryTemporal", call)
    for part, reply in answers.replies:
        for body in reply.body if isinstance(reply.body, list) else ():
            evolution = _read(body, part, reply.context)
            if evolution is not None:
                known = by_id.setdefault(evolution[0]["id"], [])
                known.append(evolution)
                known[0][0].setdefault("sources", []).append(part.id)
    return answers.warnings()


async def _found(
    request: Request, reader: Consume, queries: list[EntityQuery], view: TemporalView
) -> Iterable[Evolution]:
    """Beside the loop if files may have to be opened."""
    tenant = request.tenant
    if not past.in_files(reader.connection, tenant):
        return _matching(reader, queries, view)
    return await request.broker.apart.run(
        lambda connection: list(_matching(Consume(connection, tenant), queries, view))
    )


def _matching(
    reader: Consume, queries: list[EntityQuery], view: TemporalView
) -> Iterator[Evolution]:
    for evolution in history.evolutions(reader.connection, reader.tenant):
        if not any(_head_matches(evolution, each) for each in queries):
            continue
        chosen = chosen_series(reader, evolution, view)
        if not chosen:
            continue
        for scope in _scopes(evolution, view):
            as_entity: Entity = {**evolution, "scope": scope, "attrs": chosen}
            if any(each.matches(as_entity, reader.fetch) for each in queries):
                held = _while_scoped(evolution, chosen, queries, view)
                if held:
                    yield evolution, held
                break


def _while_scoped(
    evolution: dict[str, Any], chosen: Chosen, queries: list[EntityQuery], view: TemporalView
) -> Chosen:
    """Asked by scope, an entity is told for the times at which it had that scope."""
    wanted, listed = queries[0].scope, evolution.get("scopes")
    if wanted is None or not listed:
        return chosen
    return series.during(chosen, listed, wanted, view.query.property)


def _scopes(evolution: dict[str, Any], view: TemporalView) -> list[list[str]]:
    """Each scope that held within the time that is asked for (5.7.4.4, C.5.16)."""
    listed = evolution.get("scopes")
    if not listed:
        return [evolution.get("scope", [])]
    held = (each["value"] for each in series.scopes(listed, view.query))
    return [value if isinstance(value, list) else [value] for value in held] or [[]]


def _head_matches(evolution: dict[str, Any], asked_for: EntityQuery) -> bool:
    if asked_for.ids and evolution["id"] not in asked_for.ids:
        return False
    if asked_for.id_pattern is not None and not asked_for.id_pattern.search(evolution["id"]):
        return False
    return asked_for.types is None or asked_for.types.matches(evolution["type"])


# --- maps -------------------------------------------------------------------------------


async def map_query(request: Request) -> Answer:
    """Create EntityMap for Query Temporal Evolution (5.14.5)."""
    request.choose(JSON, LD)
    await request.read_context()
    return await _map(request, *asked(request))


async def map_query_by_post(request: Request) -> Answer:
    request.choose(JSON, LD)
    await request.read_body()
    return await _map(request, *posted(request))


async def _map(request: Request, queries: list[EntityQuery], given: Mapping[str, Any]) -> Answer:
    made = _drawn(request, await found(request, queries, given))
    return maps.marked(request, request.respond(made.document(), 201), made, fresh=True)
