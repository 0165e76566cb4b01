"""What a copy for one taker must say, and how its number is written."""

import base64
from collections.abc import Sequence
from datetime import date, timedelta

from pengcheng.domains.licences.contracts.copies import CopyState
from pengcheng.domains.licences.rules.guards import invalid
from pengcheng.kernel.problems import Conflict, FieldError, Invalid, NotFound, TooMany

LONGEST, REASON = 60, 200
LONGEST_LIFE = timedelta(days=366)
MOST = 200
"""Copies of one licence that hold at a time."""


def number(tag: int) -> str:
    """Forty bits as eight letters and digits: short enough to read out."""
    text = base64.b32encode(tag.to_bytes(5, "big")).decode("ascii")
    return f"FZ-{text[:4]}-{text[4:]}"


def state(until: date, ended: bool, today: date) -> CopyState:
    if ended:
        return "ended"
    return "over" if until < today else "holds"


def objection(taker: str, purpose: str, until: date, today: date) -> Invalid | None:
    errors = [
        FieldError(
            pointer, f"请填写，不超过{LONGEST}字，且不得换行", "One line, at most 60 characters"
        )
        for pointer, text in (("/taker", taker), ("/purpose", purpose))
        if not text or len(text) > LONGEST or not text.isprintable()
    ]
    if not today <= until <= today + LONGEST_LIFE:
        errors.append(FieldError("/until", "请选择今日起一年内的日期", "A day within a year"))
    return _invalid(errors)


def without_reason(reason: str) -> Invalid | None:
    """Whoever acts on another's licence says why."""
    if reason and len(reason) <= REASON and reason.isprintable():
        return None
    return _invalid(
        [
            FieldError(
                "/reason", "请填写理由，不超过200字", "Give the reason, at most 200 characters"
            )
        ]
    )


def _invalid(errors: Sequence[FieldError]) -> Invalid | None:
    return invalid("copy", "请检查填写的内容", "Look at what you entered", list(errors))


def not_found() -> NotFound:
    return NotFound(
        code="licences.copy.not_found",
        zh="没有该加注件",
        en="There is no such copy",
        next_zh="请核对二维码或链接是否完整。",
        next_en="See whether the code or the address is complete.",
    )


def not_now() -> Conflict:
    return Conflict(
        code="licences.copy.over",
        zh="该加注件已到期或已终止",
        en="This copy is past its day or was ended",
        next_zh="如仍需要，请重新制作一份。",
        next_en="Make another one if it is still needed.",
    )


def too_many() -> TooMany:
    return TooMany(
        code="licences.copy.too_many",
        zh=f"该证照有效的加注件已达 {MOST} 份",
        en=f"{MOST} copies of this licence hold already",
        next_zh="请先终止不再需要的加注件。",
        next_en="End those that are not needed any more.",
    )
