"""What officials do with a task: claim, give back, delegate, complete, return for correction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pengcheng.domains.casework import events
from pengcheng.domains.casework.contracts import Case, Person, Step, StepState
from pengcheng.domains.casework.models import CaseRecord, StepRecord
from pengcheng.domains.casework.ops import store
from pengcheng.domains.casework.ops.process.driving import go_on
from pengcheng.domains.casework.ops.walking import Walk, Words, walking
from pengcheng.domains.casework.rules import guards, task_guards
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import FieldError, Invalid


@contextmanager
def working(
    context: Context, case_id: str, step_id: str, verb: Step, reason: str = ""
) -> Iterator[Walk]:
    """Hold the case and ask the guards of the task."""
    with walking(context, case_id, verb) as walk:
        who = guards.asker(context, walk.row.owner_id)
        facts = store.facts_of(walk.row)
        problem = task_guards.objection(walk.state, facts, step_id, verb, who)
        problem = problem or guards.reason_wanted(verb, reason)
        if problem is not None:
            raise problem
        yield walk


def claim(context: Context, case_id: str, step_id: str) -> Case:
    with working(context, case_id, step_id, Step.STEP_CLAIMED) as walk:
        _give(walk, Step.STEP_CLAIMED, step_id, Person(context.actor.id, context.actor.name))
        walk.tell(events.TaskClaimed, step_id=step_id, assignee=context.actor.id)
        return walk.view()


def release(context: Context, case_id: str, step_id: str, reason: str) -> Case:
    with working(context, case_id, step_id, Step.STEP_RELEASED, reason) as walk:
        changes = {"state": StepState.READY, "assignee_id": "", "assignee_name": ""}
        walk.line(Step.STEP_RELEASED, step_id, changes, Words(reason=reason))
        group = walk.state.process[step_id].group
        walk.tell(events.TaskReady, step_id=step_id, task_group=group)
        return walk.view()


def delegate(context: Context, case_id: str, step_id: str, to: Person, reason: str) -> Case:
    with working(context, case_id, step_id, Step.STEP_DELEGATED, reason) as walk:
        if to.id in {walk.row.owner_id, walk.row.opened_by}:
            raise guards.unfit()
        _give(walk, Step.STEP_DELEGATED, step_id, to, reason)
        walk.tell(events.TaskClaimed, step_id=step_id, assignee=to.id)
        return walk.view()


def _give(walk: Walk, verb: Step, step_id: str, to: Person, reason: str = "") -> None:
    changes = {"state": StepState.CLAIMED, "assignee_id": to.id, "assignee_name": to.name}
    walk.line(verb, step_id, changes, Words(reason=reason))


def complete(context: Context, case_id: str, step_id: str, outcome: str, note: str) -> Case:
    """The task is answered; what comes after it begins in the same transaction."""
    with working(context, case_id, step_id, Step.STEP_DONE, note) as walk:
        changes = {
            "state": StepState.DONE,
            "outcome": _known(walk, step_id, outcome),
            "ended_at": clock.now(),
            "ended_by": context.actor.id,
            "ended_name": context.actor.name,
        }
        walk.line(Step.STEP_DONE, step_id, changes, Words(reason=note))
        walk.tell(events.StepEnded, step_id=step_id, outcome=changes["outcome"])
        go_on(walk)
        return walk.view()


def _known(walk: Walk, step_id: str, outcome: str) -> str:
    """One of the answers that the step allows."""
    steps = walk.pinned.process.steps if walk.pinned.process else ()
    allowed = {each.id for step in steps if step.id == step_id for each in step.outcomes}
    if outcome in (allowed or {"", "done"}):
        return outcome or "done"
    raise Invalid(
        code="casework.task.outcome",
        zh="请选择办理结果",
        en="Choose one of the outcomes",
        next_zh="请选择该任务允许的结果。",
        next_en="Choose one that this task allows.",
        errors=(FieldError("/outcome", "请选择办理结果", "Choose an outcome"),),
    )


def return_for_correction(context: Context, case_id: str, step_id: str, reason: str) -> Case:
    """The one-time notice of the whole case, sent from a task: all clocks stop."""
    with working(context, case_id, step_id, Step.STEP_RETURNED, reason) as walk:
        walk.line(Step.STEP_RETURNED, step_id, {}, Words(reason=reason), correction_used=True)
        walk.tell(events.CorrectionRequested)
        return walk.view()


def colleagues(context: Context, case_id: str, step_id: str) -> tuple[Person, ...]:
    """Officials who have worked for the task's group before, but for those who must not."""
    row = store.find(case_id)
    status = store.state_of(row).process.get(step_id)
    if status is None or not task_guards.may_see(status, guards.asker(context, row.owner_id)):
        return ()
    unfit = {"", row.owner_id, row.opened_by, status.assignee_id, context.actor.id}
    found: dict[str, Any] = {}
    for table in (StepRecord, CaseRecord):
        rows = table.objects.filter(group=status.group).exclude(assignee_id__in=unfit)
        found |= dict(rows.values_list("assignee_id", "assignee_name").distinct())
    return tuple(Person(id_, name) for id_, name in sorted(found.items(), key=lambda each: each[1]))
