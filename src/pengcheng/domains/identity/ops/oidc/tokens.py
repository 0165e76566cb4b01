"""The token endpoint: a code or refresh token is exchanged once; the second time ends all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn

import msgspec
from django.db import transaction

from pengcheng.domains.identity.contracts.oidc import ClientView, OidcError
from pengcheng.domains.identity.events import TokenReplayed
from pengcheng.domains.identity.models import OidcGrant, OidcToken
from pengcheng.domains.identity.ops.oidc import offers, reading, secret
from pengcheng.domains.identity.rules import oidc as rules
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.events import emit
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.prepared import Lookup, append

ISSUE = "identity.token.issue"
_by_code = Lookup(lambda key: OidcGrant.objects.filter(code_hash=key))


def issue(
    client: ClientView, form: Mapping[str, str], resources: list[str], jkt: str = ""
) -> dict[str, Any]:
    """What RFC 6749 calls the access token response; ``jkt`` names the key that the caller has
    shown (RFC 9449). Raises OidcError."""
    kind = form.get("grant_type", "")
    if kind == "authorization_code":
        return _exchange(client, form, resources, jkt)
    if kind == "refresh_token":
        return _refresh(client, form, resources, jkt)
    if kind == rules.PRE_AUTHORISED:
        return _hand_out(form, jkt)
    known = "grant_type is missing" if not kind else "this grant_type is not known"
    raise OidcError("unsupported_grant_type" if kind else "invalid_request", known)


# -- a code ------------------------------------------------------------------------------


def _exchange(
    client: ClientView, form: Mapping[str, str], resources: list[str], jkt: str
) -> dict[str, Any]:
    grant = _by_code.first(secret.kept(form.get("code", "")))
    if grant is None or grant.client_id != client.id or grant.offer is not None:
        raise _bad("no such code for this client")
    if grant.code_used_at is not None:
        _replayed(client, grant, "code")
    _check_code(client, grant, form)
    audience = rules.resources(resources, tuple(grant.resources)) or tuple(grant.resources)
    unused = OidcGrant.objects.filter(pk=grant.id, code_used_at=None, revoked_at=None)
    part = _Part(client, grant, "authorization_code", grant.scope, audience, grant.nonce, jkt)
    return _once(part, lambda: unused.update(code_used_at=clock.now()))


def _hand_out(form: Mapping[str, str], jkt: str) -> dict[str, Any]:
    """For a pre-authorised code, whoever brings it: the digits show that the person handed it."""
    grant = offers.take(form)
    client = offers.wallet_apps()
    if grant.code_used_at is not None:
        _replayed(client, grant, "pre-authorized_code")
    unused = OidcGrant.objects.filter(pk=grant.id, code_used_at=None, revoked_at=None)
    part = _Part(client, grant, "pre-authorized_code", grant.scope, (), "", jkt)
    return _once(part, lambda: unused.update(code_used_at=clock.now()))


class _Part(msgspec.Struct, frozen=True):
    """What is about to be issued."""

    client: ClientView
    grant: OidcGrant
    kind: str
    scope: str
    audience: tuple[str, ...]
    nonce: str = ""
    jkt: str = ""


class _Twice(Exception):
    """Another request has used the code or token in the same moment."""


def _once(part: _Part, use: Callable[[], int]) -> dict[str, Any]:
    """Use up what was shown and answer, as one act; who loses the race is taken for a thief."""
    context = secret.acting_for(part.client, part.grant.account_id)
    try:
        with act(context, ISSUE, Resource(kind="client", id=part.client.id)) as acting:
            acting.note(grant=part.grant.id, kind=part.kind)
            if not use():
                raise _Twice
            return _answer(part)
    except _Twice:
        _replayed(part.client, part.grant, part.kind)


def _check_code(client: ClientView, grant: OidcGrant, form: Mapping[str, str]) -> None:
    if grant.revoked_at is not None or grant.code_expires_at < clock.now():
        raise _bad("the code is stale or revoked")
    if form.get("redirect_uri", "") != grant.redirect_uri:
        raise _bad("redirect_uri is not the one of the request")
    if not rules.verifier_fits(form.get("code_verifier", ""), grant.challenge):
        raise _bad("code_verifier does not fit the challenge")
    _check_account(grant)


def _check_account(grant: OidcGrant) -> None:
    if not reading.is_open(grant.account_id):
        raise _bad("the person's account is disabled")


# -- a refresh token ---------------------------------------------------------------------


def _refresh(
    client: ClientView, form: Mapping[str, str], resources: list[str], jkt: str
) -> dict[str, Any]:
    token = reading.token_by_hash.first(secret.kept(form.get("refresh_token", "")))
    grant = reading.grant_by_id.first(token.grant_id) if token is not None else None
    if token is None or grant is None or token.kind != "refresh" or grant.client_id != client.id:
        raise _bad("no such refresh token for this client")
    now = clock.now()
    if grant.revoked_at is not None or token.revoked_at is not None:
        raise _bad("the refresh token is revoked")
    if token.used_at is not None:
        _replayed(client, grant, "refresh_token")
    if min(token.expires_at, grant.expires_at) < now:
        raise _bad("the refresh token is stale")
    if token.jkt and token.jkt != jkt:
        raise _bad("the refresh token is bound to a key that was not shown")
    _check_account(grant)
    scope = _narrowed(form.get("scope", ""), token.scope)
    audience = rules.resources(resources, tuple(grant.resources)) or tuple(grant.resources)
    part = _Part(client, grant, "refresh_token", scope, audience, "", jkt)
    return _once(part, lambda: _use_up(token.hash, now))


def _use_up(key: str, now: datetime) -> int:
    """The same as the queryset's update, whose SQL would be composed anew for each token."""
    connection = transaction.get_connection()
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE identity_oidctoken SET used_at = %s WHERE hash = %s AND used_at IS NULL",
            [at, key],
        )
        return int(cursor.rowcount)


