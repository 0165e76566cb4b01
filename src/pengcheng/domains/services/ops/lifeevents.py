"""Sending a life event: one transaction that records all parts and opens the cases that can start.

A part that waits for another's result has its row from the start; its case is opened by the same
function as soon as the result is there.
"""

from __future__ import annotations

import msgspec

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import (
    Answer,
    Clock,
    Definition,
    Evidence,
    Label,
    Person,
    Submission,
)
from pengcheng.domains.services.contracts import Applied
from pengcheng.domains.services.contracts.lifeevents import LifeEvent, Part, PartState
from pengcheng.domains.services.events import EventSent
from pengcheng.domains.services.models import Draft, Filing, FilingLine, FilingPart, Serial
from pengcheng.domains.services.ops import drafts, lifeevents_fees
from pengcheng.domains.services.ops.submitting import refuse_gaps
from pengcheng.domains.services.rules import bundles, lifeevents
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.ids import reference
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms import definition as forms

PART = "services"
WORKBENCH = "/workbench/events/"


def is_event(draft_id: str) -> bool:
    """Whether this draft fills in the one form of an event."""
    return drafts.row_of(draft_id).item_code in lifeevents.by_code()


def send(context: Context, draft_id: str) -> Applied:
    """Send the one form: again is harmless and answers the same filing."""
    seen = drafts.row_of(draft_id)
    with act(context, "services.application.submit", drafts.resource(seen)) as acting:
        row = drafts.row_of(draft_id, lock=True)
        if row.case_id:
            return _applied(row, repeated=True)
        event = lifeevents.by_code()[row.item_code]
        refuse_gaps(answering.Filling(drafts.form_of(row), answering.read(row.answers)))
        filing = _record(context, event, row)
        lifeevents_fees.ask(filing)
        open_ready(context, filing, event)
        row.case_id, row.reference, row.updated_at = filing.pk, filing.reference, clock.now()
        row.save(update_fields=["case_id", "reference", "updated_at"])
        acting.emit(
            EventSent(
                subject=f"event/{filing.pk}",
                filing_id=filing.pk,
                event=event.id,
                reference=filing.reference,
                parts=len(event.part),
            )
        )
        acting.note(reference=filing.reference, parts=len(event.part))
        return _applied(row)


def _applied(row: Draft, *, repeated: bool = False) -> Applied:
    return Applied(
        case_id=row.case_id, reference=row.reference, code=None, outcome=None, repeated=repeated
    )


def _record(context: Context, event: LifeEvent, row: Draft) -> Filing:
    now, answers = clock.now(), answering.read(row.answers)
    filing = Filing.objects.create(
        event=event.id,
        reference=reference(lifeevents.PREFIX, clock.today().year, Serial.objects.create().pk),
        owner=row.owner,
        owner_kind="organisation" if context.actor.kind == "organisation" else "person",
        owner_name=context.actor.name,
        draft=row,
        charges=msgspec.to_builtins(lifeevents.charges(event, answers)),
        sent_at=now,
    )
    FilingPart.objects.bulk_create(
        FilingPart(
            filing=filing, part=part.id, position=number, state=PartState.WAITING, changed_at=now
        )
        for number, part in enumerate(event.part, 1)
    )
    tell(filing, "sent")
    return filing


# --- opening cases ----------------------------------------------------------------------


def open_ready(context: Context, filing: Filing, event: LifeEvent) -> None:
    """Open the cases of all parts that wait for nothing any more; stop those that cannot come."""
    rows = {row.part: row for row in FilingPart.objects.filter(filing=filing)}
    states = {id: PartState(row.state) for id, row in rows.items()}
    for part in lifeevents.ready(event, states):
        open_case(context, filing, event, part)
    for part_id, cause in lifeevents.blocked(event, states).items():
        move(rows[part_id], PartState.STOPPED, stopped_by=cause)
        tell(filing, "stopped", part_id, note=cause)


