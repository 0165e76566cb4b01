"""/entityOperations: several entities in one request (5.6.7 to 5.6.10, 5.6.20)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

import orjson

from pengcheng.domains.sensing.api.broker import Outcomes, Provision
from pengcheng.domains.sensing.web.ngsild import spreading
from pengcheng.domains.sensing.web.ngsild.entities import simplified
from pengcheng.domains.sensing.web.ngsild.http import JSON, Answer, Request, multi, plain
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.changing import Change, MergeOptions
from pengcheng.kit.ngsild.contexts import ActiveContext, core
from pengcheng.kit.ngsild.errors import (
    AlreadyExists,
    BadRequestData,
    InvalidRequest,
    NgsiError,
    ResourceNotFound,
)
from pengcheng.kit.ngsild.reading import Entity, Reader

MOST = 10_000
Batch = spreading.Batch
Parsed = list[tuple[str, Entity | NgsiError]]
Read = Callable[[Any], Entity]


async def contexts(request: Request) -> list[ActiveContext | NgsiError]:
    """The context of each element: its own in JSON-LD, else that of the request (5.6.7)."""
    body = request.body
    if not isinstance(body, list) or not body:
        raise BadRequestData("The body is a list that is not empty")
    if len(body) > MOST:
        raise BadRequestData(f"A batch has at most {MOST} elements")
    if any(each is None for each in body):
        raise BadRequestData("An element of the list is null")
    found: list[ActiveContext | NgsiError] = []
    linked_data = "ld+json" in request.headers.get("content-type", "")
    for each in body:
        if isinstance(each, dict) and "@context" in each and not linked_data:
            raise BadRequestData("A body of application/json cannot carry an @context")
        if not linked_data:
            found.append(request.context)
        elif not isinstance(each, dict) or "@context" not in each:
            found.append(BadRequestData("An element of application/ld+json has an @context"))
        else:
            found.append(await _active(request, each["@context"]))
    good = [each for each in found if isinstance(each, ActiveContext)]
    same = all(each is good[0] for each in good)
    request.context = good[0] if good and same else core()  # in whose names it is passed on
    return found


async def _active(request: Request, source: Any) -> ActiveContext | NgsiError:
    try:
        return await request.broker.contexts.active(source)
    except NgsiError as error:
        return error


async def parsed(
    request: Request, reading: Callable[[ActiveContext], Read], *, merging: bool = False
) -> Parsed:
    """Each element read for itself; an element that cannot be read is an error of its own."""
    await request.read_body(merging=merging)
    result: Parsed = []
    known: ActiveContext | None = None
    for each, context in zip(request.body, await contexts(request), strict=True):
        identity = str(each.get("id", "")) if isinstance(each, dict) else ""
        if isinstance(context, NgsiError):
            result.append((identity, context))
            continue
        if context is not known:  # nearly always one for all
            known, read = context, reading(context)
        try:
            result.append((identity, read(each)))
        except NgsiError as error:
            result.append((identity, error))
    return result


async def run(
    request: Request, items: Parsed, batch: Batch, work: Callable[[Provision, Entity], Any]
) -> Outcomes:
    """Pass on what is others', and write what could be read, in the order in which it came."""
    good = [(key, entity) for key, entity in items if not isinstance(entity, NgsiError)]
    spread = await spreading.spread(request, good, batch)
    left = spread.left

    def write(provision: Provision) -> Outcomes:
        return provision.each([(key, partial(work, provision, entity)) for key, entity in left])

    outcomes = await request.write(write) if left else Outcomes()
    outcomes.success += spread.success
    outcomes.created += spread.created
    if batch is spreading.DELETE:
        outcomes.errors = [
            (k, e) for k, e in outcomes.errors if e.status != 404 or k not in spread.taken
        ]
    outcomes.errors += spread.errors
    outcomes.errors[:0] = [(k, error) for k, error in items if isinstance(error, NgsiError)]
    outcomes.success = list(dict.fromkeys(outcomes.success))
    return outcomes


def created(request: Request, ids: list[str]) -> Answer:
    answer = Answer(201, orjson.dumps(ids)).with_header("Content-Type", JSON)
    for each in ids[:1] if len(ids) == 1 else ():
        answer.with_header("Location", f"{request.broker.base}/entities/{quote(each, safe=':')}")
    return answer


