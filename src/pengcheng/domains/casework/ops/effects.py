"""What a step does to clock, desk and outcome, worked out from its row in the table."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import Definition, Step
from pengcheng.domains.casework.rules import timing
from pengcheng.domains.casework.rules.fold import CaseState
from pengcheng.domains.casework.rules.process import pausing
from pengcheng.domains.casework.rules.table import STEPS
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.workcalendar import WorkCalendar

Effects = dict[str, Any]


def of(step: Step, state: CaseState, pinned: Definition, context: Context) -> Effects:
    """The changes that the journal line records; the fold needs nothing else."""
    rule = STEPS[step]
    found = _CLOCK[rule.clock](state, pinned)
    if rule.desk == "take":
        found |= {"assignee_id": context.actor.id, "assignee_name": context.actor.name}
    elif rule.desk == "clear":
        found |= {"assignee_id": "", "assignee_name": ""}
    return found | _outcome(step, context) | _marks(step) | _steps(rule.clock, state, pinned)


def _steps(effect: str, state: CaseState, pinned: Definition) -> Effects:
    """Steps under way move on with the case's clock, and end with the case."""
    if effect == "resume":
        steps = pinned.process.steps if pinned.process else ()
        warn_days = {step.id: step.warn_days for step in steps}
        return pausing.moved_on(state.process, state.paused_on, clock.today(), warn_days)
    return pausing.cancelled(state.process, clock.now()) if effect == "stop" else {}


def _outcome(step: Step, context: Context) -> Effects:
    outcome = _OUTCOMES.get(step)
    if outcome is None:
        return {}
    return {
        "outcome": outcome,
        "decided_by": context.actor.id,
        "decided_at": clock.now(),
        "automatic": False,
    }


_OUTCOMES = {
    Step.GRANT: "granted",
    Step.GRANT_BY_RULE: "granted",
    Step.OVERTURN: "granted",
    Step.REFUSE: "refused",
    Step.REFUSE_BY_RULE: "refused",
    Step.UPHOLD: "refused",
}


def _marks(step: Step) -> Effects:
    """Warned and overrun are told once for each run of the clock."""
    return {Step.WARN: {"warned": True}, Step.OVERRUN: {"overrun": True}}.get(step, {})


def _keep(state: CaseState, pinned: Definition) -> Effects:
    return {}


def _pause(state: CaseState, pinned: Definition) -> Effects:
    return {"paused_on": clock.today()}


def _resume(state: CaseState, pinned: Definition) -> Effects:
    if state.due_on is None or state.paused_on is None:
        return {"paused_on": None}
    span = timing.resumed(
        WorkCalendar.china(), state.due_on, state.paused_on, clock.today(), pinned.clock.warn_days
    )
    warned = state.warned and clock.today() >= span.warn_on
    return msgspec.structs.asdict(span) | {"paused_on": None, "warned": warned}


def _appeal(state: CaseState, pinned: Definition) -> Effects:
    limits = pinned.clock
    span = timing.span(WorkCalendar.china(), clock.today(), limits.appeal_days, limits.warn_days)
    return msgspec.structs.asdict(span) | {"warned": False, "overrun": False, "open_until": None}


def _stop(state: CaseState, pinned: Definition) -> Effects:
    until = clock.today() + timedelta(days=pinned.clock.appeal_within_days)
    return {"open_until": until, "paused_on": None}


_CLOCK: dict[str, Callable[[CaseState, Definition], Effects]] = {
    "keep": _keep,
    "pause": _pause,
    "resume": _resume,
    "appeal": _appeal,
    "stop": _stop,
}
