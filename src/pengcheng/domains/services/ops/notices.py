"""What applicants are told of their case, in the words of the definition it was opened with."""

from __future__ import annotations

from datetime import UTC, datetime, time

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import Heading, Label, State
from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import About, Text, Values
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.workcalendar import WorkCalendar
from pengcheng.kit.forms.definition import Text as Named

KINDS = "services."
REMIND_AFTER = 5  # working days
"""A correction notice can be sent only once, so a reminder goes to whoever overlooked it."""
USUAL = {
    State.CORRECTION_REQUESTED: Label(
        "需要补正材料，请在“我的办件”中查看。", "Something is missing: see My matters."
    ),
    State.GRANTED: Label("申请已获批准。", "Your application was granted."),
    State.REFUSED: Label(
        "申请未获批准，可申请人工复核。",
        "Your application was refused; you can ask a person to look again.",
    ),
    State.ACCEPTED: Label("申请已受理。", "Your application was accepted for review."),
    State.WITHDRAWN: Label("您已撤回申请。", "You took the application back."),
    State.APPEALED: Label(
        "已收到您的复核申请，将由工作人员复核。", "We have your appeal; a person will look at it."
    ),
    State.UPHELD: Label("复核结果：维持原决定。", "Looked at again: the refusal stands."),
    State.OVERTURNED: Label("复核结果：已批准。", "Looked at again: granted."),
}
"""For states on which a definition has no words of its own."""


def tell(context: Context, case_id: str, state: str, cause: str) -> None:
    """Send the notice of this state. Other kinds of case, and states without words, are silent."""
    case = _case(context, case_id)
    text = _words(context, case, State(state))
    if text is None or not case.kind.startswith(KINDS):
        return
    if state == State.SUBMITTED and case.automatic:
        return  # decided in the same moment: the decision says all
    correction = state == State.CORRECTION_REQUESTED
    template = "services.case.correction" if correction else "services.case.notice"
    _send(context, case, template, {"text": Text(text.zh, text.en)}, cause)


def _words(context: Context, case: Heading, state: State) -> Label | None:
    pinned = casework.get_definition(context=context, sha256=case.definition)
    own = {notice.state: notice.text for notice in pinned.notices}
    return own.get(state) or USUAL.get(state)


def tell_words(context: Context, case_id: str, step_id: str, cause: str) -> None:
    """Send the words of a notice step."""
    case = _case(context, case_id)
    pinned = casework.get_definition(context=context, sha256=case.definition)
    steps = pinned.process.steps if pinned.process else ()
    for step in steps:
        if step.id == step_id and step.text is not None and case.kind.startswith(KINDS):
            text = Text(step.text.zh, step.text.en)
            _send(context, case, "services.case.notice", {"text": text}, cause)


def late(context: Context, case_id: str, due_on: str, cause: str) -> None:
    """Tell that the promised time is over."""
    case = _case(context, case_id)
    if case.kind.startswith(KINDS):
        _send(context, case, "services.case.overdue", {"date": due_on}, cause)


def answered(context: Context, case_id: str, source: Named, cause: str) -> None:
    """Tell that the register which a case waited for has answered."""
    own = context.for_purpose("service.notice")
    values: Values = {"register": Text(source.zh, source.text("en"))}
    _send(own, _case(own, case_id), "services.case.register_answered", values, cause)


def remind(context: Context, case_id: str) -> bool:
    """Remind of a correction, if it is still missing."""
    case = _case(context, case_id)
    if case.state is not State.CORRECTION_REQUESTED:
        return False
    values: Values = {"days": str(REMIND_AFTER)}
    _send(context, case, "services.case.correction_reminder", values, f"{case_id}/reminder")
    return True


def reminder_due() -> datetime:
    """The morning after so many working days."""
    day = WorkCalendar.china().add_working_days(clock.today(), REMIND_AFTER)
    return datetime.combine(day, time(9), clock.CITY_ZONE).astimezone(UTC)


def _case(context: Context, case_id: str) -> Heading:
    return casework.heading(context=context, case_id=case_id)


def _send(context: Context, case: Heading, template: str, values: Values, cause: str) -> None:
    shared: Values = {
        "title": Text(case.title.zh, case.title.en),
        "reference": case.reference,
    }
    messages.send(
        context=context,
        to=case.owner.id,
        template=template,
        values={**shared, **values},
        about=About("case", case.id, f"/matters/{case.id}/"),
        idempotency_key=f"{template}/{cause}",
    )
