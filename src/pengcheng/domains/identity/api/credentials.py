"""The door of the means to sign in: passkeys, one-time codes, recovery codes, the way back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from pengcheng.domains.identity import ops
from pengcheng.domains.identity.contracts import AccountView
from pengcheng.domains.identity.contracts.credentials import (
    Enrolment,
    Party,
    PasskeyView,
    RecoveryView,
    Security,
)
from pengcheng.domains.identity.ops import codes, factors, recoveries
from pengcheng.kernel.context import Context


def security(request: HttpRequest) -> Security:
    """By which means the asker can sign in."""
    return factors.state(request)


def demand(request: HttpRequest) -> None:
    """Ask for the best proof the asker can give, and a recent one. Raises NeedsProof."""
    factors.demand(request)


def demand_second(request: HttpRequest) -> None:
    """Ask for a second factor of whoever has one. Raises NeedsProof."""
    factors.demand_second(request)


# --- passkeys -------------------------------------------------------------------------------
# Imported where they are used: their library is a tenth of what a process imports.


def passkey_registration(request: HttpRequest, *, party: Party) -> dict[str, Any]:
    """What a device needs to make a passkey (WebAuthn creation options). Raises NeedsProof."""
    from pengcheng.domains.identity.ops import passkeys

    return passkeys.registration_options(request, party)


def add_passkey(
    request: HttpRequest, *, party: Party, credential: dict[str, Any], name: str
) -> PasskeyView:
    """Take a new passkey in. Raises Invalid, Conflict or NeedsProof."""
    from pengcheng.domains.identity.ops import passkeys

    return passkeys.register(request, party, credential, name=name)


def passkey_question(request: HttpRequest, *, party: Party) -> dict[str, Any]:
    """What a device needs to prove its owner (WebAuthn request options)."""
    from pengcheng.domains.identity.ops import passkeys

    return passkeys.options(request, party)


def use_passkey(
    request: HttpRequest,
    *,
    party: Party,
    credential: dict[str, Any],
    address: str,
    browser: str,
) -> AccountView:
    """Sign in, or step up, with a passkey. Raises Invalid or TooMany."""
    from pengcheng.domains.identity.ops import passkeys

    account = passkeys.sign_in(request, party, credential, address=address, browser=browser)
    return ops.view(account)


def rename_passkey(request: HttpRequest, *, passkey_id: str, name: str) -> None:
    from pengcheng.domains.identity.ops import passkeys

    passkeys.rename(request, passkey_id, name)


def remove_passkey(request: HttpRequest, *, passkey_id: str) -> None:
    """Raises NeedsProof or NotFound."""
    from pengcheng.domains.identity.ops import passkeys

    passkeys.remove(request, passkey_id)


# --- codes ----------------------------------------------------------------------------------


def offer_one_time(request: HttpRequest) -> Enrolment:
    """The secret for an app of one-time codes. Raises NeedsProof."""
    return codes.offer(request)


def confirm_one_time(request: HttpRequest, *, code: str, address: str) -> tuple[str, ...]:
    """Begin to ask for codes; answers recovery codes. Raises Invalid, TooMany or NeedsProof."""
    return codes.confirm(request, code, address=address)


def remove_one_time(request: HttpRequest) -> None:
    """Stop asking for codes. Raises NeedsProof."""
    codes.remove(request)


def new_recovery_codes(request: HttpRequest) -> tuple[str, ...]:
    """Ten codes, shown this once. Raises NeedsProof."""
    return codes.new_recovery_codes(request)


def code_is_owed(request: HttpRequest) -> bool:
    """Whether this browser has given the password and owes the code."""
    return codes.waited_for(request) is not None


def sign_in_by_code(request: HttpRequest, *, code: str, address: str, browser: str) -> AccountView:
    """The second step of signing in. Raises Invalid or TooMany."""
    return ops.view(codes.sign_in(request, code, address=address, browser=browser))


def prove_by_code(request: HttpRequest, *, code: str, address: str) -> None:
    """Step up with a code. Raises Invalid or TooMany."""
    codes.prove(request, code, address=address)


# --- everything lost --------------------------------------------------------------------------


def begin_recovery(
    context: Context, *, username: str, document: str, tail: str, reason: str, seen: bool
) -> RecoveryView:
    """An official has the person before them. Raises Invalid or Denied."""
    return recoveries.begin(
        context, username=username, document=document, tail=tail, reason=reason, seen=seen
    )


def recoveries_waiting(context: Context) -> tuple[RecoveryView, ...]:
    """What was begun within a day."""
    return recoveries.waiting(context)


def decide_recovery(context: Context, *, recovery_id: str, confirmed: bool) -> str:
    """The second official decides; answers the code for the person. Raises Conflict."""
    return recoveries.decide(context, recovery_id, confirmed=confirmed)


def finish_recovery(
    context: Context, *, username: str, code: str, password: str, address: str
) -> None:
    """The person sets a new password with the code. Raises Invalid or TooMany."""
    recoveries.finish(context, username=username, code=code, password=password, address=address)
