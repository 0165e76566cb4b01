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


class ClientConsentGiven(Event, frozen=True, kw_only=True):
    """A person lets a program know facts about them; it replaces what they said before."""

    type: ClassVar[str] = "identity.consent.given"
    consent: str
    client: str
    name_zh: str
    name_en: str
    purpose_zh: str
    purpose_en: str
    facts: tuple[str, ...]


class ClientConsentWithdrawn(Event, frozen=True, kw_only=True):
    """A person has taken a program's access back; its tokens are worth nothing any more."""

    type: ClassVar[str] = "identity.consent.withdrawn"
    consent: str
    client: str


class TokenReplayed(Event, frozen=True, kw_only=True):
    """A code or refresh token came a second time: somebody else has it. All of them ended."""

    type: ClassVar[str] = "identity.token.replayed"
    grant: str
    kind: str


class SessionEnded(Event, frozen=True, kw_only=True):
    """A session was ended, by its owner, an administrator or a new password; not by time."""

    type: ClassVar[str] = "identity.session.ended"
    session: str


class MandateChanged(Event, frozen=True, kw_only=True):
    """Somebody was given, accepted or lost the right to act for another."""

    type: ClassVar[str] = "identity.mandate.changed"
    change: str
    principal: str
    agent: str
