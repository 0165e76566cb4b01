"""What others see of company names: their parts, what is wrong with one, whom it resembles."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from msgspec import Struct

Weight = Literal["refuse", "approval", "caution"]
"""refuse: cannot be registered; approval: another authority must agree; caution: think again."""


class NameState(StrEnum):
    REGISTERED = "registered"
    RESERVED = "reserved"
    ENDED = "ended"


class NameParts(Struct, frozen=True, kw_only=True):
    """A name in its four parts: 行政区划 + 字号 + 行业 + 组织形式."""

    region: str = ""
    trade: str
    industry: str = ""
    form: str = ""

    @property
    def full(self) -> str:
        return f"{self.region}{self.trade}{self.industry}{self.form}"


class Objection(Struct, frozen=True, kw_only=True):
    """Something that a rule says about a name, with the article it stands on."""

    rule: str
    weight: Weight
    article: str
    zh: str
    en: str
    about: str = ""

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Registered(Struct, frozen=True, kw_only=True):
    """A name that is taken: registered, kept for somebody, or ended less than a year ago."""

    full: str
    trade: str
    industry: str
    pinyin: str
    state: NameState
    ended_on: date | None = None


Likeness = Literal["same", "sound", "contains", "near"]


class Resemblance(Struct, frozen=True, kw_only=True):
    """An earlier name that this one is the same as or resembles, and how."""

    full: str
    likeness: Likeness
    weight: Weight
    state: NameState


class Verdict(Struct, frozen=True, kw_only=True):
    """Everything about one name, and other names that would do."""

    parts: NameParts
    pinyin: str
    industry_id: str
    objections: tuple[Objection, ...]
    resemblances: tuple[Resemblance, ...]
    suggestions: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether the name can be kept for the asker."""
        weights = {each.weight for each in self.objections}
        weights |= {each.weight for each in self.resemblances}
        return not weights & {"refuse", "approval"}


class Reservation(Struct, frozen=True, kw_only=True):
    """A name that is kept for somebody until a day."""

    id: str
    reference: str
    full: str
    until: date
    expired: bool
    used: bool


class Industry(Struct, frozen=True, kw_only=True):
    """A line of business with the words that names use for it."""

    id: str
    zh: str
    en: str
    words: tuple[str, ...]
    code: str = ""
    permit: bool = False

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh
