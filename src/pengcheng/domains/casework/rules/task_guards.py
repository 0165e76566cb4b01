"""Why an official cannot work on a task now, as the problem that people and programs will read."""

from collections.abc import Callable

from pengcheng.domains.casework.contracts import Step, StepState, TaskAct
from pengcheng.domains.casework.rules import guards
from pengcheng.domains.casework.rules.fold import CaseState
from pengcheng.domains.casework.rules.guards import Asker, Facts
from pengcheng.domains.casework.rules.process.status import MOVES, StepStatus
from pengcheng.domains.casework.rules.table import STEPS, target
from pengcheng.kernel.problems import Conflict, Denied, NotFound, Problem

ACTS: dict[TaskAct, Step] = {
    "claim": Step.STEP_CLAIMED,
    "release": Step.STEP_RELEASED,
    "delegate": Step.STEP_DELEGATED,
    "complete": Step.STEP_DONE,
    "return": Step.STEP_RETURNED,
}
_MINE = frozenset({Step.STEP_RELEASED, Step.STEP_DONE, Step.STEP_RETURNED})
_BEGUN = frozenset({StepState.CLAIMED, StepState.READY})

TaskGuard = Callable[[CaseState, StepStatus, Step, Asker], Problem | None]


def objection(
    case: CaseState, facts: Facts, step_id: str, verb: Step, who: Asker
) -> Problem | None:
    """The first reason against the act, or None."""
    status = case.process.get(step_id)
    if who.id in facts.concerned:
        return guards.own_case()
    if who.party != "official":
        return guards.not_your_step()
    if status is None or (not status.group and status.state not in _BEGUN):
        return _unknown()
    for guard in _GUARDS:
        problem = guard(case, status, verb, who)
        if problem is not None:
            return problem
    if verb == Step.STEP_RETURNED:
        return guards.correction_once(case)
    return None


def _group(case: CaseState, status: StepStatus, verb: Step, who: Asker) -> Problem | None:
    if status.group in who.groups or status.assignee_id == who.id:
        return None
    return Denied(
        code="casework.task.other_group",
        zh="该任务不在您所在的办理组",
        en="This task belongs to another group",
        next_zh="请由该组工作人员办理。",
        next_en="An official of that group can handle it.",
    )


def _taken(case: CaseState, status: StepStatus, verb: Step, who: Asker) -> Problem | None:
    if verb != Step.STEP_CLAIMED or status.state != StepState.CLAIMED:
        return None
    if status.assignee_id == who.id:
        return _conflict("already_yours", "该任务已在您名下", "You already have this task")
    name = status.assignee_name
    return _conflict("taken", f"该任务已由{name}认领", f"{name} has already claimed this task")


def _now(case: CaseState, status: StepStatus, verb: Step, who: Asker) -> Problem | None:
    return guards.not_now() if target(case.state, verb) is None else None


def _open(case: CaseState, status: StepStatus, verb: Step, who: Asker) -> Problem | None:
    if status.state in _BEGUN:
        return None
    return _conflict("ended", "该任务已结束", "This task has ended")


def _mine(case: CaseState, status: StepStatus, verb: Step, who: Asker) -> Problem | None:
    if verb not in _MINE or (status.assignee_id == who.id and status.state in MOVES[verb][0]):
        return None
    if not status.assignee_id:
        return _conflict("claim_first", "请先认领该任务", "Claim the task first")
    name = status.assignee_name
    return _conflict("not_yours", f"该任务由{name}办理", f"{name} is handling this task")


def _person(case: CaseState, status: StepStatus, verb: Step, who: Asker) -> Problem | None:
    return guards.person_decides() if STEPS[verb].person and who.by_agent else None


def _unknown() -> NotFound:
    return NotFound(
        code="casework.task.not_found",
        zh="该办件没有此任务",
        en="The case has no such task now",
        next_zh="请返回办件查看。",
        next_en="Go back to the case and look.",
    )


def _conflict(code: str, zh: str, en: str) -> Conflict:
    return Conflict(
        code=f"casework.task.{code}",
        zh=zh,
        en=en,
        next_zh="请返回办件查看可办理的任务。",
        next_en="Go back to the case to see what you can do.",
    )


_GUARDS: tuple[TaskGuard, ...] = (_group, _open, _taken, _now, _mine, _person)


def may_see(status: StepStatus, who: Asker) -> bool:
    return who.party == "official" and bool(
        status.group in who.groups or status.assignee_id == who.id
    )
