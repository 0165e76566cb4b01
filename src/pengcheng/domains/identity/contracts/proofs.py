"""How well someone has proved who they are, and what they have to prove it with."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from pengcheng.kernel.context import LEVELS, Level

__all__ = ["ACR", "LEVELS", "Level", "Means", "SessionFacts"]

ACR: dict[str, str] = {level: f"urn:pengcheng:acr:{level}" for level in LEVELS}
"""The names of the levels outside the city (OpenID Connect ``acr``)."""

Means = Literal["password", "code", "recovery", "passkey"]


class SessionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a session can say of its sign-in; ``auth_time`` is the last proof, step-up included."""

    account_id: str
    session_id: str
    level: Level
    amr: tuple[str, ...]
    auth_time: datetime | None

    @property
    def acr(self) -> str:
        return ACR[self.level]