async def create(request: Request) -> Answer:
    """Batch Entity Creation (5.6.7)."""
    plainly = simplified(request)
    items = await parsed(request, lambda ctx: Reader(ctx, simplified=plainly).entity)
    outcomes = await run(request, items, spreading.CREATE, lambda p, entity: p.create(entity))
    return multi(outcomes.document()) if outcomes.errors else created(request, outcomes.success)


async def upsert(request: Request) -> Answer:
    """Batch Entity Creation or Update (5.6.8): replace what exists, or update it."""
    if request.options - {"replace", "update", "simplified", "keyValues", "normalized", "concise"}:
        raise InvalidRequest("The option is replace or update")
    update, plainly = "update" in request.options, simplified(request)
    items = await parsed(request, lambda ctx: Reader(ctx, simplified=plainly).entity)
    fresh: list[str] = []

    def work(provision: Provision, entity: Entity) -> None:
        try:
            if update:
                provision.append(entity["id"], entity, overwrite=True)
            else:
                provision.replace(entity["id"], entity)
        except ResourceNotFound:
            provision.create(entity)
            fresh.append(entity["id"])  # also twice, if it is run again

    batch = spreading.UPSERT_UPDATE if update else spreading.UPSERT
    outcomes = await run(request, items, batch, work)
    if outcomes.errors:
        return multi(outcomes.document())
    fresh = list(dict.fromkeys([*fresh, *outcomes.created]))
    return created(request, fresh) if fresh else plain(204)


def fragment(context: ActiveContext, body: Any, *, plainly: bool, merging: bool) -> Entity:
    found = Reader(context, nulls=True, simplified=plainly, partial=merging).fragment(body)
    if "id" not in found:
        raise BadRequestData("An entity has an id", title="No id")
    return found


async def update(request: Request) -> Answer:
    """Batch Entity Update (5.6.9)."""
    request.broker.check_tenant(request.tenant)
    overwrite = "noOverwrite" not in request.options
    plainly = simplified(request)
    items = await parsed(
        request, lambda ctx: partial(fragment, ctx, plainly=plainly, merging=False)
    )

    def work(provision: Provision, entity: Entity) -> Change:
        return provision.append(entity["id"], entity, overwrite=overwrite)

    outcomes = await run(request, items, spreading.UPDATE, work)
    if not overwrite:
        _refused(outcomes)
    return multi(outcomes.document()) if outcomes.errors else plain(204)


def _refused(outcomes: Outcomes) -> None:
    """What was not overwritten is told of its entity; the rest of the entity is written."""
    for identity, change in outcomes.results.items():
        if change.refused:
            names = ", ".join(change.refused)
            outcomes.errors.append((identity, AlreadyExists(f"Not overwritten: {names}")))
            outcomes.success.remove(identity)


async def merge(request: Request) -> Answer:
    """Batch Entity Merge (5.6.20)."""
    request.broker.check_tenant(request.tenant)
    observed = request.params.get("observedAt")
    if observed is not None:
        terms.sent(observed, "observedAt")
    options = MergeOptions(observed, request.params.get("lang"))
    plainly = simplified(request)
    items = await parsed(
        request, lambda ctx: partial(fragment, ctx, plainly=plainly, merging=True), merging=True
    )
    outcomes = await run(
        request, items, spreading.MERGE, lambda provision, e: provision.merge(e["id"], e, options)
    )
    return multi(outcomes.document()) if outcomes.errors else plain(204)


async def delete(request: Request) -> Answer:
    """Batch Entity Delete (5.6.10): a list of ids."""
    request.broker.check_tenant(request.tenant)
    await request.read_body()
    ids = request.body
    if not isinstance(ids, list) or not ids:
        raise BadRequestData("The body is a list of ids that is not empty")
    if any(each is None for each in ids):
        raise BadRequestData("An element of the list is null")
    items: Parsed = []
    for each in ids:
        identity = str(each.get("id") if isinstance(each, dict) else each)
        if terms.is_uri(identity):
            items.append((identity, {"id": identity, "attrs": {}}))
        else:
            items.append((identity, BadRequestData(f"{identity!r} is no URI")))
    outcomes = await run(
        request, items, spreading.DELETE, lambda provision, e: provision.delete(e["id"])
    )
    return multi(outcomes.document()) if outcomes.errors else plain(204)
