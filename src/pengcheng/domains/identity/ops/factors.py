"""Which means an account has, what changing them asks for, and telling its owner of changes."""

from __future__ import annotations

from django.http import HttpRequest

from pengcheng.domains.identity.contracts.credentials import PasskeyView, Security
from pengcheng.domains.identity.events import CredentialChanged
from pengcheng.domains.identity.models import Account, OneTime, Passkey, RecoveryCode
from pengcheng.domains.identity.models.credentials import Challenge
from pengcheng.domains.identity.ops import proofs
from pengcheng.domains.identity.rules.proofs import FRESH
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting
from pengcheng.kernel.permits import Resource, permit, too_weak


def own(request: HttpRequest) -> Account:
    """The asker's own account."""
    return Account.objects.get(pk=request.context.actor.id)  # type: ignore[attr-defined]


def mine(account_id: str, kind: str = "credential", part: str = "") -> Resource:
    return Resource(kind=kind, id=part or account_id, owner=account_id)


def has_second(account_id: str) -> bool:
    """Whether the account can prove more than a password."""
    return (
        Passkey.objects.filter(account_id=account_id, suspended_at=None).exists()
        or OneTime.objects.filter(account_id=account_id).exists()
    )


def demand(request: HttpRequest) -> None:
    """Changing a means asks for the best proof the account can give, and a recent one.

    Whoever has a password alone types it once more: that is how the first means gets there.
    Raises NeedsProof.
    """
    account_id = request.context.actor.id  # type: ignore[attr-defined]
    level = "substantial" if has_second(account_id) else "low"
    if not proofs.good_enough(request, level=level, max_age=FRESH.total_seconds()):
        raise too_weak(level)


def demand_second(request: HttpRequest) -> None:
    """Where the password is typed anyway, whoever has more than a password shows that too."""
    own = request.context.actor.id  # type: ignore[attr-defined]
    if has_second(own) and not proofs.good_enough(request, level="substantial", max_age=None):
        raise too_weak("substantial")


def state(request: HttpRequest) -> Security:
    """By which means the asker can sign in."""
    context = request.context  # type: ignore[attr-defined]
    permit(context, "identity.own.read", mine(context.actor.id))
    account = own(request)
    one_time = OneTime.objects.filter(account=account).first()
    return Security(
        passkeys=tuple(passkey_view(row) for row in account.passkeys.all()),
        one_time_since=one_time.created_at if one_time else None,
        recovery_left=RecoveryCode.objects.filter(account=account, used_at=None).count(),
        password_changed_at=account.password_changed_at,
    )


def passkey_view(row: Passkey) -> PasskeyView:
    return PasskeyView(
        id=row.id,
        name=row.name,
        synced=row.synced,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        suspended=row.suspended_at is not None,
    )


def told(acting: Acting, account_id: str, change: str) -> None:
    """Write a change down and tell the account's owner, who may not have made it."""
    acting.note(change=change)
    acting.emit(CredentialChanged(subject=f"account/{account_id}", change=change))


def forget_old() -> int:
    """Delete the challenges that nobody answered."""
    return Challenge.objects.filter(expires_at__lte=clock.now()).delete()[0]
