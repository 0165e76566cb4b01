"""Pre-authorised codes (OpenID4VCI 1.0): a person hands a wallet what it may fetch, once."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from django.db.models import F

from pengcheng.domains.identity.contracts.oidc import (
    ClientView,
    Granted,
    MadeOffer,
    NewClient,
    OidcError,
)
from pengcheng.domains.identity.models import OidcClient, OidcGrant
from pengcheng.domains.identity.ops.oidc import clients, reading, secret
from pengcheng.domains.identity.rules import oidc as rules
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource

CONNECT = "identity.own.connect"
WALLETS = "00000000-0000-7000-8000-000000000001"
"""Wallet apps that nobody has entered: one client for all, which an administrator can shut out."""
_ANYBODYS = NewClient(
    name_zh="未登记的钱包应用",
    name_en="Wallet apps that are not registered",
    purpose_zh="由持证人扫码把证照存入自己的钱包",
    purpose_en="Holders put licences into their own wallet by a code they scan",
    auth_method="none",
    scopes=("licences",),
    refreshes=False,
    native=True,
)


def wallet_apps() -> ClientView:
    """The client for all wallets that prove nothing about themselves. Raises OidcError."""
    row, _ = OidcClient.objects.get_or_create(
        id=WALLETS,
        defaults={
            "facts": msgspec.to_builtins(_ANYBODYS),
            "created_at": clock.now(),
            "created_by": "system/identity",
        },
    )
    if row.disabled_at is not None:
        raise OidcError("invalid_client", "wallets that are not registered are shut out here")
    return clients.view(row)


def make(context: Context, scope: str, details: Mapping[str, Any]) -> MadeOffer:
    """A code for a wallet, and the digits that the person types there themselves."""
    client, now, person = wallet_apps(), clock.now(), context.actor.id
    code, digits = secret.make("code"), f"{secrets.randbelow(10**rules.DIGITS):0{rules.DIGITS}d}"
    resource = Resource(kind="client", id=client.id, owner=person)
    with act(context, CONNECT, resource) as acting:
        row = OidcGrant.objects.create(
            client_id=client.id,
            account_id=person,
            sub=secrets.token_urlsafe(24),
            scope=scope,
            facts=[],
            id_claims=[],
            info_claims=[],
            resources=[],
            code_hash=secret.kept(code),
            code_expires_at=now + rules.OFFER_LIFE,
            created_at=now,
            expires_at=now + rules.OFFERED_LIFE,
            offer={**details, "digits": _kept(code, digits)},
        )
        acting.note(grant=row.id, scope=scope)
    return MadeOffer(code=code, digits=digits, expires_at=now + rules.OFFER_LIFE)


def take(form: Mapping[str, str]) -> OidcGrant:
    """The grant behind a pre-authorised code; each try is counted first. Raises OidcError."""
    code = form.get("pre-authorized_code", "")
    if not code:
        raise OidcError("invalid_request", "pre-authorized_code is missing")
    if not form.get("tx_code"):
        raise OidcError("invalid_request", "tx_code is missing: the person types it")
    grant = OidcGrant.objects.filter(code_hash=secret.kept(code)).first()
    if grant is None or grant.offer is None:
        raise _bad("no such pre-authorised code")
    if grant.revoked_at is not None or grant.code_expires_at < clock.now():
        raise _bad("the pre-authorised code is stale or revoked")
    still = OidcGrant.objects.filter(pk=grant.id, tries__lt=rules.TRIES)
    if grant.code_used_at is None and not still.update(tries=F("tries") + 1):
        raise _bad("tx_code was wrong too often")
    if not hmac.compare_digest(_kept(code, form["tx_code"]), str(grant.offer["digits"])):
        raise _bad("tx_code is wrong")
    if not reading.is_open(grant.account_id):
        raise _bad("the person's account is disabled")
    return grant


def _kept(code: str, digits: str) -> str:
    """Six digits are guessed fast; with the code they are not worth more than the code."""
    return secret.kept(f"{code}\0{digits}")


def _bad(kept: str) -> OidcError:
    return OidcError("invalid_grant", "the code or tx_code is not good (any more)", kept=kept)


def granted(token: str, jkt: str, scope: str) -> Granted:
    """For whom and what an access token is good, within this city. Raises OidcError."""
    client, grant, row = reading.bearer(token, jkt)
    if scope not in row.scope.split():
        raise OidcError("insufficient_scope", f"the scope {scope} is needed", status=403)
    if row.audience and secret.issuer() not in row.audience:
        raise OidcError("invalid_token", "the token is for another resource", status=401)
    told = {name: value for name, value in (grant.offer or {}).items() if name != "digits"}
    name = reading.name_of(grant.account_id)
    return Granted(client=client, account_id=grant.account_id, name=name, details=told)
