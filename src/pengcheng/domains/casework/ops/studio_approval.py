"""Who may publish a draft: never alone who changed it last."""

from pengcheng.domains.casework.contracts import Person
from pengcheng.domains.casework.contracts.studio import Approval, Draft, SentBack
from pengcheng.domains.casework.models import DraftRecord
from pengcheng.domains.casework.rules import approval
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict


def may_publish(context: Context, draft: Draft) -> bool:
    """Whether the asker may publish it as it is, or has to find a colleague."""
    return approval.may_publish(
        kind=draft.kind,
        item_code=draft.item_code,
        begun_by=draft.begun_by.id,
        author=draft.author.id,
        publisher=context.actor.id,
    )


def of(row: DraftRecord) -> Approval | None:
    """What was asked for, while the draft is still what it was then."""
    if row.asked_revision != row.revision or row.asked_at is None:
        return None
    return Approval(by=Person(row.asked_by, row.asked_name), at=row.asked_at, note=row.asked_note)


def sent_back(row: DraftRecord) -> SentBack | None:
    if row.returned_at is None:
        return None
    by = Person(row.returned_by, row.returned_name)
    return SentBack(by=by, at=row.returned_at, reason=row.returned_note)


def refuse_alone(context: Context, draft: Draft) -> None:
    if not may_publish(context, draft):
        raise Conflict(
            code="casework.draft.second_needed",
            zh="最后修改人不能单独发布",
            en="Who made the last change cannot publish it alone",
            next_zh="请提交核准，由另一名办件主管或数据管理员发布。",
            next_en="Ask for approval: another supervisor or steward publishes it.",
        )
