"""Seals, what they are asked for, and what they were used for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class SealState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    RETIRED = "retired"


class SealStep(StrEnum):
    SUSPEND = "suspend"
    RESUME = "resume"
    RETIRE = "retire"


class RequestState(StrEnum):
    WAITING = "waiting"
    SEALED = "sealed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A seal as the catalogue has it."""

    id: str
    ring: str
    kind: str  # department | licence | contract
    zh: str
    en: str
    approvals: int
    standing: tuple[str, ...] = ()
    requesters: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class SealView(msgspec.Struct, frozen=True, kw_only=True):
    """A seal and where it stands."""

    seal: Kept
    state: SealState
    uses: int
    last_used: datetime | None = None
    note: str = ""
    steps: tuple[SealStep, ...] = ()
    may_ask: bool = False


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One use of a seal: `about` is a request, or the act that was sealed without one."""

    at: datetime
    actor_name: str
    about: str
    request_id: str
    sha256: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said to a request."""

    by: str
    at: datetime
    agreed: bool
    note: str


class RequestView(msgspec.Struct, frozen=True, kw_only=True):
    """A document that shall be sealed."""

    id: str
    seal: Kept
    state: RequestState
    title: str
    purpose: str
    name: str
    size: int
    sha256: str
    sealed_sha256: str
    asked_at: datetime
    asker_name: str
    answers: tuple[Answer, ...] = ()
    lasts_until: datetime | None = None
    may_answer: bool = False
    may_withdraw: bool = False


class NewRequest(msgspec.Struct, frozen=True, kw_only=True):
    seal: str
    title: str
    purpose: str
    name: str
    content: bytes


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """What one sees of the custody: seals, what waits for oneself, what one asked for."""

    seals: tuple[SealView, ...]
    waiting: tuple[RequestView, ...]
    own: tuple[RequestView, ...]