def open_case(context: Context, filing: Filing, event: LifeEvent, part: Part) -> None:
    """A case for the part with its share of the answers; a further attempt makes a further case."""
    row = FilingPart.objects.select_for_update().get(filing=filing, part=part.id)
    form, answers = sheet(filing, part)
    address = casework.register_definition(
        context=system_context(PART), definition=_bundle(event, part, form)
    )
    attempt = row.attempt + 1
    receipt = casework.open_case(
        context=context,
        definition=address,
        submission=submission(filing, event, part, form, answers),
        idempotency_key=f"{filing.pk}:{part.id}:{attempt}",
        owner=Person(filing.owner, filing.owner_name),
    )
    move(
        row,
        PartState.OPEN,
        case_id=receipt.case.id,
        reference=receipt.case.reference,
        attempt=attempt,
        stopped_by="",
    )
    tell(filing, "opened" if attempt == 1 else "resent", part.id, note=receipt.case.reference)


def sheet(filing: Filing, part: Part) -> tuple[forms.Definition, answering.Answers]:
    """The part's share of the form, and the answers as they now are."""
    answers = answering.read(filing.draft.answers)
    form = drafts.form_of(filing.draft)
    return lifeevents.form_of_part(form, part, answers), answers


def submission(
    filing: Filing,
    event: LifeEvent,
    part: Part,
    form: forms.Definition,
    answers: answering.Answers,
) -> Submission:
    """What this department is told: its questions, facts of earlier parts, where it belongs."""
    made = bundles.submission(form, answers, drafts.files_of(filing.draft_id), drafts.LINK)
    return Submission(
        answers=(*_taken(filing, event, part), *made.answers),
        evidence=(*made.evidence, _belongs(filing, event)),
    )


def _taken(filing: Filing, event: LifeEvent, part: Part) -> list[Answer]:
    """The facts that earlier parts gave, as the issuing department's own words (grade A)."""
    found = []
    for row in FilingPart.objects.filter(filing=filing, part__in=part.after):
        source = event.the(row.part)
        for fact in source.gives:
            if fact.id in part.takes and fact.id in row.facts:
                found.append(
                    Answer(
                        key=fact.id,
                        label=Label(fact.zh, fact.en),
                        value=row.facts[fact.id],
                        source=Label(f"“{source.zh}”的结果", f"Result of: {source.en}"),
                        trust="A",
                        retrieved_at=row.changed_at,
                        record=row.facts[fact.id],
                    )
                )
    return found


def _belongs(filing: Filing, event: LifeEvent) -> Evidence:
    return Evidence(
        key="event",
        label=Label(
            f"本件属于“{event.zh}”一件事 {filing.reference}：查看并联进度",
            f"Part of the event “{event.en}” {filing.reference}: see how the others stand",
        ),
        source=Label("一件事系统", "Life events"),
        trust="A",
        url=f"{WORKBENCH}{filing.pk}/",
    )


def _bundle(event: LifeEvent, part: Part, form: forms.Definition) -> Definition:
    return Definition(
        kind=lifeevents.KIND,
        title=Label(f"{part.zh}（{event.zh}）", f"{part.en} ({event.en})"),
        item_code=part.item,
        candidate_group=part.group,
        clock=Clock(days=part.days),
        form=bundles.fields(form),
        legal_basis=part.basis,
        notices=bundles.notices(),
        department=part.department_zh,
    )


# --- rows and lines ---------------------------------------------------------------------


def move(row: FilingPart, state: PartState, **more: object) -> None:
    """Write a part's new state and whatever changes with it."""
    row.state, row.changed_at = state, clock.now()
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "changed_at", *more])


def tell(filing: Filing, what: str, part: str = "", *, note: str = "") -> None:
    """A line of the one timeline."""
    FilingLine.objects.create(filing=filing, at=clock.now(), what=what, part=part, note=note)
