"""The process of a case as people see it: colleagues by name, to the applicant by office."""

from collections.abc import Iterable

from pengcheng.domains.casework.contracts import (
    CaseLink,
    ClockState,
    ClockView,
    Label,
    Person,
    ProcessStep,
    ProcessView,
    State,
    StepLine,
    StepState,
    StepView,
    TaskAct,
)
from pengcheng.domains.casework.models import CaseRecord, VersionRecord
from pengcheng.domains.casework.ops import definitions, store
from pengcheng.domains.casework.rules import guards, task_guards, timing
from pengcheng.domains.casework.rules.fold import CaseState
from pengcheng.domains.casework.rules.process.names import result
from pengcheng.domains.casework.rules.process.plan import finished
from pengcheng.domains.casework.rules.process.status import OPEN, StepStatus
from pengcheng.domains.casework.rules.table import PAUSED, STEPS
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.workcalendar import WorkCalendar

NOT_YET = StepStatus(state=StepState.PENDING)


def of(context: Context, row: CaseRecord) -> ProcessView:
    """For an asker who may read the case."""
    pinned, state = definitions.load(row.definition_id), store.state_of(row)
    children = {link.id: link for link in _children(row)}
    asked = _Asked(context, row, state)
    steps = pinned.process.steps if pinned.process else ()
    return ProcessView(
        case_id=row.pk,
        definition=row.definition_id,
        version=_number(row),
        steps=tuple(asked.step(each, children) for each in steps),
        finished=finished(pinned, state),
        parent=_parent(row),
        children=tuple(children.values()),
    )


def lines(row: CaseRecord) -> tuple[StepLine, ...]:
    """The steps without persons, for the holder of number and code."""
    pinned, state = definitions.load(row.definition_id), store.state_of(row)
    steps = pinned.process.steps if pinned.process else ()
    return tuple(_line(each, state.process.get(each.id, NOT_YET)) for each in steps)


def _line(step: ProcessStep, status: StepStatus) -> StepLine:
    return StepLine(
        label=step.label,
        kind=step.kind,
        state=status.state,
        office=step.office,
        due_on=status.due_on if status.state in OPEN else None,
        waiting_for=_waiting_for(status),
        next_try_at=status.next_try_at,
    )


class _Asked:
    """One asker and one case: what they may see and do in its steps."""

    def __init__(self, context: Context, row: CaseRecord, state: CaseState) -> None:
        self.context, self.row, self.state = context, row, state
        self.who = guards.asker(context, row.owner_id)
        self.named = self.who.party != "owner"

    def step(self, step: ProcessStep, children: dict[str, CaseLink]) -> StepView:
        status = self.state.process.get(step.id, NOT_YET)
        answers = {each.id: each.label for each in step.outcomes}
        return StepView(
            id=step.id,
            label=step.label,
            kind=step.kind,
            state=status.state,
            group=status.group or step.group,
            office=step.office,
            assignee=self._person(status.assignee_id, status.assignee_name),
            clock=clock_of(status, self.state),
            after=step.after,
            text=step.text,
            outcomes=step.outcomes,
            outcome=status.outcome,
            outcome_label=answers.get(status.outcome),
            note=status.note if self.named else "",
            result=result(status),
            begun_at=status.begun_at,
            ended_at=status.ended_at,
            ended_by=self._person(status.ended_by, status.ended_name),
            waiting_for=_waiting_for(status),
            next_try_at=status.next_try_at,
            attempts=status.attempts,
            child=children.get(status.child),
            can=self.can(step.id),
        )

    def _person(self, id: str, name: str) -> Person | None:
        return Person(id, name) if id and self.named else None

    def can(self, step_id: str) -> frozenset[TaskAct]:
        return acts(self.context, self.row, self.state, step_id)


def acts(context: Context, row: CaseRecord, state: CaseState, step_id: str) -> frozenset[TaskAct]:
    """What the asker may do with a task now: the same guards that the acts themselves ask."""
    if step_id not in state.process:
        return frozenset()
    who, facts = guards.asker(context, row.owner_id), store.facts_of(row)
    resource = store.resource(row)
    return frozenset(
        act
        for act, verb in task_guards.ACTS.items()
        if task_guards.objection(state, facts, step_id, verb, who) is None
        and allowed(context, STEPS[verb].permission, resource)
    )


def clock_of(status: StepStatus, case: CaseState) -> ClockView:
    """The step's own promise, as people read it today."""
    if status.state not in OPEN or status.due_on is None:
        return ClockView(state=ClockState.STOPPED, due_on=status.due_on, days=None)
    return timing.clock(
        WorkCalendar.china(),
        status.due_on,
        status.warn_on,
        case.paused_on if case.state in PAUSED else None,
        clock.today(),
    )


def _waiting_for(status: StepStatus) -> Label | None:
    if status.state != StepState.PARKED:
        return None
    return Label(status.waiting_zh, status.waiting_en)


def _number(row: CaseRecord) -> int | None:
    found = VersionRecord.objects.filter(definition_id=row.definition_id).order_by("-number")
    return found.values_list("number", flat=True).first()


def _children(row: CaseRecord) -> Iterable[CaseLink]:
    if not row.process:
        return ()
    rows = CaseRecord.objects.filter(parent_id=row.pk).order_by("opened_at")
    return [_link(each, each.parent_step) for each in rows]


def _parent(row: CaseRecord) -> CaseLink | None:
    if not row.parent_id:
        return None
    found = CaseRecord.objects.filter(pk=row.parent_id).first()
    return _link(found, row.parent_step) if found else None


def _link(row: CaseRecord, step_id: str) -> CaseLink:
    return CaseLink(
        id=row.pk,
        reference=row.reference,
        title=Label(row.title_zh, row.title_en),
        state=State(row.state),
        step_id=step_id,
    )
