"""A draft is put before a colleague, and which drafts wait for one."""

from pengcheng.domains.casework.contracts.studio import Awaiting, Draft
from pengcheng.domains.casework.models import DraftRecord
from pengcheng.domains.casework.ops import studio, studio_approval
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit


def ask(context: Context, draft_id: str, revision: int, note: str) -> Draft:
    """Put the draft before a colleague. A later change takes the asking back."""
    with act(context, studio.EDIT, studio.resource(studio.row_of(draft_id))) as acting:
        row = studio.held(draft_id, revision)
        studio.refuse_faults(studio.definition_of(row))
        row.asked_revision, row.asked_at, row.asked_note = row.revision, clock.now(), note[:500]
        row.asked_by, row.asked_name = context.actor.id, context.actor.name
        row.save(
            update_fields=["asked_revision", "asked_at", "asked_note", "asked_by", "asked_name"]
        )
        acting.note(draft=row.pk, asked=True)
        return studio.view(row)


def awaiting(context: Context) -> tuple[Awaiting, ...]:
    """Drafts put before a colleague, longest waiting first."""
    permit(context, studio.EDIT, Resource(kind="definition"))
    rows = DraftRecord.objects.filter(state=DraftRecord.OPEN, asked_revision__isnull=False)
    found = [(row, studio_approval.of(row)) for row in rows.order_by("asked_at")]
    return tuple(
        Awaiting(
            draft=row.pk,
            item_code=row.item_code,
            title=studio.definition_of(row).title,
            approval=asked,
        )
        for row, asked in found
        if asked is not None
    )
