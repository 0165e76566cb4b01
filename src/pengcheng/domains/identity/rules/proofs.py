"""Which proof is worth how much, and when one is fresh enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from pengcheng.domains.identity.contracts.proofs import ACR, LEVELS
from pengcheng.kernel.context import Assurance, Level

# Adding or removing a means of signing in wants a proof no older than this.
FRESH = timedelta(minutes=10)


def level_named(text: str) -> Level | None:
    """The level by its short name or its acr value."""
    return next((level for level in LEVELS if text in {level, ACR[level]}), None)


def level_of(methods: tuple[str, ...]) -> Level:
    """A passkey with user verification is high; two factors are substantial (RFC 8176 names)."""
    if "hwk" in methods or "swk" in methods:
        return "high"
    return "substantial" if "mfa" in methods else "low"


def good_enough(proof: Assurance, *, level: str, max_age: float | None, now: datetime) -> bool:
    """Whether the proof reaches the level and is not older than so many seconds."""
    if not proof.reaches(level):
        return False
    if max_age is None:
        return True
    return proof.at is not None and (now - proof.at).total_seconds() <= max_age
