"""REST of casework: one's own cases, or those of one's groups. Reading only."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import CaseQuery, ClockState, State
from pengcheng.kernel.context import Context

router = Router()
Name = Field("", max_length=120)


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 422, 429, 503}): ProblemSchema}


class CasesQuery(Schema):
    """Which cases; every condition given must hold. All scopes but `own` are for officials."""

    scope: Literal["own", "mine", "group", "all"] = "own"
    state: list[State] = Field(default_factory=list, max_length=len(State))
    clock: ClockState | None = None
    group: str = Name
    assignee: str = Name
    unassigned: bool = False
    text: str = Field("", max_length=100, description="In number, title, applicant's name")
    due_from: date | None = None
    due_to: date | None = None
    sort: str = Field("due", pattern="^-?(due|opened|updated|reference|state|title|owner)$")
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(20, ge=1, le=200)

    def asked(self) -> CaseQuery:
        told = self.dict()
        return CaseQuery(states=frozenset(told.pop("state")), **told)


def _context(request: HttpRequest) -> Context:
    context: Context = request.auth  # type: ignore[attr-defined]
    return context.for_purpose("service.handling")


def _answer(value: object) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(value), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get("/cases", response={200: dict[str, Any], **PROBLEMS})
def list_cases(request: HttpRequest, query: Query[CasesQuery]) -> HttpResponse:
    """A page of cases, without their answers."""
    return _answer(api.list_cases(context=_context(request), query=query.asked()))


@router.get("/cases/{uuid:case_id}", response={200: dict[str, Any], **PROBLEMS})
def one_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A case with its answers and evidence, for its owner or an official of its group."""
    return _answer(api.get_case(context=_context(request), case_id=str(case_id)))


@router.get("/cases/{uuid:case_id}/journal", response={200: dict[str, Any], **PROBLEMS})
def one_journal(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Every step of the case, and whether the chain is whole."""
    found = api.dossier(context=_context(request), case_id=str(case_id))
    return _answer({"entries": found.journal, "report": found.report})


@router.get("/board", response={200: dict[str, Any], **PROBLEMS})
def the_board(request: HttpRequest) -> HttpResponse:
    """Counts: load per group and official, states, last 30 days."""
    return _answer(api.board(context=_context(request)))
