"""A draft is put before a colleague, and which drafts wait for one."""

from pengcheng.domains.casework.contracts.studio import Awaiting, Draft
from pengcheng.domains.casework.models import DraftRecord
from pengcheng.domains.casework.ops import studio, studio_approval, versions
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, FieldError, Invalid

ASKED = ("asked_revision", "asked_at", "asked_note", "asked_by", "asked_name")
RETURNED = ("returned_at", "returned_by", "returned_name", "returned_note")


def ask(context: Context, draft_id: str, revision: int, note: str) -> Draft:
    """Put the draft before a colleague. A later change takes the asking back."""
    with act(context, studio.EDIT, studio.resource(studio.row_of(draft_id))) as acting:
        row = studio.held(draft_id, revision)
        studio.refuse_faults(studio.definition_of(row))
        row.asked_revision, row.asked_at, row.asked_note = row.revision, clock.now(), note[:500]
        row.asked_by, row.asked_name = context.actor.id, context.actor.name
        row.returned_at = None
        row.save(update_fields=[*ASKED, "returned_at"])
        acting.note(draft=row.pk, asked=True)
        return studio.view(row)


def send_back(context: Context, draft_id: str, revision: int, reason: str) -> Draft:
    """Not as it is: its author reads why. Only for who could have published it."""
    with act(context, versions.PUBLISH, studio.resource(studio.row_of(draft_id))) as acting:
        row = studio.held(draft_id, revision)
        if studio_approval.of(row) is None:
            raise Conflict(
                code="casework.draft.not_asked",
                zh="该草稿没有提交核准",
                en="Nobody asks for approval of this draft",
                next_zh="请刷新页面，查看草稿的状态。",
                next_en="Look at its state anew.",
            )
        studio_approval.refuse_alone(context, studio.view(row))
        if not reason.strip():
            zh, en = "请写明退回理由", "Say why"
            wrong = FieldError("/reason", zh, en)
            raise Invalid(code="casework.draft.reason", zh=zh, en=en, errors=[wrong])
        row.asked_revision, row.returned_at = None, clock.now()
        row.returned_by, row.returned_name = context.actor.id, context.actor.name
        row.returned_note = reason.strip()[:500]
        row.save(update_fields=["asked_revision", *RETURNED])
        acting.note(draft=row.pk, sent_back=True)
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
