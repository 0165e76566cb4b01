"""An exchange between two ledgers that share nothing but a hash: both sides move, or neither.

The first locks on their own ledger for long, the second on the other for shorter; taking the one
shows the secret that opens the other. Who comes back after a crash looks at both ledgers and knows
what is next: nothing else has to be kept but the secret.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

Side = Literal["first", "second"]


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """What the two agreed on. The margin is how long the second has after the secret is shown."""

    hash: str
    first: str
    second: str
    gives: int  # first to second, on the first's ledger
    takes: int  # second to first, on the second's ledger
    ends: int  # of the first lock; the second ends a margin before
    margin: int

    @property
    def short(self) -> int:
        return self.ends - self.margin


Action = tuple[Literal["own", "other"], dict[str, Any]]
Lock = dict[str, Any] | None


def next_action(
    deal: Deal, side: Side, locks: tuple[Lock, Lock], now: int, secret: bytes = b""
) -> Action | None:
    """What this side does now, on its own ledger or the other's; None: nothing, or wait.

    ``locks``: the first's on the first ledger, the second's on the second, as they stand there.
    """
    mine, theirs = locks if side == "first" else locks[::-1]
    if mine is not None and mine["stage"] == "open" and now >= mine["until"]:
        return "own", {"do": "refund", "lock": mine["id"]}
    step = _first if side == "first" else _second
    return step(deal, mine, theirs, now, secret)


def _first(deal: Deal, mine: Lock, theirs: Lock, now: int, secret: bytes) -> Action | None:
    if mine is None:
        soon = now < deal.short - deal.margin
        return ("own", _lock(deal.second, deal.gives, deal.hash, deal.ends)) if soon else None
    if theirs is not None and theirs["stage"] == "open" and _as_agreed(deal, theirs):
        # Late is dangerous only for who has not claimed: the secret must be out well before.
        if now < theirs["until"] and hashlib.sha256(secret).hexdigest() == deal.hash:
            return "other", {"do": "claim", "lock": theirs["id"], "preimage": secret.hex()}
    return None


def _second(deal: Deal, mine: Lock, theirs: Lock, now: int, secret: bytes) -> Action | None:
    if theirs is None or theirs["stage"] != "open":
        return None
    if mine is None:
        fits = (
            theirs["hash"] == deal.hash
            and theirs["amount"] == deal.gives
            and theirs["to"] == deal.second
            and theirs["until"] >= deal.ends
            and now < deal.short
        )
        return ("own", _lock(deal.first, deal.takes, deal.hash, deal.short)) if fits else None
    if mine["stage"] == "claimed" and now < theirs["until"]:
        return "other", {"do": "claim", "lock": theirs["id"], "preimage": mine["preimage"]}
    return None


def _as_agreed(deal: Deal, lock: dict[str, Any]) -> bool:
    return bool(
        lock["hash"] == deal.hash and lock["amount"] == deal.takes and lock["to"] == deal.first
    )


def _lock(to: str, amount: int, hash: str, until: int) -> dict[str, Any]:
    return {"do": "lock", "to": to, "amount": amount, "hash": hash, "until": until}
