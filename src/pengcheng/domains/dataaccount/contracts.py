"""What others see of the data account: purposes, consents and their history, looks, counts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct

Ground = Literal["consent", "duty", "contract", "vital"]
SCHEMA = "ISO/IEC TS 27560:2023"
JURISDICTION = "CN-GD-SZ"


class Item(Struct, frozen=True, kw_only=True):
    """A kind of personal data."""

    id: str
    zh: str
    en: str
    special: bool = False

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Purpose(Struct, frozen=True, kw_only=True):
    """What personal data are used for, and what the use rests on."""

    id: str
    ground: Ground
    zh: str
    en: str
    article_zh: str = ""
    article_en: str = ""
    controller_zh: str = ""
    controller_en: str = ""
    items: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    months: int = 0
    mode: Literal["view", "store"] = "view"
    frequency: str = ""
    offered: bool = True  # the person is asked on the page of consents
    stops_zh: str = ""
    stops_en: str = ""

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh

    def article(self, language: str) -> str:
        return self.article_en if language.startswith("en") else self.article_zh

    def controller(self, language: str) -> str:
        return self.controller_en if language.startswith("en") else self.controller_zh

    def stops(self, language: str) -> str:
        return self.stops_en if language.startswith("en") else self.stops_zh


class State(StrEnum):
    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"  # by a newer consent for the same purpose


class Standing(StrEnum):
    """How a consent stands today; only one that holds opens anything."""

    HOLDS = "holds"
    CHANGED = "changed"  # the purpose became wider since: it must be asked for again
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NONE = "none"


class Terms(Struct, frozen=True, kw_only=True):
    """What a consent allows."""

    items: tuple[str, ...]
    recipients: tuple[str, ...]
    notice: str  # hash of the words that were agreed to
    until: date


class Step(Struct, frozen=True, kw_only=True):
    """One line of a consent's history."""

    at: datetime
    kind: str
    actor: str
    removed: tuple[str, ...] = ()


class Consent(Struct, frozen=True, kw_only=True):
    """A consent record with the fields of ISO/IEC TS 27560."""

    id: str
    version: int
    subject: str
    guardian: str
    purpose: str
    client: str
    controller: str
    recipients: tuple[str, ...]
    items: tuple[str, ...]
    special: bool
    mode: str
    frequency: str
    given_at: datetime
    until: date
    notice: str
    language: str
    channel: str
    state: State
    seal: str
    standing: Standing
    history: tuple[Step, ...] = ()
    schema: str = SCHEMA
    jurisdiction: str = JURISDICTION


class Choice(Struct, frozen=True, kw_only=True):
    """A purpose that rests on consent, and the person's present consent to it, if any."""

    purpose: Purpose
    consent: Consent | None
    standing: Standing


class Look(Struct, frozen=True, kw_only=True):
    """One use of somebody's data as they see it."""

    id: str
    at: datetime
    who_zh: str
    who_en: str
    own: bool
    purpose: str
    purpose_zh: str
    purpose_en: str
    ground: str
    article_zh: str
    article_en: str
    what_zh: str
    what_en: str
    items: tuple[str, ...]
    case: str
    refused: bool
    digest: str


class LogQuery(Struct, frozen=True, kw_only=True):
    """Which looks the person wants to see."""

    purpose: str = ""
    first: date | None = None
    last: date | None = None
    own: bool = False
    page: int = 1
    size: int = 20


class Log(Struct, frozen=True):
    looks: tuple[Look, ...]
    total: int
    page: int


class PurposeFigures(Struct, frozen=True, kw_only=True):
    """A purpose in counts."""

    purpose: Purpose
    holds: int
    withdrawn: int
    lapsed: int
    looks: int
    refused: int


class Stray(Struct, frozen=True, kw_only=True):
    """Readings whose purpose no register of purposes knows."""

    purpose: str
    action: str
    lines: int


class Figures(Struct, frozen=True, kw_only=True):
    at: datetime
    days: int
    purposes: tuple[PurposeFigures, ...]
    strays: tuple[Stray, ...]


class Objection(Struct, frozen=True, kw_only=True):
    """What somebody has against a use of their data."""

    text: str
    look: str = ""
    purpose: str = ""
    key: str
