"""How much one person may have lying here unsent, so that nobody fills the city's disk."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum

from pengcheng.domains.services.models import Draft, Upload
from pengcheng.domains.services.rules.pace import Pace, rates
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import TooMany

APPLY_RATE = 1.0
"""Applications in one call that an account may send a second, for as long as it likes."""
_pace = Pace()


def refuse_haste(context: Context) -> None:
    """Raises TooMany when an account applies in one call faster than it may."""
    rate = rates(settings.PENGCHENG_APPLY_RATES).get(context.organisation or "", APPLY_RATE)
    seconds = _pace.wait(context.actor.id, rate, clock.now().timestamp())
    if seconds:
        raise TooMany(
            code="services.application.too_fast",
            zh="提交过于频繁",
            en="Applications are coming too fast",
            next_zh=f"请在 {seconds} 秒后重试；机构批量提交请联系管理员提高限额。",
            next_en=f"Try again in {seconds} s; an organisation can ask for a higher limit.",
            retry_after=seconds,
        )


MOST_DRAFTS = 30
MOST_BYTES = 60 * 2**20
MOST_FILES = 60


def refuse_more_drafts(owner: str) -> None:
    """Raises TooMany when the person has begun enough applications."""
    if Draft.objects.filter(owner=owner, case_id="").count() >= MOST_DRAFTS:
        raise TooMany(
            code="services.draft.too_many",
            zh=f"您有 {MOST_DRAFTS} 份未提交的申请，已达上限",
            en=f"You have {MOST_DRAFTS} applications that are not sent, which is the most",
            next_zh="请先提交或删除“我的办件”中的草稿，再开始新的申请。",
            next_en="Send some of them, or throw them away in My matters, and begin then.",
        )


def refuse_more_files(row: Draft, key: str, size: int) -> None:
    """Raises TooMany when one more file would be too much; the one it replaces does not count."""
    waiting = Upload.objects.filter(draft__owner=row.owner, draft__case_id="")
    others = waiting.exclude(draft=row, question=key)
    told = others.aggregate(bytes=Sum("size"))
    too_large = (told["bytes"] or 0) + size > MOST_BYTES
    if too_large or others.count() >= MOST_FILES:
        raise TooMany(
            code="services.upload.too_many",
            zh=f"未提交申请中的材料已达上限（{MOST_BYTES // 2**20} MB 或 {MOST_FILES} 个）",
            en=(
                f"The files of your unsent applications are at the limit "
                f"({MOST_BYTES // 2**20} MB or {MOST_FILES} files)"
            ),
            next_zh="请先提交或删除其他草稿，或移除不需要的材料。",
            next_en="Send or throw away other applications, or remove files you do not need.",
        )
