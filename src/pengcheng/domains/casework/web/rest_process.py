"""REST of processes: the steps of a case, tasks of one's groups, and working on them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Schema
from pydantic import ConfigDict, Field, StringConstraints

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Case, Person, TaskQuery
from pengcheng.domains.casework.web.rest_common import PROBLEMS, answer, asker, router
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import FieldError, Invalid

StepId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")]
Words = Annotated[str, StringConstraints(max_length=2000)]


class TasksQuery(Schema):
    """Which tasks: those on the asker's desk, or all open ones of the asker's groups."""

    scope: Literal["mine", "group"] = "group"
    text: str = Field("", max_length=100, description="In number, title, name of the step")
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(20, ge=1, le=200)


class AnswerSchema(Schema):
    """The answer of a task. `outcome` is one of the step's own, if it has any."""

    model_config = ConfigDict(extra="forbid")

    outcome: str = Field("", max_length=60)
    note: Words = ""


class ReasonSchema(Schema):
    model_config = ConfigDict(extra="forbid")

    reason: Words = ""


class DelegateSchema(ReasonSchema):
    """To whom: one who has worked for the task's group before."""

    assignee: str = Field(min_length=1, max_length=80)


class TaskPath(Schema):
    case_id: UUID
    step_id: StepId

    def named(self) -> dict[str, str]:
        return {"case_id": str(self.case_id), "step_id": self.step_id}


def _case(found: Case) -> HttpResponse:
    """How the case stands now, without its answers."""
    told = {"id": found.id, "reference": found.reference, "state": found.state}
    return answer(told | {"version": found.version})


@router.get("/tasks", response={200: dict[str, Any], **PROBLEMS})
def list_tasks(request: HttpRequest, query: Query[TasksQuery]) -> HttpResponse:
    """Tasks that wait, most urgent first."""
    return answer(api.list_tasks(context=asker(request), query=TaskQuery(**query.dict())))


@router.get("/cases/{uuid:case_id}/process", response={200: dict[str, Any], **PROBLEMS})
def one_process(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The steps of a case, its parent and children, for its owner or an official concerned."""
    return answer(api.process(context=asker(request), case_id=str(case_id)))


TASK = "/cases/{uuid:case_id}/tasks/{step_id}"


@router.post(TASK + "/claim", response={200: dict[str, Any], **PROBLEMS})
def claim(request: HttpRequest, task: Path[TaskPath]) -> HttpResponse:
    """Take a task of one's group; 409 names who has it."""
    return _case(api.claim_task(context=asker(request), **task.named()))


@router.post(TASK + "/release", response={200: dict[str, Any], **PROBLEMS})
def release(request: HttpRequest, task: Path[TaskPath], told: ReasonSchema) -> HttpResponse:
    """Give it back to its group."""
    return _case(api.release_task(context=asker(request), reason=told.reason, **task.named()))


@router.post(TASK + "/complete", response={200: dict[str, Any], **PROBLEMS})
def complete(request: HttpRequest, task: Path[TaskPath], told: AnswerSchema) -> HttpResponse:
    """Answer a task one has claimed."""
    return _case(api.complete_task(context=asker(request), **told.dict(), **task.named()))


@router.post(TASK + "/return", response={200: dict[str, Any], **PROBLEMS})
def give_back(request: HttpRequest, task: Path[TaskPath], told: ReasonSchema) -> HttpResponse:
    """The one-time notice of everything that is missing."""
    context = asker(request)
    return _case(api.return_for_correction(context=context, reason=told.reason, **task.named()))


@router.post(TASK + "/delegate", response={200: dict[str, Any], **PROBLEMS})
def delegate(request: HttpRequest, task: Path[TaskPath], told: DelegateSchema) -> HttpResponse:
    """Hand it to a colleague, with the reason."""
    context = asker(request)
    to = _colleague(context, task, told.assignee)
    found = api.delegate_task(context=context, assignee=to, reason=told.reason, **task.named())
    return _case(found)


def _colleague(context: Context, task: TaskPath, id: str) -> Person:
    for person in api.task_colleagues(context=context, **task.named()):
        if person.id == id:
            return person
    raise Invalid(
        code="casework.task.colleague",
        zh="没有这位同事",
        en="There is no such colleague",
        next_zh="请从该办理组中选择。",
        next_en="Choose someone of the task's group.",
        errors=(FieldError("/assignee", "没有这位同事", "There is no such colleague"),),
    )
