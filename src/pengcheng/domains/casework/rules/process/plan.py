"""The next thing a process does by itself, or nothing: then people, days or messages are awaited.

One move at a time, so that each is a line of the journal and the next one sees what it did.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import (
    Definition,
    Label,
    Outcome,
    ProcessStep,
    Step,
    StepState,
    TraceLine,
)
from pengcheng.domains.casework.rules import timing
from pengcheng.domains.casework.rules.fold import CaseState
from pengcheng.domains.casework.rules.process import deciding
from pengcheng.domains.casework.rules.process.names import packed, unpacked
from pengcheng.domains.casework.rules.process.status import ENDED, StepStatus
from pengcheng.kernel.workcalendar import WorkCalendar
from pengcheng.kit import feel

Names = Mapping[str, Any]


class Moment(msgspec.Struct, frozen=True):
    """When it is, for rules: the instant and the city's day."""

    now: datetime
    today: date


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A line to write: what it changes in the step, and what it sets off beyond it."""

    verb: Step
    step: ProcessStep
    changes: dict[str, Any]
    reason: Label | None = None
    trace: tuple[TraceLine, ...] = ()
    ends: Outcome | None = None  # a decision that ends the case
    opens: str = ""  # item code of a child case


def next_move(definition: Definition, case: CaseState, names: Names, moment: Moment) -> Move | None:
    """The first step of the table that can move."""
    for step in definition.process.steps if definition.process else ():
        status = case.process.get(step.id)
        move = (
            _begin(definition, case, step, names, moment)
            if status is None
            else _continue(case, step, status, moment)
        )
        if move is not None:
            return move
    return None


def finished(definition: Definition, case: CaseState) -> bool:
    """Whether nothing stands before the last word."""
    steps = definition.process.steps if definition.process else ()
    return all(has_ended(case.process.get(step.id)) for step in steps)


def has_ended(status: StepStatus | None) -> bool:
    return status is not None and status.state in ENDED


# --- a step that has not begun ----------------------------------------------------------


def _begin(
    definition: Definition, case: CaseState, step: ProcessStep, names: Names, moment: Moment
) -> Move | None:
    if not all(has_ended(case.process.get(each)) for each in step.after):
        return None
    if step.when.strip() and feel.evaluate(step.when, names) is False:
        changes = {"state": StepState.SKIPPED, "ended_at": moment.now}
        return Move(verb=Step.STEP_SKIPPED, step=step, changes=changes, reason=_because(step))
    if step.kind == "decision":
        return _decided(definition, step, names, moment)
    if step.kind == "notice":
        changes = {"state": StepState.DONE, "outcome": "told", "ended_at": moment.now}
        return Move(verb=Step.STEP_DONE, step=step, changes=changes, reason=step.text)
    if step.kind == "subcase":
        return Move(verb=Step.CHILD_OPENED, step=step, changes={}, opens=step.child)
    return Move(verb=Step.STEP_READY, step=step, changes=_ready(step, moment))


def _because(step: ProcessStep) -> Label:
    return Label(f"条件不成立：{step.when}", f"The condition does not hold: {step.when}")


def _ready(step: ProcessStep, moment: Moment) -> dict[str, Any]:
    task = step.kind == "task"
    changes: dict[str, Any] = {
        "state": StepState.READY if task else StepState.WAITING,
        "begun_at": moment.now,
    }
    if task:
        changes["group"] = step.group
    if step.days:
        span = timing.span(WorkCalendar.china(), moment.today, step.days, step.warn_days)
        changes |= msgspec.structs.asdict(span)
    return changes


def _decided(definition: Definition, step: ProcessStep, names: Names, moment: Moment) -> Move:
    verdict = deciding.ask(definition, step, names)
    changes = {
        "state": StepState.DONE,
        "outcome": verdict.outcome,
        "result": packed(verdict.result),
        "ended_at": moment.now,
    }
    return Move(
        verb=Step.STEP_DONE,
        step=step,
        changes=changes,
        reason=verdict.reason,
        trace=verdict.trace,
        ends=verdict.ends,
    )


# --- a step that waits ------------------------------------------------------------------


def _continue(
    case: CaseState, step: ProcessStep, status: StepStatus, moment: Moment
) -> Move | None:
    if status.state not in {StepState.WAITING, StepState.PARKED}:
        return None
    if step.kind == "message" and step.message in case.messages:
        return _arrived(case, step, moment)
    if status.state == StepState.PARKED:
        return _tried_again(step, status, moment)
    if step.kind == "subcase" and not status.child:
        return Move(verb=Step.CHILD_OPENED, step=step, changes={}, opens=step.child)
    if step.kind == "timer" and (status.due_on is None or status.due_on < moment.today):
        changes = {"state": StepState.DONE, "outcome": "elapsed", "ended_at": moment.now}
        return Move(verb=Step.TIMER_FIRED, step=step, changes=changes)
    return None


def _arrived(case: CaseState, step: ProcessStep, moment: Moment) -> Move:
    said = case.messages[step.message]
    outcome = unpacked(said).get("outcome")
    changes = {
        "state": StepState.DONE,
        "outcome": outcome if isinstance(outcome, str) and outcome else "arrived",
        "result": said,
        "ended_at": moment.now,
        "next_try_at": None,
    }
    return Move(verb=Step.STEP_DONE, step=step, changes=changes)


def _tried_again(step: ProcessStep, status: StepStatus, moment: Moment) -> Move | None:
    if status.next_try_at is not None and status.next_try_at > moment.now:
        return None
    changes = {"state": StepState.WAITING, "next_try_at": None}
    return Move(verb=Step.STEP_RETRIED, step=step, changes=changes)
