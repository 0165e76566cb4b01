"""What happened to accounts. No name or other personal data travels with it."""

from __future__ import annotations

from typing import ClassVar

from pengcheng.kernel.event import Event


class AccountCreated(Event, frozen=True, kw_only=True):
    """An account was opened."""

    type: ClassVar[str] = "identity.account.created"
    kind: str


class AccountDisabled(Event, frozen=True, kw_only=True):
    """An account was closed to signing in; its sessions ended."""

    type: ClassVar[str] = "identity.account.disabled"


class AccountEnabled(Event, frozen=True, kw_only=True):
    """A disabled account may sign in again."""

    type: ClassVar[str] = "identity.account.enabled"


class RolesChanged(Event, frozen=True, kw_only=True):
    """An account holds other roles than before."""

    type: ClassVar[str] = "identity.roles.changed"
    roles: tuple[str, ...]


class RegisterCorrected(Event, frozen=True, kw_only=True):
    """A register says something else about an account than before."""

    type: ClassVar[str] = "identity.register.corrected"
    register: str
    attributes: tuple[str, ...]


class CredentialChanged(Event, frozen=True, kw_only=True):
    """An account signs in by other means than before, or somebody began to change them."""

    type: ClassVar[str] = "identity.credential.changed"
    change: str
