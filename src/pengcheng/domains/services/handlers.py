"""What the services do when a case moves: tell the applicant, give a licence, follow an event."""

from __future__ import annotations

from django_tasks import task

from pengcheng.domains.casework.events import (
    AppealDecided,
    CaseAccepted,
    CaseAppealed,
    CaseDecided,
    CaseEvent,
    CaseOpened,
    CaseOverdue,
    CaseWithdrawn,
    CorrectionRequested,
    MessageWanted,
    NoticeGiven,
)
from pengcheng.domains.identity.events import CredentialChanged, MandateChanged
from pengcheng.domains.payments.events import OrderPaid
from pengcheng.domains.services import api
from pengcheng.domains.services.api import (
    account_notices,
    appointments,
    fees,
    lifeevents,
    notices,
    outreach,
    public_notices,
    registers,
    registration,
)
from pengcheng.kernel import jobs
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import Envelope, hears

PART = "services"


def _tell(envelope: Envelope, event: CaseEvent) -> None:
    """The case may be further on by now: what the event says counts."""
    if not event.kind.startswith("services."):
        return
    notices.tell_of_case(
        context=envelope.context(PART),
        case_id=event.case_id,
        state=event.state,
        cause=envelope.id,
    )


def _follow(envelope: Envelope, event: CaseEvent) -> None:
    """A part of a life event moved: the others may wait for it."""
    if event.kind == lifeevents.KIND:
        context = envelope.context(PART).for_purpose("service.event")
        lifeevents.case_moved(context=context, case_id=event.case_id)


def _give(envelope: Envelope, event: CaseEvent) -> None:
    if event.kind.startswith("services."):
        api.give_licence(context=envelope.context(PART), case_id=event.case_id)


@hears(CaseOpened, when=lambda event: not event.decided)  # else the decision says all
def on_opened(envelope: Envelope, event: CaseOpened) -> None:
    if not event.decided:  # one that was owed before this was asked
        _tell(envelope, event)


@hears(CaseAccepted)
def on_accepted(envelope: Envelope, event: CaseAccepted) -> None:
    _tell(envelope, event)


@hears(CorrectionRequested)
def on_correction_requested(envelope: Envelope, event: CorrectionRequested) -> None:
    _tell(envelope, event)
    _follow(envelope, event)
    jobs.enqueue(
        remind_of_correction,
        unique_key=f"services/remind/{event.case_id}",
        run_after=notices.reminder_due(),
        case_id=event.case_id,
    )


@hears(CaseDecided)
def on_decided(envelope: Envelope, event: CaseDecided) -> None:
    """What a rule grants has its licence in the same transaction; a person's grant has it here."""
    if event.outcome == "granted" and not event.automatic:
        _give(envelope, event)
    _tell(envelope, event)
    if event.kind == registers.CORRECTION:
        own = envelope.context(PART)
        registers.settle_correction(context=own, case_id=event.case_id, outcome=event.outcome)
    _follow(envelope, event)
    public_notices.drop(case_id=event.case_id)
    registration.case_decided(case_id=event.case_id, outcome=event.outcome)
    outreach.case_decided(case_id=event.case_id, outcome=event.outcome)


@hears(CaseWithdrawn)
def on_withdrawn(envelope: Envelope, event: CaseWithdrawn) -> None:
    if event.kind.startswith("services."):
        fees.give_back(context=envelope.context(PART), case_id=event.case_id)
    _tell(envelope, event)
    _follow(envelope, event)
    public_notices.drop(case_id=event.case_id)


@hears(CaseAppealed)
def on_appealed(envelope: Envelope, event: CaseAppealed) -> None:
    _tell(envelope, event)


@hears(AppealDecided)
def on_appeal_decided(envelope: Envelope, event: AppealDecided) -> None:
    if event.outcome == "overturned":
        _give(envelope, event)
        outreach.case_decided(case_id=event.case_id, outcome="granted")
    _tell(envelope, event)
    _follow(envelope, event)


@hears(CaseOverdue)
def on_overdue(envelope: Envelope, event: CaseOverdue) -> None:
    if event.kind.startswith("services."):
        notices.tell_of_delay(
            context=envelope.context(PART),
            case_id=event.case_id,
            due_on=event.due_on,
            cause=envelope.id,
        )


@hears(NoticeGiven)
def on_notice_given(envelope: Envelope, event: NoticeGiven) -> None:
    if event.kind.startswith("services."):
        notices.tell_words(
            context=envelope.context(PART),
            case_id=event.case_id,
            step_id=event.step_id,
            cause=envelope.id,
        )


@hears(MessageWanted)
def on_message_wanted(envelope: Envelope, event: MessageWanted) -> None:
    """A step of ours waits: for its fee, or for the days of a public notice."""
    if not event.kind.startswith("services."):
        return
    context = envelope.context(PART).for_purpose("service.notice")
    if event.name == "payment":
        fees.ask(context=context, case_id=event.case_id)
    else:
        public_notices.post(context=context, case_id=event.case_id, message=event.name)


@hears(OrderPaid)
def on_order_paid(envelope: Envelope, event: OrderPaid) -> None:
    """A fee of a case goes to its process; that of a life event to its filing."""
    context = envelope.context(PART)
    if event.about_kind == fees.MATTER:
        fees.paid(context=context, case_id=event.about_id, amount_fen=event.amount_fen)
    elif event.about_kind == lifeevents.ABOUT:
        lifeevents.paid(context=context.for_purpose("service.event"), order_id=event.order_id)


@hears(CredentialChanged)
def on_credential_changed(envelope: Envelope, event: CredentialChanged) -> None:
    """Whoever did not do it themselves must hear of it."""
    account_notices.tell_of_change(
        context=envelope.context(PART),
        account_id=event.subject.removeprefix("account/"),
        change=event.change,
        cause=envelope.id,
    )


@hears(MandateChanged)
def on_mandate_changed(envelope: Envelope, event: MandateChanged) -> None:
    account_notices.tell_of_mandate(
        context=envelope.context(PART),
        mandate_id=event.subject.removeprefix("mandate/"),
        change=event.change,
        principal=event.principal,
        agent=event.agent,
        cause=envelope.id,
    )


@task()
def remind_of_correction(case_id: str) -> bool:
    """Runs some working days after a correction notice."""
    return notices.remind_of_correction(context=system_context(PART), case_id=case_id)


@task()
def end_expired_names() -> int:
    """Every night: names that nobody used in time are free again."""
    return registration.end_expired_names(context=system_context(PART))


@task()
def sweep_files() -> int:
    """Nightly: files of drafts that were thrown away and of answers that were replaced."""
    return registers.sweep_files(context=system_context(PART))


@task()
def resume_waiting() -> int:
    """Every minute: applications that wait for a register."""
    return registers.resume_waiting(context=system_context(PART))


@task()
def sweep_notices() -> int:
    """Twice an hour: notices whose days are over."""
    return public_notices.sweep(context=system_context(PART))


@task()
def find_entitled() -> int:
    """Every night: people who agreed to be looked for, and who became entitled."""
    return outreach.run(context=system_context(PART))


@task()
def remind_of_appointments() -> int:
    """Every quarter of an hour: whoever comes within a day is reminded, once."""
    return appointments.remind_due()
