"""Applications that wait for a register: they go on by themselves as soon as it answers."""

from __future__ import annotations

from django.db import transaction

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import Case, Label, State
from pengcheng.domains.services.models import Draft
from pengcheng.domains.services.ops import (
    catalogue,
    deciding,
    drafts,
    facts,
    forms,
    granting,
    notices,
    submitting,
)
from pengcheng.domains.services.rules import bundles
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Problem
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms.definition import Definition, Text

AT_ONCE = 200


def resume(context: Context) -> int:
    """Read again what was missing; answers how many applications could go on. One that fails does
    not hold up the others.
    """
    waiting = Draft.objects.exclude(waits_for="").order_by("updated_at")
    return sum(_tried(context, id) for id in waiting.values_list("pk", flat=True)[:AT_ONCE])


def _tried(context: Context, draft_id: str) -> bool:
    try:
        with transaction.atomic():
            return _go_on(context, draft_id)
    except Problem:
        return False


def _go_on(context: Context, draft_id: str) -> bool:
    row = drafts.row_of(draft_id, lock=True)
    form = drafts.form_of(row)
    settled = facts.settle(context, row, form, confirmed=True)
    if settled.waits_for or not row.waits_for:
        return False
    with act(context, "services.application.resume", drafts.resource(row)) as acting:
        source, row.waits_for = facts.title(row.waits_for), ""
        _hand_in(context, row, form, source)
        if not settled.disputed:
            _decide(context, row, form)
        row.save(update_fields=submitting.ANSWERED)
        acting.note(reference=row.reference, outcome=row.outcome or "waiting")
    return True


def _hand_in(context: Context, row: Draft, form: Definition, source: Text) -> None:
    """What the register said goes into the case, and the person is told that it goes on."""
    submission = bundles.submission(
        form, answering.read(row.answers), drafts.files_of(row.pk), drafts.LINK
    )
    added = casework.add_evidence(
        context=context,
        case_id=row.case_id,
        submission=submission,
        reason=Label(f"{source.zh}已答复", f"Answered: {source.text('en')}"),
    )
    if added is not None:
        notices.answered(context, added.id, source, f"{row.case_id}/{source.zh}")


def _decide(context: Context, row: Draft, form: Definition) -> None:
    """By rule, unless a person has taken the case up meanwhile."""
    own = context.for_purpose("service.resume")
    case: Case = casework.get_case(context=own, case_id=row.case_id)
    table = forms.table_for(form, forms.published(catalogue.item(row.item_code)))
    if table is None or case.assignee or case.state not in {State.SUBMITTED, State.ACCEPTED}:
        return
    answers = answering.applying(form, answering.read(row.answers))
    concluded = deciding.decide(case.id, context.cause or None, table, answers)
    row.updated_at = clock.now()
    submitting.remember(row, case.id, case.reference, concluded)
    if row.outcome == "granted":
        item = catalogue.item(row.item_code)
        granting.give(context, row, form, item, case.owner.name)
