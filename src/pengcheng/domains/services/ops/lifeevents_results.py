"""What follows when a part's case moves: facts handed on, licences, parts opened or stopped."""

from __future__ import annotations

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import State
from pengcheng.domains.services.contracts.lifeevents import (
    ENDED,
    LifeEvent,
    Part,
    PartState,
)
from pengcheng.domains.services.events import EventEnded, EventPartMoved
from pengcheng.domains.services.models import Filing, FilingPart, Serial
from pengcheng.domains.services.ops import drafts, lifeevents_fees, lifeevents_finish
from pengcheng.domains.services.ops import lifeevents as filing_ops
from pengcheng.domains.services.ops.submitting import refuse_gaps
from pengcheng.domains.services.rules import lifeevents, lifeevents_numbers
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict
from pengcheng.kit.forms import answers as answering

STATES = {
    State.CORRECTION_REQUESTED: PartState.CORRECTION,
    State.GRANTED: PartState.GRANTED,
    State.OVERTURNED: PartState.GRANTED,
    State.REFUSED: PartState.REFUSED,
    State.UPHELD: PartState.REFUSED,
    State.WITHDRAWN: PartState.WITHDRAWN,
}
"""Case states that the event takes note of; in all others the part is simply open."""


def case_moved(context: Context, case_id: str) -> None:
    """Take over how the case stands now; a state that is known already changes nothing."""
    row = FilingPart.objects.filter(case_id=case_id).select_related("filing").first()
    if row is None:
        return
    case = casework.get_case(context=context, case_id=case_id)
    with act(context, "services.event.follow", Resource(kind="event", id=row.filing_id)) as acting:
        filing = Filing.objects.select_for_update().get(pk=row.filing_id)
        row = FilingPart.objects.get(pk=row.pk)
        state = STATES.get(case.state, PartState.OPEN)
        if _changes(row, state):
            _take(acting, filing, row, state)


def _changes(row: FilingPart, state: PartState) -> bool:
    """A granted part stays granted: closing the case later takes nothing back."""
    done = {PartState.GRANTED, PartState.UNPAID}
    return row.state not in done and row.state != state


def _take(acting: Acting, filing: Filing, row: FilingPart, state: PartState) -> None:
    event = lifeevents.events()[filing.event]
    part = event.the(row.part)
    if state is PartState.GRANTED:
        if row.state == PartState.REFUSED:  # overturned
            lifeevents_fees.due_again(filing, (part.id, *_unblock(filing, event, part)))
        _grant(filing, row, part)
    else:
        filing_ops.move(row, state)
    filing_ops.tell(filing, state.value, part.id)
    _announce(acting, filing, row)
    filing_ops.open_ready(acting.context, filing, event)
    _give_back(filing)
    _end(acting, filing)


def _give_back(filing: Filing) -> None:
    for part in lifeevents_fees.give_back(filing):
        filing_ops.tell(filing, "refunded", part)


def _grant(filing: Filing, row: FilingPart, part: Part) -> None:
    """Facts are there at once for the next parts; the licence waits for the fee."""
    answers = answering.read(filing.draft.answers)
    serial, year = Serial.objects.create().pk, clock.today().year
    facts = {
        fact.id: lifeevents_numbers.number(fact.id, serial, year, answers) for fact in part.gives
    }
    owing = lifeevents_fees.owing(filing, part.id)
    filing_ops.move(row, PartState.UNPAID if owing else PartState.GRANTED, facts=facts)
    if not owing:
        lifeevents_finish.hand_out(filing, row, part)


def _announce(acting: Acting, filing: Filing, row: FilingPart) -> None:
    acting.emit(
        EventPartMoved(
            subject=f"event/{filing.pk}",
            filing_id=filing.pk,
            event=filing.event,
            reference=filing.reference,
            part=row.part,
            state=row.state,
            owner=filing.owner,
        )
    )


def _end(acting: Acting, filing: Filing) -> None:
    states = list(FilingPart.objects.filter(filing=filing).values_list("state", flat=True))
    if not all(state in ENDED for state in states):
        return
    filing_ops.tell(filing, "ended")
    acting.emit(
        EventEnded(
            subject=f"event/{filing.pk}",
            filing_id=filing.pk,
            event=filing.event,
            reference=filing.reference,
            granted=states.count(PartState.GRANTED),
            parts=len(states),
        )
    )


