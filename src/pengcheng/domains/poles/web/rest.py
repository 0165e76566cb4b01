"""REST: poles, what is mounted, what does not work."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from pengcheng.domains.poles import api, contracts
from pengcheng.kernel.context import Context

router = Router()


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class Wanted(Schema):
    """Which poles."""

    words: str = Field("", max_length=100)
    kind: str = Field("", max_length=12)
    state: str = Field("", max_length=10)
    owner: str = Field("", max_length=120)
    faulty: bool = False
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(50, ge=1, le=1000)


class PoleSchema(Schema):
    """A pole without its code."""

    model_config = ConfigDict(extra="forbid")

    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)
    road: str = Field("", max_length=120)
    owner: str = Field("", max_length=120)
    height: float = 0.0
    power: int = 0
    phases: int = 1
    circuit: str = Field("", max_length=60)
    state: contracts.State = "standing"
    simulated: bool = False


class MountSchema(Schema):
    """Something to be mounted."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=60)
    kind: contracts.Kind
    owner: str = Field(max_length=120)
    watts: int = 0
    phase: int = 1
    device: str = Field("", max_length=200)


class FaultSchema(Schema):
    """What does not work."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=500)
    mount_id: str = Field("", max_length=36)
    severity: contracts.Severity = "moderate"


class StepSchema(Schema):
    """How a fault goes on."""

    model_config = ConfigDict(extra="forbid")

    to: contracts.FaultState
    note: str = Field("", max_length=500)


PROBLEMS: dict[Any, Any] = {
    frozenset({400, 401, 403, 404, 409, 413, 422}): ProblemSchema,
}
FOUND: dict[Any, Any] = {200: dict[str, Any], **PROBLEMS}
MADE: dict[Any, Any] = {201: dict[str, Any], **PROBLEMS}


def _context(request: HttpRequest) -> Context:
    return request.auth  # type: ignore[attr-defined,no-any-return]


def _answer(value: object, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), status=status, content_type="application/json")


@router.get("/poles", response=FOUND)
def list_poles(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponse:
    """Poles, a page at a time."""
    asked = contracts.Search(**wanted.model_dump())
    found = api.search(context=_context(request), asked=asked)
    return _answer({"items": found.poles, "total": found.total})


@router.get("/poles/{pole_id}", response=FOUND)
def one_pole(request: HttpRequest, pole_id: str) -> HttpResponse:
    """One pole by id or code, with what it bears and what does not work."""
    context = _context(request)
    pole = api.pole(context=context, pole_id=pole_id)
    return _answer(
        {
            **msgspec.to_builtins(pole),
            "mounted": api.mounts(context=context, pole_id=pole.id),
            "loads": api.loads(context=context, pole=pole),
            "reported": api.faults_of(context=context, pole_id=pole.id),
        }
    )


@router.put("/poles/{pole_id}", response=FOUND)
def put_pole(request: HttpRequest, pole_id: str, body: PoleSchema) -> HttpResponse:
    """Register the pole of this code, or change it."""
    pole = contracts.NewPole(code=pole_id, **body.model_dump())
    return _answer(api.save(context=_context(request), pole=pole))


@router.post("/poles/{pole_id}/mounts", response=MADE)
def put_on(request: HttpRequest, pole_id: str, body: MountSchema) -> HttpResponse:
    """Put something on a pole."""
    given = contracts.NewMount(**body.model_dump())
    return _answer(api.mount(context=_context(request), pole_id=pole_id, given=given), 201)


@router.delete("/mounts/{mount_id}", response=FOUND)
def take_down(request: HttpRequest, mount_id: str) -> HttpResponse:
    """Take something down; it stays on record."""
    return _answer(api.unmount(context=_context(request), mount_id=mount_id))


@router.post("/poles/{pole_id}/faults", response=MADE)
def report_fault(request: HttpRequest, pole_id: str, body: FaultSchema) -> HttpResponse:
    """Report what does not work."""
    found = api.report(context=_context(request), pole_id=pole_id, **body.model_dump())
    return _answer(found, 201)


@router.get("/faults/{fault_id}", response=FOUND)
def one_fault(request: HttpRequest, fault_id: str) -> HttpResponse:
    """A fault with its journal."""
    return _answer(api.fault(context=_context(request), fault_id=fault_id))


@router.post("/faults/{fault_id}/steps", response=FOUND)
def move_fault(request: HttpRequest, fault_id: str, body: StepSchema) -> HttpResponse:
    """Take a fault up, or say that it is repaired."""
    context = _context(request)
    return _answer(api.move_fault(context=context, fault_id=fault_id, **body.model_dump()))
