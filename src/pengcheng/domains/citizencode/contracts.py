"""What others see of the citizen code: codes, scenes, bindings, and what verifying found."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

Trust = Literal["phone", "paper"]
Verdict = Literal[
    "valid", "malformed", "unknown_key", "forged", "expired", "future", "replayed", "wrong_scene",
    "not_bound", "revoked", "paper_refused",
]  # fmt: skip


TakenVerdict = Verdict | Literal["double_use", "late"]


class Scene(Struct, frozen=True, kw_only=True):
    """A kind of place where codes are accepted."""

    id: str
    zh: str
    en: str
    bound: bool = False
    paper: bool = False
    card: str = ""
    tells: tuple[str, ...] = ()

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Code(Struct, frozen=True, kw_only=True):
    """A code to be shown; worth nothing after its minute."""

    text: str
    scene: str
    issued_at: datetime
    expires_at: datetime


class Claims(Struct, frozen=True, kw_only=True):
    """What stands in a code: no name, no number, no account."""

    handle: bytes  # of the person: sealed for the city, or the pseudonym of one scene
    serial: bytes
    issued: int
    expires: int
    scene: str = ""
    trust: Trust = "phone"


class Use(Struct, frozen=True, kw_only=True):
    """A scene and the card that the person joined to it."""

    scene: Scene
    card: str = ""
    since: datetime | None = None


class Paper(Struct, frozen=True, kw_only=True):
    """A printed code."""

    id: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    text: str = ""  # only once, when it is printed
    holder: str = ""


class Taken(Struct, frozen=True, kw_only=True):
    """A code that a terminal took while it had no network, and when, in seconds."""

    text: str
    seen_at: int


class Verification(Struct, frozen=True, kw_only=True):
    """What verifying found. Who it is stays unsaid but for what the scene may know."""

    verdict: Verdict
    checked_at: datetime
    scene: str = ""
    trust: Trust = "phone"
    expires_at: datetime | None = None
    pseudonym: str = ""
    card: str = ""
    name: str = ""
    took_ms: float = 0.0

    @property
    def valid(self) -> bool:
        return self.verdict == "valid"
