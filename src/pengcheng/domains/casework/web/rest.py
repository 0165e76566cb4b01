"""REST of casework: one's own cases, or those of one's groups. Only tasks can be worked on."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import CaseQuery, ClockState, State
from pengcheng.domains.casework.web import rest_process as rest_process  # its paths
from pengcheng.domains.casework.web.rest_common import PROBLEMS, answer, asker, router

Name = Field("", max_length=120)


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


@router.get("/cases", response={200: dict[str, Any], **PROBLEMS})
def list_cases(request: HttpRequest, query: Query[CasesQuery]) -> HttpResponse:
    """A page of cases, without their answers."""
    return answer(api.list_cases(context=asker(request), query=query.asked()))


@router.get("/cases/{uuid:case_id}", response={200: dict[str, Any], **PROBLEMS})
def one_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A case with its answers and evidence, for its owner or an official of its group."""
    return answer(api.get_case(context=asker(request), case_id=str(case_id)))


@router.get("/cases/{uuid:case_id}/journal", response={200: dict[str, Any], **PROBLEMS})
def one_journal(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Every step of the case, and whether the chain is whole."""
    found = api.dossier(context=asker(request), case_id=str(case_id))
    return answer({"entries": found.journal, "report": found.report})


@router.get("/board", response={200: dict[str, Any], **PROBLEMS})
def the_board(request: HttpRequest) -> HttpResponse:
    """Counts: load per group and official, states, last 30 days."""
    return answer(api.board(context=asker(request)))