def _narrowed(wanted: str, held: str) -> str:
    if not wanted:
        return held
    if not set(wanted.split()) <= set(held.split()):
        raise OidcError("invalid_scope", "the scope has more than was granted")
    return " ".join(dict.fromkeys(wanted.split()))


# -- what both answer ----------------------------------------------------------------------


def _answer(part: _Part) -> dict[str, Any]:
    now, grant = clock.now(), part.grant
    access = _new_token(part, "access", part.scope, now)
    answer: dict[str, Any] = {
        "access_token": access,
        "token_type": "DPoP" if part.jkt else "Bearer",
        "expires_in": int(rules.ACCESS_LIFE.total_seconds()),
        "scope": part.scope,
    }
    if part.client.refreshes:
        answer["refresh_token"] = _new_token(part, "refresh", grant.scope, now)
    if "openid" in part.scope.split():
        answer["id_token"] = _id_token(part, access, now)
    return answer


def _new_token(part: _Part, kind: str, scope: str, now: datetime) -> str:
    """A confidential client's refresh token is bound to the client already."""
    text, grant = secret.make(kind), part.grant
    public = part.client.auth_method == "none"
    life = rules.ACCESS_LIFE if kind == "access" else rules.REFRESH_LIFE
    append(
        OidcToken(
            hash=secret.kept(text),
            grant_id=grant.id,
            kind=kind,
            scope=scope,
            audience=list(part.audience),
            jkt=part.jkt if kind == "access" or public else "",
            issued_at=now,
            expires_at=min(now + life, grant.expires_at),
        )
    )
    return text


def _id_token(part: _Part, access: str, now: datetime) -> str:
    grant, at = part.grant, int(now.timestamp())
    told: dict[str, Any] = {
        "iss": secret.issuer(),
        "sub": grant.sub,
        "aud": part.client.id,
        "iat": at,
        "exp": at + int(rules.ID_LIFE.total_seconds()),
        "auth_time": grant.auth_time,
        "acr": grant.acr,
        "amr": grant.amr.split(),
        "at_hash": rules.half_hash(access),
        "sid": grant.sid,
        "nonce": part.nonce,
    }
    told = {name: value for name, value in told.items() if value not in ("", [], 0)}
    if grant.id_claims:
        told |= reading.claims(part.client, grant, only=grant.id_claims)
    return secret.sign(told)


# -- refusals ------------------------------------------------------------------------------


def _replayed(client: ClientView, grant: OidcGrant, kind: str) -> NoReturn:
    """Somebody else holds what was given to one: nothing of this sign-in counts any more."""
    context = secret.acting_for(client, grant.account_id)
    with transaction.atomic():
        OidcGrant.objects.filter(pk=grant.id, revoked_at=None).update(revoked_at=clock.now())
        emit(
            context, TokenReplayed(subject=f"account/{grant.account_id}", grant=grant.id, kind=kind)
        )
    raise _bad(f"the {kind} came a second time; all tokens of this sign-in are revoked")


def _bad(kept: str) -> OidcError:
    return OidcError("invalid_grant", "the code or token is not good (any more)", kept=kept)


def refused(client: ClientView | None, action: str, error: OidcError, context: Any) -> None:
    """The audit line of what a program was refused."""
    audit.record(
        secret.acting_for(client) if client is not None else context,
        action=action,
        resource=f"client/{client.id}" if client is not None else "client",
        outcome="denied" if error.status in {401, 403} else "failure",
        facts={"error": error.error, "reason": error.kept[:200]},
    )