# --- the fee ----------------------------------------------------------------------------


def paid(context: Context, order_id: str) -> None:
    """The one payment came in: what was granted and waited for it is handed out now."""
    found = Filing.objects.filter(order_id=order_id).first() if order_id else None
    if found is None:
        return
    with act(context, "services.event.follow", Resource(kind="event", id=found.pk)) as acting:
        filing = Filing.objects.select_for_update().get(pk=found.pk)
        if not lifeevents_fees.take(filing, order_id):
            return
        filing_ops.tell(filing, "paid")
        event = lifeevents.events()[filing.event]
        for row in FilingPart.objects.filter(filing=filing, state=PartState.UNPAID):
            if lifeevents_fees.owing(filing, row.part):
                continue
            filing_ops.move(row, PartState.GRANTED)
            lifeevents_finish.hand_out(filing, row, event.the(row.part))
            filing_ops.tell(filing, "issued", row.part)
            _announce(acting, filing, row)
        _give_back(filing)
        _end(acting, filing)


# --- mending ----------------------------------------------------------------------------


def resend(context: Context, draft_id: str, note: str) -> str:
    """Send the corrected answers to the parts that wait for them, and to no other."""
    seen = drafts.row_of(draft_id)
    with act(context, "services.application.submit", drafts.resource(seen)) as acting:
        filing = Filing.objects.select_for_update().get(draft_id=draft_id)
        rows = [row for row in filing.parts.all() if row.state in _MENDABLE]
        if not rows:
            raise drafts.already_sent()
        answers = answering.read(filing.draft.answers)
        refuse_gaps(answering.Filling(drafts.form_of(filing.draft), answers))
        event = lifeevents.events()[filing.event]
        for row in rows:
            _again(context, filing, event, row, note)
        acting.note(reference=filing.reference, parts=len(rows))
        return filing.pk


_MENDABLE = frozenset({PartState.CORRECTION, PartState.REFUSED})


def _again(context: Context, filing: Filing, event: LifeEvent, row: FilingPart, note: str) -> None:
    part = event.the(row.part)
    if row.state == PartState.REFUSED:
        filing_ops.open_case(context, filing, event, part)
        lifeevents_fees.due_again(filing, (part.id, *_unblock(filing, event, part)))
        return
    form, answers = filing_ops.sheet(filing, part)
    casework.supplement(
        context=context.for_purpose("service.own-matter"),
        case_id=row.case_id,
        submission=filing_ops.submission(filing, event, part, form, answers),
        note=note,
    )
    filing_ops.move(row, PartState.OPEN)
    filing_ops.tell(filing, "supplemented", part.id)


def _unblock(filing: Filing, event: LifeEvent, part: Part) -> list[str]:
    """What was stopped by this part waits for it again; answers which."""
    later = [one.id for one in lifeevents.dependents(event, part.id)]
    rows = list(filing.parts.filter(part__in=later, state=PartState.STOPPED, stopped_by=part.id))
    for row in rows:
        filing_ops.move(row, PartState.WAITING, stopped_by="")
    return [row.part for row in rows]


def withdraw(context: Context, filing_id: str, reason: str) -> None:
    """Take back every part that is not decided yet."""
    filing = Filing.objects.filter(pk=filing_id).first()
    if filing is None:
        raise drafts.missing()
    what = Resource(kind="event", id=filing.pk, owner=filing.owner)
    with act(context, "services.event.change", what):
        rows = list(filing.parts.filter(state__in=[PartState.OPEN, PartState.CORRECTION]))
        if not rows:
            raise _nothing_open()
        for row in rows:
            casework.withdraw(
                context=context.for_purpose("service.own-matter"),
                case_id=row.case_id,
                reason=reason,
            )


def _nothing_open() -> Conflict:
    return Conflict(
        code="services.event.nothing_open",
        zh="没有可以撤回的部分",
        en="No part can be taken back any more",
        next_zh="已作出决定的部分不能撤回。",
        next_en="What is decided cannot be taken back.",
    )
