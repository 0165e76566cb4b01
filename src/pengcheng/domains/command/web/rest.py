"""REST: incidents, their journals and chains, and the steps of the state machine."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from pengcheng.domains.command import api, contracts
from pengcheng.kernel.context import Context

router = Router()


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 409, 422}): ProblemSchema}
StepName = Literal["acknowledge", "assign", "start", "resolve", "close", "reopen", "dismiss"]


class Wanted(Schema):
    """Which incidents."""

    state: str = Field("", max_length=12)
    level: int = Field(0, ge=0, le=4)
    district: str = Field("", max_length=40)
    search: str = Field("", max_length=100)
    only_open: bool = False
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(50, ge=1, le=500)


class MoveSchema(Schema):
    """A step, and the version of the incident that the caller saw."""

    model_config = ConfigDict(extra="forbid")

    step: StepName
    version: int = Field(ge=1, le=2_000_000_000)
    reason: str = Field("", max_length=500)
    unit: str = Field("", max_length=60)


def _context(request: HttpRequest) -> Context:
    context: Context = request.auth  # type: ignore[attr-defined]
    return context.for_purpose("incident.handling")


def _answer(value: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type="application/json")


@router.get("/incidents", response={200: dict[str, Any], **PROBLEMS})
def list_incidents(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponse:
    """Incidents, newest first, a page at a time."""
    query = contracts.IncidentQuery(
        state=wanted.state,
        level=wanted.level,
        district=wanted.district,
        search=wanted.search,
        only_open=wanted.only_open,
    )
    items, total = api.incidents(
        context=_context(request), query=query, offset=wanted.offset, limit=wanted.limit
    )
    return _answer({"items": items, "total": total})


@router.get("/incidents/{incident_id}", response={200: dict[str, Any], **PROBLEMS})
def one_incident(request: HttpRequest, incident_id: str) -> HttpResponse:
    """One incident with its journal and what can be done now."""
    context = _context(request)
    item = api.incident(context=context, incident_id=incident_id)
    return _answer(
        {
            "incident": item,
            "journal": api.journal(context=context, incident_id=incident_id),
            "steps": [row.step for row in api.steps(incident=item)],
        }
    )


@router.get("/incidents/{incident_id}/chain", response={200: dict[str, Any], **PROBLEMS})
def incident_chain(request: HttpRequest, incident_id: str) -> HttpResponse:
    """From the incident back to the observation."""
    links = api.chain(context=_context(request), incident_id=incident_id)
    return _answer({"links": links})


@router.post("/incidents/{incident_id}/moves", response={200: dict[str, Any], **PROBLEMS})
def move_incident(request: HttpRequest, incident_id: str, move: MoveSchema) -> HttpResponse:
    """Take a step. 409 when someone was faster or the state does not allow it."""
    wanted = contracts.Move(**move.model_dump())
    return _answer(api.move(context=_context(request), incident_id=incident_id, move=wanted))


@router.get("/units", response={200: dict[str, Any], **PROBLEMS})
def list_units(request: HttpRequest) -> HttpResponse:
    """The units that can be sent."""
    return _answer({"items": api.units(context=_context(request))})


@router.get("/counts", response={200: dict[str, Any], **PROBLEMS})
def incident_counts(request: HttpRequest) -> HttpResponse:
    """Incidents by state and level."""
    return _answer(api.counts(context=_context(request)))
