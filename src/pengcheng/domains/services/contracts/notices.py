"""What others see of public notices (公示) and of the objections to them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct


class NoticeState(StrEnum):
    OPEN = "open"
    WAITING = "waiting"  # its days are over, objections wait for an answer
    DONE = "done"
    DROPPED = "dropped"  # the case ended before


class Shown(Struct, frozen=True):
    """A line of a notice in both languages."""

    zh: str
    en: str
    value_zh: str
    value_en: str


class ObjectionView(Struct, frozen=True, kw_only=True):
    """An objection; the public reads neither name nor text, its author and the office do."""

    id: str
    text: str
    at: datetime
    by: str
    by_name: str
    answer: str = ""
    answered_at: datetime | None = None


class PublicNotice(Struct, frozen=True, kw_only=True):
    """Something that is about to be decided and that everybody may read of."""

    id: str
    title_zh: str
    title_en: str
    office_zh: str
    group: str
    opens: date
    closes: date
    state: NoticeState
    lines: tuple[Shown, ...]
    objections: int
    answered: int
    case_id: str = ""
    reference: str = ""
    seen: tuple[ObjectionView, ...] = ()

    def title(self, language: str) -> str:
        return self.title_en if language.startswith("en") else self.title_zh
