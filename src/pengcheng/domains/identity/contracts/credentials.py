"""What people may see of the means they sign in with."""

from __future__ import annotations

from datetime import datetime

import msgspec


class PasskeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey as its owner sees it."""

    id: str
    name: str
    synced: bool
    created_at: datetime
    last_used_at: datetime | None
    suspended: bool


class Security(msgspec.Struct, frozen=True, kw_only=True):
    """By which means an account can sign in."""

    passkeys: tuple[PasskeyView, ...]
    one_time_since: datetime | None
    recovery_left: int
    password_changed_at: datetime | None

    @property
    def second_factor(self) -> bool:
        return bool(self.passkeys) or self.one_time_since is not None


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """The site as a browser knows it: a passkey belongs to its host name."""

    rp_id: str
    origin: str


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What an app for one-time codes must be told."""

    secret: str
    address: str


class RecoveryView(msgspec.Struct, frozen=True, kw_only=True):
    """A recovery at the counter."""

    id: str
    account_id: str
    username: str
    name: str
    document: str
    tail: str
    reason: str
    begun_by: str
    begun_by_name: str
    begun_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    confirmed: bool
    used_at: datetime | None
    mine: bool = False
