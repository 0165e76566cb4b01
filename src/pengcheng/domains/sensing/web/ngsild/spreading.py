"""Batches passed on to other brokers, at once or one by one (5.6.7 to 5.6.10, 5.6.20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pengcheng.domains.sensing.api.broker import Part, Reply
from pengcheng.domains.sensing.web.ngsild import passing
from pengcheng.domains.sensing.web.ngsild.http import Request
from pengcheng.kit.ngsild.contexts import ActiveContext, core
from pengcheng.kit.ngsild.errors import BadGateway, Conflict, LoopDetected, NgsiError, of_document
from pengcheng.kit.ngsild.reading import Entity
from pengcheng.kit.ngsild.writing import Writer

Item = tuple[str, Entity]


@dataclass(frozen=True)
class Batch:
    """A batch operation, and the operations on single entities that do the same."""

    operation: str
    path: str
    single: tuple[tuple[str, str, str], ...]  # operation, method, what follows the entity's address


CREATE = Batch("createBatch", "create", (("createEntity", "POST", "new"),))
UPSERT = Batch(
    "upsertBatch", "upsert", (("replaceEntity", "PUT", ""), ("createEntity", "POST", "new"))
)
UPSERT_UPDATE = Batch(
    "upsertBatch", "upsert", (("appendAttrs", "POST", "attrs"), ("createEntity", "POST", "new"))
)
UPDATE = Batch("updateBatch", "update", (("appendAttrs", "POST", "attrs"),))
MERGE = Batch("mergeBatch", "merge", (("mergeEntity", "PATCH", ""),))
DELETE = Batch("deleteBatch", "delete", (("deleteEntity", "DELETE", ""),))


@dataclass
class Spread:
    """What is left to do here, and what became of the rest elsewhere."""

    left: list[Item]
    success: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    errors: list[tuple[str, NgsiError]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)  # what a source answers for need not be here

    def failed(self, identity: str, error: NgsiError, part: Part) -> None:
        if isinstance(error, LoopDetected) and not part.takes:
            return  # who sent it to us does it anyway
        error.source = part.id
        self.errors.append((identity, error))


async def spread(request: Request, items: Sequence[Item], batch: Batch) -> Spread:
    """Send each source its part of the entities; what nobody takes is left."""
    alone = request.flag("local") or not request.broker.registering.sources
    if alone:
        return Spread(list(items))
    found = Spread([])
    shares: dict[str, tuple[Part, list[Item]]] = {}
    for identity, entity in items:
        rest, taken = _shared(request, entity, shares)
        if taken:
            found.taken.add(identity)
        if rest["attrs"] or not taken or batch is DELETE:
            found.left.append((identity, rest))
    for part, mine in shares.values():
        await _send(request, part, mine, batch, found)
    return found


def _shared(
    request: Request, entity: Entity, shares: dict[str, tuple[Part, list[Item]]]
) -> tuple[Entity, bool]:
    """Note who gets what of an entity; returns what is left, and whether any was taken."""
    parts = passing.parts_of(request, entity["id"], entity.get("type"), entity["attrs"])
    own, left = passing.shared(parts, entity["attrs"])
    for part, mine in own:
        share = shares.setdefault(part.id, (part, []))
        share[1].append((entity["id"], {**entity, "attrs": mine}))
    return {**entity, "attrs": left}, any(part.takes for part in parts)


async def _send(
    request: Request, part: Part, mine: list[Item], batch: Batch, found: Spread
) -> None:
    if part.supports(batch.operation):
        await _at_once(request, part, mine, batch, found)
    elif any(part.supports(operation) for operation, _, _ in batch.single):
        for item in mine:
            await _one(request, part, item, batch, found)
    elif part.takes:
        for identity, _ in mine:
            reason = Conflict(f"{part.id} does not take {batch.operation} and answers for it alone")
            found.failed(identity, reason, part)


async def _at_once(
    request: Request, part: Part, mine: list[Item], batch: Batch, found: Spread
) -> None:
    context = request.context or core()
    body: Any = [i for i, _ in mine] if batch is DELETE else [_body(e, context) for _, e in mine]
    call = passing.make_call(
        request, "POST", f"/entityOperations/{batch.path}", body, passing.params_of(request)
    )
    try:
        reply = await request.broker.distributing.send(part, batch.operation, call)
    except NgsiError as error:
        for identity, _ in mine:
            found.failed(identity, _copy(passing.informed(error, part)), part)
        return
    _read(reply, part, [identity for identity, _ in mine], found)


def _read(reply: Reply, part: Part, ids: list[str], found: Spread) -> None:
    if reply.status != 207 or not isinstance(reply.body, dict):
        found.success += ids
        if reply.status == 201 and isinstance(reply.body, list):
            found.created += [each for each in reply.body if each in ids]
        return
    found.success += [each for each in reply.body.get("success", ()) if each in ids]
    for each in reply.body.get("errors", ()):
        document = each.get("error", {}) if isinstance(each, dict) else {}
        error = of_document(document, document.get("status", 500))
        found.failed(str(each.get("entityId", part.id)), error, part)


def _copy(error: NgsiError) -> NgsiError:
    return of_document(error.document(), error.status)


async def _one(request: Request, part: Part, item: Item, batch: Batch, found: Spread) -> None:
    """By the operations on a single entity: the next one if it is not there."""
    identity, entity = item
    last: NgsiError = BadGateway(f"{part.id} was not asked")
    for operation, method, more in batch.single:
        if not part.supports(operation):
            continue
        path = "/entities" if more == "new" else passing.path_of(identity, *filter(None, [more]))
        body = None if batch is DELETE else passing.written(request, entity, operation)
        call = passing.make_call(request, method, path, body, passing.params_of(request))
        try:
            await request.broker.distributing.send(part, operation, call)
        except NgsiError as error:
            last = error
            if error.status == 404:
                continue
            break
        found.success.append(identity)
        if operation == "createEntity":
            found.created.append(identity)
        return
    found.failed(identity, last, part)


def _body(entity: Entity, context: ActiveContext) -> dict[str, Any]:
    found = Writer(context).entity({"type": [], **entity})
    if not found.get("type"):
        found.pop("type", None)
    return found
