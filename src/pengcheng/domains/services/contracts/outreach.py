"""What others see of outreach: programmes, consents, offers, and counts for officials."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct


class Programme(Struct, frozen=True, kw_only=True):
    """A service that looks for those who are entitled. ``facts``: all that may be read for it."""

    id: str
    item: str
    zh: str
    en: str
    lead_zh: str
    lead_en: str
    months: int
    facts: Mapping[str, str]

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh

    def lead(self, language: str) -> str:
        return self.lead_en if language.startswith("en") else self.lead_zh

    @property
    def purpose(self) -> str:
        return f"outreach.{self.id}"


class OfferState(StrEnum):
    OPEN = "open"
    DECLINED = "declined"
    ACCEPTED = "accepted"


class ConsentView(Struct, frozen=True, kw_only=True):
    """That somebody agreed: to what, for what, until when."""

    id: str
    programme: str
    purpose: str
    scope: tuple[str, ...]
    given_at: datetime
    until: date


class OfferView(Struct, frozen=True, kw_only=True):
    id: str
    programme: Programme
    made_at: datetime
    state: OfferState
    reason_zh: str
    reason_en: str
    case_id: str = ""
    outcome: str = ""

    def reason(self, language: str) -> str:
        return self.reason_en if language.startswith("en") else self.reason_zh


class Standing(Struct, frozen=True, kw_only=True):
    """A programme for one person: whether it may look, and what it found."""

    programme: Programme
    consent: ConsentView | None
    offer: OfferView | None


class Figures(Struct, frozen=True, kw_only=True):
    """A programme in counts. ``false_share``: of decided applications, those refused."""

    programme: Programme
    consents: int
    offers: int
    open: int
    accepted: int
    declined: int
    granted: int
    refused: int
    last_run: datetime | None = None
    looked_at: int = 0
    failed: int = 0

    @property
    def false_share(self) -> float | None:
        decided = self.granted + self.refused
        return self.refused / decided if decided else None
