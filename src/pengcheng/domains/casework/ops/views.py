"""From rows to what others see."""

from datetime import date

from pengcheng.domains.casework.contracts import (
    Case,
    CaseRow,
    CaseStatus,
    Label,
    Person,
    State,
    Step,
    StepLine,
    Submission,
)
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.casework.ops import definitions, store
from pengcheng.domains.casework.rules import guards, timing
from pengcheng.domains.casework.rules.fold import CaseState
from pengcheng.domains.casework.rules.table import STEPS
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.workcalendar import WorkCalendar


def case_view(context: Context, row: CaseRecord, submission: Submission | None = None) -> Case:
    """The case for this asker; ``submission`` spares reading what was just handed in."""
    pinned = definitions.load(row.definition_id)
    state = store.state_of(row)
    refused = row.state == State.REFUSED
    return Case(
        id=row.pk,
        reference=row.reference,
        definition=row.definition_id,
        kind=row.kind,
        item_code=row.item_code,
        title=pinned.title,
        department=row.department,
        group=row.group,
        state=State(row.state),
        version=row.version,
        owner=Person(row.owner_id, row.owner_name),
        assignee=_assignee(row),
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        clock=timing.view(WorkCalendar.china(), state, clock.today()),
        correction_used=row.correction_used,
        automatic=row.automatic,
        outcome=state.outcome,
        decided_at=row.decided_at,
        appeal_until=row.open_until if refused else None,
        legal_basis=pinned.legal_basis,
        submission=submission or store.read_submission(row),
        steps=possible_steps(context, row, state),
        department_en=pinned.department_en,
        suspended_until=row.expected_on,
    )


def row_view(row: CaseRecord, today: date) -> CaseRow:
    return CaseRow(
        id=row.pk,
        reference=row.reference,
        item_code=row.item_code,
        title=Label(row.title_zh, row.title_en),
        group=row.group,
        state=State(row.state),
        version=row.version,
        owner=Person(row.owner_id, row.owner_name),
        assignee=_assignee(row),
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        clock=timing.view(WorkCalendar.china(), store.state_of(row), today),
    )


def status_view(row: CaseRecord, steps: tuple[StepLine, ...] = ()) -> CaseStatus:
    pinned = definitions.load(row.definition_id)
    notice = next((n.text for n in pinned.notices if n.state == row.state), None)
    return CaseStatus(
        reference=row.reference,
        title=pinned.title,
        department=row.department,
        state=State(row.state),
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        clock=timing.view(WorkCalendar.china(), store.state_of(row), clock.today()),
        notice=notice,
        department_en=pinned.department_en,
        steps=steps,
    )


def possible_steps(context: Context, row: CaseRecord, state: CaseState) -> frozenset[Step]:
    """What the asker may do now: the same guards that the steps themselves ask."""
    facts, who = store.facts_of(row), guards.asker(context, row.owner_id)
    resource = store.resource(row)
    found = {
        step
        for step, rule in STEPS.items()
        if not rule.process
        and guards.objection(state, facts, step, who) is None
        and allowed(context, rule.permission, resource)
    }
    if Step.ACCEPT in found and who.party == "official":
        found.add(Step.CLAIM)  # claiming accepts on the way
    return frozenset(found)


def _assignee(row: CaseRecord) -> Person | None:
    return Person(row.assignee_id, row.assignee_name) if row.assignee_id else None
