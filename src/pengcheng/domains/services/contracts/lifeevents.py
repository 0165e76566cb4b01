"""What others see of life events: one form, several departments' parts, one reference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct


class Words(Struct, frozen=True):
    """A text in both languages."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class PartState(StrEnum):
    """How a part stands. ``unpaid``: granted, its licence waits for the fee."""

    WAITING = "waiting"
    OPEN = "open"
    CORRECTION = "correction"
    UNPAID = "unpaid"
    GRANTED = "granted"
    REFUSED = "refused"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


class Fact(Struct, frozen=True, kw_only=True):
    """Something a part's result says, e.g. the number of the licence."""

    id: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Fee(Struct, frozen=True, kw_only=True):
    """What a part costs; ``when`` names a yes-or-no question, empty means always."""

    id: str
    zh: str
    en: str
    cents: int
    when: str = ""

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class PartLicence(Struct, frozen=True, kw_only=True):
    """What is issued when the part is granted, by which office (its credit code).

    ``values`` fills the lines of the licence: ``answer:q`` in words, ``value:q`` as it is stored,
    ``fact:f`` of this part or an earlier one, ``text:…``, ``today``.
    """

    type: str
    zh: str
    en: str
    issuer: str
    values: Mapping[str, str]

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Part(Struct, frozen=True, kw_only=True):
    """One department's item within an event. ``asks`` are the questions of the form it needs."""

    id: str
    item: str
    zh: str
    en: str
    department_zh: str
    department_en: str
    group: str
    days: int
    basis: str
    asks: tuple[str, ...]
    after: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    gives: tuple[Fact, ...] = ()
    fee: tuple[Fee, ...] = ()
    licence: PartLicence | None = None

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh

    def department(self, language: str) -> str:
        return self.department_en if language.startswith("en") else self.department_zh


class LifeEvent(Struct, frozen=True, kw_only=True):
    """An event of life or business as it is defined in the data."""

    id: str
    code: str
    kind: Literal["life", "business"]
    icon: str
    zh: str
    en: str
    lead_zh: str
    lead_en: str
    tell: tuple[Words, ...]
    part: tuple[Part, ...]

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh

    def lead(self, language: str) -> str:
        return self.lead_en if language.startswith("en") else self.lead_zh

    def the(self, part_id: str) -> Part:
        return next(part for part in self.part if part.id == part_id)


class Charge(Struct, frozen=True, kw_only=True):
    """A fee of this filing: due, paid, or given back for a part that did not come about."""

    part: str
    fee: str
    zh: str
    en: str
    cents: int
    state: Literal["due", "paid", "back"] = "due"
    order: str = ""  # the order that it stands in
    round: int = 1  # asked for so many times: a part that begins again costs again

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class PartView(Struct, frozen=True, kw_only=True):
    """How a part of a filing stands."""

    part: Part
    state: PartState
    stage: int
    case_id: str = ""
    reference: str = ""
    attempt: int = 0
    facts: Mapping[str, str] = {}
    licence_id: str = ""
    stopped_by: str = ""
    changed_at: datetime | None = None


class Line(Struct, frozen=True, kw_only=True):
    """A line of the one timeline; ``what`` is a word for the pages, free of personal data."""

    at: datetime
    what: str
    part: str = ""
    note: str = ""


class Filing(Struct, frozen=True, kw_only=True):
    """A life event as it was sent: all parts under one reference."""

    id: str
    event: LifeEvent
    reference: str
    owner: str
    owner_name: str
    draft_id: str
    sent_at: datetime
    parts: tuple[PartView, ...]
    lines: tuple[Line, ...] = ()
    charges: tuple[Charge, ...] = ()
    order_id: str = ""
    paid_at: datetime | None = None

    @property
    def cents(self) -> int:
        """All that this filing costs as it stands."""
        return sum(charge.cents for charge in self.charges if charge.state != "back")

    @property
    def owed(self) -> int:
        """What is still to be paid for parts that go on."""
        gone = {view.part.id for view in self.parts if view.state in GONE}
        due = (one for one in self.charges if one.state == "due" and one.part not in gone)
        return sum(charge.cents for charge in due)

    @property
    def ended(self) -> int:
        """How many parts have come to their end."""
        return sum(view.state in ENDED for view in self.parts)

    @property
    def mending(self) -> tuple[PartView, ...]:
        """The parts that wait for the applicant's corrected answers."""
        return tuple(view for view in self.parts if view.state in MENDING)


class Sibling(Struct, frozen=True, kw_only=True):
    """What an official of one part may know of the others: no answers, no names."""

    zh: str
    en: str
    department_zh: str
    department_en: str
    state: PartState
    own: bool
    case_id: str = ""
    changed_at: datetime | None = None


class EventInShort(Struct, frozen=True, kw_only=True):
    """What officials see of an event that a case of theirs belongs to."""

    reference: str
    event: LifeEvent
    siblings: tuple[Sibling, ...]


ENDED = frozenset({PartState.GRANTED, PartState.REFUSED, PartState.STOPPED, PartState.WITHDRAWN})
GONE = frozenset({PartState.REFUSED, PartState.STOPPED, PartState.WITHDRAWN})
"""Nothing came of them: they cost nothing."""
MENDING = frozenset({PartState.CORRECTION, PartState.REFUSED})
