"""What an access token opens: the facts a person has agreed to; and whether a token is good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pengcheng.domains.identity.contracts.oidc import FACTS, ClientView, OidcError
from pengcheng.domains.identity.models import Account, OidcGrant, OidcToken
from pengcheng.domains.identity.ops import registers
from pengcheng.domains.identity.ops.oidc import clients, consents, secret
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import Problem

READ = "identity.claims.read"
token_by_hash = Lookup(lambda key: OidcToken.objects.filter(hash=key))
grant_by_id = Lookup(lambda key: OidcGrant.objects.filter(pk=key))
_account = Lookup(lambda key: Account.objects.filter(pk=key))
# Which register says what, and what the standard calls it.
IN_REGISTERS = {
    "birthdate": ("identity.person", "birth_date"),
    "phone": ("identity.person", "mobile"),
    "address": ("identity.person", "household"),
    "credit_code": ("identity.organisation", "credit_code"),
}


def is_open(account_id: str) -> bool:
    row = _account.first(account_id)
    return row is not None and row.disabled_at is None


def name_of(account_id: str) -> str:
    row = _account.first(account_id)
    return row.name_zh if row is not None else ""


def bearer(text: str, jkt: str = "") -> tuple[ClientView, OidcGrant, OidcToken]:
    """The good access token behind the text, shown with the key it is bound to (``jkt``), if any.

    Raises OidcError.
    """
    token, grant = _found(text)
    if token is None or grant is None or token.kind != "access" or not _good(token, grant):
        raise OidcError(
            "invalid_token", "the access token is unknown, stale or revoked", status=401
        )
    if token.jkt != jkt:
        raise OidcError(
            "invalid_token", "the token is bound to a key that was not shown", status=401
        )
    row = clients.find_open(grant.client_id)
    if row is None or not is_open(grant.account_id):
        raise OidcError("invalid_token", "the access token is not good any more", status=401,
                        kept="the client or account is disabled")  # fmt: skip
    return clients.view(row), grant, token


def _found(text: str) -> tuple[OidcToken | None, OidcGrant | None]:
    token = token_by_hash.first(secret.kept(text))
    return token, grant_by_id.first(token.grant_id) if token is not None else None


def _good(token: OidcToken, grant: OidcGrant) -> bool:
    ended = grant.revoked_at or token.revoked_at or token.used_at
    return ended is None and min(token.expires_at, grant.expires_at) > clock.now()


def person_of(text: str, jkt: str = "") -> dict[str, Any]:
    """The userinfo answer (OpenID Connect Core 5.3). Raises OidcError."""
    client, grant, token = bearer(text, jkt)
    if "openid" not in token.scope.split():
        raise OidcError("insufficient_scope", "the scope openid is needed", status=403)
    if token.audience and secret.issuer() not in token.audience:
        raise OidcError("invalid_token", "the token is for another resource", status=401)
    wanted = {c for fact in FACTS if fact.scope in token.scope.split() for c in fact.claims}
    return {"sub": grant.sub, **claims(client, grant, only=wanted | set(grant.info_claims))}


def claims(client: ClientView, grant: OidcGrant, *, only: Iterable[str]) -> dict[str, Any]:
    """What may be told now: asked for by the client, and agreed to by the person to this day."""
    agreed = set(grant.facts) & set(consents.given(grant.account_id, client.id))
    wanted = [f for f in FACTS if f.id in agreed and set(f.claims) & set(only)]
    if not wanted:
        return {}
    context = secret.acting_for(client, grant.account_id)
    resource = Resource(kind="account", id=grant.account_id, owner=grant.account_id)
    with act(context, READ, resource) as acting:
        known: dict[str, dict[str, str]] = {}
        told: dict[str, Any] = {}
        for fact in wanted:
            told |= _tell(context, grant.account_id, fact.id, known)
        acting.note(facts=[fact.id for fact in wanted], client=client.id)
    return {name: value for name, value in told.items() if name in set(only)}


def _tell(
    context: Context, account_id: str, fact: str, known: dict[str, dict[str, str]]
) -> dict[str, Any]:
    if fact not in IN_REGISTERS:
        return {"name": Account.objects.get(pk=account_id).name_zh} if fact == "name" else {}
    register, attribute = IN_REGISTERS[fact]
    if register not in known:
        known[register] = _read(context, register, account_id)
    value = known[register].get(attribute, "")
    return _as_claim(fact, value) if value else {}


def _read(context: Context, register: str, account_id: str) -> dict[str, str]:
    """A register that does not answer keeps the rest from nobody."""
    try:
        return registers.read(context, register, account_id).values
    except Problem:
        return {}


def _as_claim(fact: str, value: str) -> dict[str, Any]:
    if fact == "phone":
        return {"phone_number": value, "phone_number_verified": True}
    if fact == "address":
        return {"address": {"formatted": value}}
    return {fact: value}


# -- RFC 7662 and RFC 7009 -----------------------------------------------------------------


def introspect(client: ClientView, text: str) -> dict[str, Any]:
    """Whether a token is good, for its own client and for the resources it was issued for."""
    if client.auth_method == "none":
        raise OidcError("invalid_client", "only a client that proves itself may ask", status=401)
    token, grant = _found(text)
    if token is None or grant is None or not _good(token, grant):
        return {"active": False}
    row = clients.find_open(grant.client_id)
    own = grant.client_id == client.id
    meant = set(token.audience) & set(client.serves) and token.kind == "access"
    if row is None or not (own or meant) or not is_open(grant.account_id):
        return {"active": False}
    return {
        "active": True,
        "iss": secret.issuer(),
        "client_id": grant.client_id,
        "sub": grant.sub,
        "aud": token.audience or [grant.client_id],
        "scope": token.scope,
        "token_type": "Bearer" if token.kind == "access" else "refresh_token",
        "iat": int(token.issued_at.timestamp()),
        "exp": int(min(token.expires_at, grant.expires_at).timestamp()),
        "acr": grant.acr,
        "auth_time": grant.auth_time,
    }


def revoke(client: ClientView, text: str) -> None:
    """An access token by itself; a refresh token with all of its family. Unknown ones are fine."""
    token, grant = _found(text)
    if token is None or grant is None or grant.client_id != client.id:
        return
    context = secret.acting_for(client, grant.account_id)
    with act(context, "identity.token.issue", Resource(kind="client", id=client.id)) as acting:
        now = clock.now()
        if token.kind == "refresh":
            OidcGrant.objects.filter(pk=grant.id, revoked_at=None).update(revoked_at=now)
        else:
            OidcToken.objects.filter(pk=token.hash, revoked_at=None).update(revoked_at=now)
        acting.note(revoked=token.kind, grant=grant.id)
