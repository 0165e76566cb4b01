"""Passing provisions on to other brokers, and adding up what became of them (5.6, 6.3.17)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from pengcheng.domains.sensing.api.broker import Call, Part
from pengcheng.domains.sensing.web.ngsild.http import Answer, Request, multi
from pengcheng.kit.ngsild import choosing
from pengcheng.kit.ngsild.errors import (
    BadGateway,
    Conflict,
    LoopDetected,
    NgsiError,
    OperationNotSupported,
    ResourceNotFound,
)
from pengcheng.kit.ngsild.reading import Attributes, Entity
from pengcheng.kit.ngsild.series import TemporalQuery
from pengcheng.kit.ngsild.writing import Writer

Local = Callable[[Entity], Awaitable[Any]]


@dataclass
class Passed:
    """What became of the parts of one operation."""

    identity: str
    errors: list[tuple[str, NgsiError]] = field(default_factory=list)
    done: int = 0
    local: Any = None
    names: tuple[str, ...] = ()  # the attributes that are concerned
    missed: list[dict[str, str]] = field(default_factory=list)  # NotUpdatedDetails (5.2.19)

    def fail(self, source: str, error: NgsiError, names: Iterable[str] = ()) -> None:
        self.errors.append((source, error))
        where = {"registrationId": source} if source else {}
        self.missed += [
            {"attributeName": each, "reason": error.detail or error.title, **where}
            for each in names
        ]

    def updated(self, fine: Answer, refused: Mapping[str, str] | None = None) -> Answer:
        """The same for operations on attributes: 207 with an UpdateResult (5.2.18)."""
        if self.errors and not self.done:
            raise self.errors[0][1]
        told = [{"attributeName": k, "reason": why} for k, why in (refused or {}).items()]
        told += self.missed
        if not told:
            return fine
        gone = {each["attributeName"] for each in told}
        done = [name for name in self.names if name not in gone]
        return multi({"updated": done, "notUpdated": told})

    def answer(self, fine: Answer) -> Answer:
        """The plain answer, an error if nothing succeeded, or 207 with both (5.2.16)."""
        if not self.errors:
            return fine
        if not self.done and self._alike():
            raise self.errors[0][1]
        errors = [
            {
                "entityId": self.identity,
                **({"registrationId": source} if source else {}),
                "error": error.document(),
            }
            for source, error in self.errors
        ]
        told = multi({"success": [self.identity] if self.done else [], "errors": errors})
        told.headers += [each for each in fine.headers if each[0] == b"Location"]
        return told

    def _alike(self) -> bool:
        """Whether one error says it all: only one, not found anywhere, or nobody takes it."""
        kinds = {error.kind for _, error in self.errors}
        return len(self.errors) == 1 or kinds in ({"ResourceNotFound"}, {"Conflict"})


def parts_of(
    request: Request,
    identity: str,
    types: Any,
    names: Iterable[str],
    *,
    temporal: bool = False,
    time: TemporalQuery | None = None,
) -> list[Part]:
    """The sources that an operation on one entity concerns; none if it is to stay here."""
    alone = request.flag("local") or request.snapshot
    if alone or not request.broker.registering.sources:
        return []
    if not types and request.params.get("type"):
        types = choosing.type_selection(request.params["type"], request.context)
    came = "" if looped(request) else via(request)
    found = request.broker.distributing.parts(
        request.tenant,
        types=types,
        ids=(identity,),
        names=names,
        temporal=temporal,
        time=time,
        via=came,
    )
    if not looped(request):
        return found
    if request.method != "GET" and any(part.mode != "auxiliary" for part in found):
        raise LoopDetected("The request has been here before")
    request.looped += found
    return []


def looped(request: Request) -> bool:
    """Whether another broker sent back what came from here (4.3.6.4)."""
    return request.broker.distributing.loops(request.tenant, via(request))


def make_call(
    request: Request,
    method: str,
    path: str,
    body: Any = None,
    params: Mapping[str, str] | None = None,
) -> Call:
    """A request to be passed on because of this one."""
    return Call(
        method,
        path,
        request.context,
        body,
        params,
        via(request),
        request.tenant,
        request.headers,
    )


def via(request: Request) -> str:
    return request.headers.get("via", "")


def path_of(identity: str, *more: str, root: str = "/entities") -> str:
    return "/".join([root, quote(identity, safe=":"), *more])


async def provide(
    request: Request, operation: str, entity: Entity, call: tuple[str, str], local: Local
) -> Passed:
    """Send each source its part of a body, and write what is left here."""
    identity = entity["id"]
    parts = parts_of(
        request, identity, entity.get("type"), entity["attrs"], temporal=is_temporal(operation)
    )
    passed = Passed(identity, names=tuple(entity["attrs"]))
    shares, left = shared(parts, entity["attrs"])
    for part, mine in shares:
        body = written(request, {**entity, "attrs": mine}, operation)
        await _pass(request, part, operation, call, body, passed, tuple(mine))
    await here(passed, parts, {**entity, "attrs": left}, bool(entity["attrs"]), local)
    return passed


def shared(
    parts: list[Part], attrs: Attributes
) -> tuple[list[tuple[Part, Attributes]], Attributes]:
    """Who gets which attributes, and what is left: an exclusive source has its own alone, all
    redirect ones get the same, inclusive ones a copy of what remains (5.6.1.4).
    """
    shares, open_, left = [], dict(attrs), dict(attrs)
    for part in parts:
        if part.mode == "auxiliary":
            continue
        among = open_ if part.takes else left
        mine = {n: e for n, e in among.items() if not part.names or n in part.names}
        if not mine and attrs:
            continue
        shares.append((part, mine))
        if part.mode == "exclusive":
            open_ = {n: e for n, e in open_.items() if n not in mine}
        if part.takes:
            left = {n: e for n, e in left.items() if n not in mine}
    return shares, left


async def here(
    passed: Passed, parts: list[Part], entity: Entity, had_attributes: bool, local: Local
) -> None:
    """Our own part: nothing, if sources took all there was."""
    taken = any(part.takes for part in parts)
    if taken and not (had_attributes and entity["attrs"]):
        return
    try:
        passed.local = await local(entity)
    except NgsiError as error:
        if not parts:
            raise
        passed.fail("", error, entity["attrs"])
    else:
        passed.done += 1


async def _pass(
    request: Request,
    part: Part,
    operation: str,
    call: tuple[str, str],
    body: Any,
    passed: Passed,
    names: tuple[str, ...] = (),
) -> None:
    sent = make_call(request, *call, body, params_of(request))
    try:
        await request.broker.distributing.send(part, operation, sent)
    except OperationNotSupported as error:
        if part.takes:
            reason = Conflict(f"{error.detail}, and answers for it alone")
            passed.fail(part.id, reason, names)
    except LoopDetected:
        if part.takes:
            passed.fail(part.id, LoopDetected("A source redirects back here"), names)
    except NgsiError as error:
        passed.fail(part.id, informed(error, part), names)
    else:
        passed.done += 1


def informed(error: NgsiError, part: Part) -> NgsiError:
    """What a source that answers alone refuses for reasons of its own is a BadGateway (6.3.17)."""
    own = error.status in {401, 403} or error.status >= 500
    if not part.takes or not own or error.status in {502, 504, 508}:
        return error
    return BadGateway(f"{part.id} answered {error.status}: {error.detail}")


def params_of(request: Request) -> dict[str, str]:
    kept = ("type", "options", "datasetId", "deleteAll", "observedAt", "lang", "format")
    return {key: value for key, value in request.params.items() if key in kept}


def written(request: Request, entity: Entity, operation: str) -> Any:
    """A fragment in the names of the request; what is no entity goes without id and type."""
    whole = operation in {"createEntity", "replaceEntity", "upsertTemporal"}
    found = Writer(request.context).entity({"type": [], **entity})
    if not whole:
        found.pop("id", None)
    if not found.get("type"):
        found.pop("type", None)
    return found


async def attribute(
    request: Request,
    operation: str,
    identity: str,
    name: str,
    body: Any,
    local: Callable[[], Awaitable[Any]],
    call: tuple[str, str],
) -> Passed:
    """An operation on one attribute: its source has it alone, or copies it."""
    parts = parts_of(request, identity, None, (name,), temporal=is_temporal(operation))
    passed = Passed(identity, names=(name,))
    for part in parts:
        if part.mode != "auxiliary":
            await _pass(request, part, operation, call, body, passed, (name,))
    if any(part.takes for part in parts):
        return passed
    await here(passed, parts, {"id": identity, "attrs": {name: []}}, True, lambda _: local())
    return passed


def is_temporal(operation: str) -> bool:
    return operation.endswith("Temporal")


async def deletion(
    request: Request,
    identity: str,
    local: Callable[[], Awaitable[Any]],
    operation: str = "deleteEntity",
    root: str = "/entities",
) -> Passed:
    """Delete Entity, or its evolution, here and at every source (5.6.6, 5.6.16)."""
    parts = parts_of(request, identity, None, (), temporal=is_temporal(operation))
    passed = Passed(identity)
    for part in parts:
        if part.mode != "auxiliary":
            call = ("DELETE", path_of(identity, root=root))
            await _pass(request, part, operation, call, None, passed)
    try:
        await local()
    except NgsiError as error:
        if not parts:
            raise
        elsewhere = any(part.takes for part in parts)  # what is held there need not be here
        if not (elsewhere and isinstance(error, ResourceNotFound)):
            passed.errors.append(("", error))
    else:
        passed.done += 1
    return passed
