"""Moving running cases to another version: an officer's command, tried out first, then recorded."""

from pengcheng.domains.casework import events
from pengcheng.domains.casework.contracts import (
    CaseMigration,
    Label,
    MigrationPlan,
    MigrationReport,
    Step,
)
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.casework.ops import definitions, store
from pengcheng.domains.casework.ops.process.driving import go_on
from pengcheng.domains.casework.ops.walking import Walk, Words, walking
from pengcheng.domains.casework.rules import guards
from pengcheng.domains.casework.rules.process import migrating as rules
from pengcheng.domains.casework.rules.process.migrating import Outlook
from pengcheng.domains.casework.rules.table import OPEN
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Invalid, Problem

MOST = 1000
PERMISSION = "casework.case.migrate"


def migrate(context: Context, plan: MigrationPlan, *, dry_run: bool) -> MigrationReport:
    """Each case by itself: one with an obstacle stays as it is and is named in the report."""
    with act(context, PERMISSION, Resource(kind="definition", id=plan.source)) as acting:
        _check(plan)
        rows = list(_meant(plan))
        acting.note(target=plan.target, cases=len(rows), dry_run=dry_run)
    one = _look if dry_run else _move
    found = tuple(one(context, plan, row) for row in rows)
    return MigrationReport(dry_run=dry_run, source=plan.source, target=plan.target, cases=found)


def _check(plan: MigrationPlan) -> None:
    old, new = definitions.load(plan.source), definitions.load(plan.target)
    errors = rules.faults(old, new, plan.mapping)
    if errors:
        raise Invalid(
            code="casework.migration.invalid",
            zh="迁移方案有误",
            en="The plan of the move is not right",
            next_zh="请按说明更正后重试。",
            next_en="Mend what is listed and try again.",
            errors=errors,
        )
    problem = guards.reason_wanted(Step.MIGRATE, plan.reason)
    if problem is not None:
        raise problem


def _meant(plan: MigrationPlan) -> list[CaseRecord]:
    rows = CaseRecord.objects.filter(definition_id=plan.source, state__in=OPEN)
    if plan.cases:
        rows = rows.filter(pk__in=plan.cases)
    return list(rows.order_by("opened_at", "pk")[:MOST])


def _outlook(plan: MigrationPlan, row: CaseRecord) -> Outlook:
    old, new = definitions.load(plan.source), definitions.load(plan.target)
    return rules.outlook(old, new, store.state_of(row), plan.mapping)


def _told(row: CaseRecord, found: Outlook) -> CaseMigration:
    return CaseMigration(
        case_id=row.pk, reference=row.reference, changes=found.changes, obstacles=found.obstacles
    )


def _look(context: Context, plan: MigrationPlan, row: CaseRecord) -> CaseMigration:
    """The same guards as the move itself."""
    who, state = guards.asker(context, row.owner_id), store.state_of(row)
    problem = guards.objection(state, store.facts_of(row), Step.MIGRATE, who)
    found = _outlook(plan, row)
    return _refused(row, Outlook({}, (), ()), problem) if problem else _told(row, found)


def _move(context: Context, plan: MigrationPlan, row: CaseRecord) -> CaseMigration:
    """What the trial said is looked at again under the lock: the case may have moved on."""
    try:
        with walking(context, row.pk, Step.MIGRATE) as walk:
            if walk.row.definition_id != plan.source:
                raise guards.stale()
            found = _outlook(plan, walk.row)
            if not found.obstacles:
                _write(walk, plan, found)
    except Problem as problem:
        return _refused(row, Outlook({}, (), ()), problem)
    return _told(row, found)


def _write(walk: Walk, plan: MigrationPlan, found: Outlook) -> None:
    facts = found.facts | {"definition_id": plan.target, "definition_before": plan.source}
    walk.step(Step.MIGRATE, Words(reason=plan.reason), **facts)
    walk.tell(events.CaseMigrated, definition=plan.target)
    go_on(walk)


def _refused(row: CaseRecord, found: Outlook, problem: Problem) -> CaseMigration:
    why = Label(problem.title("zh-hans"), problem.title("en"))
    return CaseMigration(
        case_id=row.pk,
        reference=row.reference,
        changes=found.changes,
        obstacles=(*found.obstacles, why),
    )
