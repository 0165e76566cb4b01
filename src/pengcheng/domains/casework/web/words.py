"""States, steps and clocks in people's words, with the kind of mark that goes with them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pengcheng.domains.casework.contracts import (
    ONE_WINDOW,
    ClockState,
    ClockView,
    State,
    Step,
    StepState,
)
from pengcheng.kit.pages import moments

Tag = dict[str, str]
KINDS = {
    State.SUBMITTED: "waiting",
    State.ACCEPTED: "waiting",
    State.IN_REVIEW: "active",
    State.CORRECTION_REQUESTED: "warn",
    State.SUPPLEMENTED: "active",
    State.SUSPENDED: "waiting",
    State.GRANTED: "good",
    State.REFUSED: "bad",
    State.WITHDRAWN: "neutral",
    State.APPEALED: "warn",
    State.UPHELD: "bad",
    State.OVERTURNED: "good",
    State.CLOSED: "neutral",
}
CLOCK_KINDS = {
    ClockState.RUNNING: "active",
    ClockState.WARNING: "warn",
    ClockState.OVERDUE: "bad",
    ClockState.PAUSED: "waiting",
    ClockState.STOPPED: "neutral",
}


def state_words() -> dict[State, str]:
    return {
        State.SUBMITTED: pgettext("case state", "Submitted"),
        State.ACCEPTED: pgettext("case state", "Accepted"),
        State.IN_REVIEW: pgettext("case state", "In review"),
        State.CORRECTION_REQUESTED: pgettext("case state", "Correction requested"),
        State.SUPPLEMENTED: pgettext("case state", "Supplemented"),
        State.SUSPENDED: pgettext("case state", "Special procedure"),
        State.GRANTED: pgettext("case state", "Granted"),
        State.REFUSED: pgettext("case state", "Refused"),
        State.WITHDRAWN: pgettext("case state", "Withdrawn"),
        State.APPEALED: pgettext("case state", "Appealed"),
        State.UPHELD: pgettext("case state", "Refusal upheld"),
        State.OVERTURNED: pgettext("case state", "Granted on appeal"),
        State.CLOSED: pgettext("case state", "Closed"),
    }


def step_words() -> dict[Step, str]:
    return {
        Step.OPEN: pgettext("journal", "Application received"),
        Step.ACCEPT: pgettext("journal", "Accepted for review"),
        Step.CLAIM: pgettext("journal", "Claimed"),
        Step.RELEASE: pgettext("journal", "Given back to the group"),
        Step.ASSIGN: pgettext("journal", "Assigned"),
        Step.REQUEST_CORRECTION: pgettext("journal", "Correction requested, clock stopped"),
        Step.SUPPLEMENT: pgettext("journal", "Supplemented, clock running again"),
        Step.EVIDENCE: pgettext("journal", "A register answered, its facts were added"),
        Step.GRANT_BY_RULE: pgettext("journal", "Granted by rule"),
        Step.REFUSE_BY_RULE: pgettext("journal", "Refused by rule"),
        Step.GRANT: pgettext("journal", "Granted"),
        Step.REFUSE: pgettext("journal", "Refused"),
        Step.WITHDRAW: pgettext("journal", "Withdrawn by the applicant"),
        Step.APPEAL: pgettext("journal", "Appealed by the applicant"),
        Step.UPHOLD: pgettext("journal", "Refusal upheld on appeal"),
        Step.OVERTURN: pgettext("journal", "Refusal overturned, granted"),
        Step.WARN: pgettext("journal", "Nearly due"),
        Step.OVERRUN: pgettext("journal", "Promised time overrun"),
        Step.LETTER: pgettext("journal", "Letter made and sent"),
        Step.CLOSE: pgettext("journal", "Closed"),
        Step.SUSPEND: pgettext("journal", "Special procedure begun, clock stopped"),
        Step.RESUME: pgettext("journal", "Special procedure over, clock running again"),
        Step.MIGRATE: pgettext("journal", "Moved to another version of the procedure"),
    } | _process_words()


def _process_words() -> dict[Step, str]:
    return {
        Step.STEP_READY: pgettext("journal", "Step begun"),
        Step.STEP_SKIPPED: pgettext("journal", "Step not needed"),
        Step.STEP_CLAIMED: pgettext("journal", "Task claimed"),
        Step.STEP_RELEASED: pgettext("journal", "Task given back to the group"),
        Step.STEP_DELEGATED: pgettext("journal", "Task handed to a colleague"),
        Step.STEP_RETURNED: pgettext("journal", "Correction requested, clock stopped"),
        Step.STEP_DONE: pgettext("journal", "Step done"),
        Step.STEP_WARNED: pgettext("journal", "Step nearly due"),
        Step.STEP_OVERRUN: pgettext("journal", "Promised time of the step overrun"),
        Step.STEP_PARKED: pgettext("journal", "Step waits: something is out of order"),
        Step.STEP_RETRIED: pgettext("journal", "Step tried again"),
        Step.TIMER_FIRED: pgettext("journal", "Waiting time over"),
        Step.MESSAGE_ARRIVED: pgettext("journal", "Message received"),
        Step.CHILD_OPENED: pgettext("journal", "Case opened for this step"),
        Step.CHILD_CLOSED: pgettext("journal", "Case of this step decided"),
    }


def step_state_words() -> dict[StepState, str]:
    return {
        StepState.PENDING: pgettext("process step", "Not yet"),
        StepState.READY: pgettext("process step", "To be claimed"),
        StepState.CLAIMED: pgettext("process step", "In hand"),
        StepState.WAITING: pgettext("process step", "Waiting"),
        StepState.PARKED: pgettext("process step", "Out of order, tried again"),
        StepState.DONE: pgettext("process step", "Done"),
        StepState.SKIPPED: pgettext("process step", "Not needed"),
        StepState.CANCELLED: pgettext("process step", "Ended with the case"),
    }


STEP_STATE_KINDS = {
    StepState.PENDING: "neutral",
    StepState.READY: "waiting",
    StepState.CLAIMED: "active",
    StepState.WAITING: "waiting",
    StepState.PARKED: "warn",
    StepState.DONE: "good",
    StepState.SKIPPED: "neutral",
    StepState.CANCELLED: "neutral",
}


def step_state_tag(state: StepState) -> Tag:
    return {"text": step_state_words()[state], "kind": STEP_STATE_KINDS[state]}


def step_kind_words() -> dict[str, str]:
    return {
        "task": pgettext("process step", "Task"),
        "decision": pgettext("process step", "Decision by rule"),
        "timer": pgettext("process step", "Waiting time"),
        "message": pgettext("process step", "Message awaited"),
        "subcase": pgettext("process step", "Case of its own"),
        "notice": pgettext("process step", "Notice"),
    }


def clock_words() -> dict[ClockState, str]:
    return {
        ClockState.RUNNING: pgettext("clock", "In time"),
        ClockState.WARNING: pgettext("clock", "Nearly due"),
        ClockState.OVERDUE: pgettext("clock", "Overdue"),
        ClockState.PAUSED: pgettext("clock", "Stopped"),
        ClockState.STOPPED: pgettext("clock", "Ended"),
    }


def state_tag(state: State) -> Tag:
    return {"text": state_words()[state], "kind": KINDS[state]}


def clock_tag(clock: ClockView) -> Tag:
    """A clock is told by words first; its colour only helps."""
    return {"text": _clock_text(clock), "kind": CLOCK_KINDS[clock.state]}


def _clock_text(clock: ClockView) -> str:
    days = clock.days or 0
    if clock.state == ClockState.OVERDUE:
        if days == 0:
            return _("Less than a working day over")
        late = ngettext("%(n)d working day over", "%(n)d working days over", -days)
        return late % {"n": -days}
    if clock.state == ClockState.PAUSED:
        left = ngettext("Stopped, %(n)d working day left", "Stopped, %(n)d working days left", days)
        return left % {"n": days}
    if clock.state == ClockState.STOPPED:
        return clock_words()[ClockState.STOPPED]
    if days == 0:
        return _("Due today")
    return ngettext("%(n)d working day left", "%(n)d working days left", days) % {"n": days}


def due_text(clock: ClockView) -> str:
    if clock.due_on is None or clock.state == ClockState.STOPPED:
        return ""
    return _("due %(day)s") % {"day": moments.day(clock.due_on)}


def group_name(group: str) -> str:
    return _("Common counter") if group == ONE_WINDOW else group


def trust_words() -> dict[str, str]:
    return {
        "A": pgettext("evidence", "A · issued by the authority"),
        "B": pgettext("evidence", "B · checked at a counter"),
        "C": pgettext("evidence", "C · uploaded by the applicant"),
        "D": pgettext("evidence", "D · stated by the applicant"),
    }
