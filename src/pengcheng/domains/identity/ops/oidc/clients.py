"""Clients are entered by administrators, the operator, or by themselves with an invitation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from pengcheng.domains.identity.contracts.oidc import ClientView, MadeClient, NewClient, OidcError
from pengcheng.domains.identity.models import OidcClient, OidcGrant, OidcInvitation
from pengcheng.domains.identity.ops.oidc import secret
from pengcheng.domains.identity.rules import clients as rules
from pengcheng.domains.identity.rules.oidc import INVITATION_LIFE
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import FieldError, Invalid, NotFound
from pengcheng.kit.keys import curves

MANAGE = "identity.client.manage"
_ID = re.compile(r"[0-9a-f-]{36}")
_KEY_PARTS = ("kty", "crv", "x", "y", "kid")
by_id = Lookup(lambda id: OidcClient.objects.filter(pk=id))


def view(row: OidcClient) -> ClientView:
    told = {"id": row.id, "created_at": row.created_at, "created_by": row.created_by}
    told |= {"disabled_at": row.disabled_at, "secret_at": row.secret_at}
    return msgspec.convert({**row.facts, **told}, ClientView)


def find_open(client_id: str) -> OidcClient | None:
    """The client with this id, unless it is disabled."""
    row = by_id.first(client_id) if _ID.fullmatch(client_id) else None
    return row if row is not None and row.disabled_at is None else None


def add(context: Context, new: NewClient) -> MadeClient:
    """Enter a client. Raises Invalid."""
    with act(context, MANAGE, Resource(kind="client")) as acting:
        errors = wrong(new)
        if errors:
            raise Invalid(
                code="identity.client.invalid",
                zh="应用信息有误",
                en="Some of the application's details are wrong",
                next_zh="请更正后重新提交。",
                next_en="Correct them and send the form again.",
                errors=errors,
            )
        made = _save(new, context.actor.id)
        acting.concerns(Resource(kind="client", id=made.client.id))
        acting.note(method=new.auth_method, scopes=list(new.scopes), subjects=new.subject_type)
    return made


def wrong(new: NewClient) -> tuple[FieldError, ...]:
    """What must be put right, the keys included."""
    return (*rules.wrong_client(new), *_wrong_keys(new.jwks))


def _wrong_keys(jwks: Mapping[str, Any] | None) -> list[FieldError]:
    if jwks is None:
        return []
    told = jwks.get("keys")
    if not isinstance(told, list) or not 0 < len(told) <= rules.MOST_KEYS:
        return [FieldError("/jwks", "公钥集合应有 1 至 10 个公钥", "Give 1 to 10 public keys")]
    for jwk in told:
        try:
            if not isinstance(jwk, dict) or "d" in jwk or not _is_name(jwk.get("kid", "")):
                raise ValueError("not a public key")
            curves.from_jwk(jwk)
        except (ValueError, TypeError):
            return [
                FieldError(
                    "/jwks",
                    "只接受 P-256（ES256）或 Ed25519 公钥，且不得含私钥",
                    "Only public keys on P-256 (ES256) or Ed25519 are taken, never private ones",
                )
            ]
    return []


def _is_name(kid: Any) -> bool:
    return isinstance(kid, str) and len(kid) <= 200 and kid.isprintable()


def _public_parts(jwks: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The keys without whatever else a program has sent along."""
    if jwks is None:
        return None
    keys = [{name: jwk[name] for name in _KEY_PARTS if name in jwk} for jwk in jwks["keys"]]
    return {"keys": keys}


def _save(new: NewClient, made_by: str) -> MadeClient:
    new = msgspec.structs.replace(new, jwks=_public_parts(new.jwks))
    text = secret.make("client") if new.auth_method.startswith("client_secret") else ""
    now = clock.now()
    row = OidcClient.objects.create(
        facts=msgspec.to_builtins(new),
        sector=rules.sector_of(new),
        secret_hash=secret.kept(text) if text else "",
        secret_at=now if text else None,
        created_at=now,
        created_by=made_by,
    )
    return MadeClient(client=view(row), secret=text)


def listed(context: Context) -> tuple[ClientView, ...]:
    """Every client, disabled ones too."""
    permit(context, MANAGE, Resource(kind="client"))
    return tuple(view(row) for row in OidcClient.objects.all())


def one(context: Context, client_id: str) -> ClientView:
    permit(context, MANAGE, Resource(kind="client", id=client_id))
    return view(_row(client_id))


def _row(client_id: str) -> OidcClient:
    row = OidcClient.objects.filter(pk=client_id).first()
    if row is None:
        raise NotFound(
            code="identity.client.not_found",
            zh="没有这个应用",
            en="There is no such application",
            next_zh="请从应用列表中重新选择。",
            next_en="Choose it again from the list.",
        )
    return row


def set_disabled(context: Context, client_id: str, *, disabled: bool) -> ClientView:
    """Shut a client out, and all its tokens with it, or let it in again with none."""
    with act(context, MANAGE, Resource(kind="client", id=client_id)) as acting:
        row = _row(client_id)
        row.disabled_at = clock.now() if disabled else None
        row.save(update_fields=["disabled_at"])
        if disabled:
            _end_grants(row)
        acting.note(disabled=disabled)
    return view(row)


def remove(context: Context, client_id: str) -> None:
    """Delete a client with its tokens and consents; the audit chain remembers it."""
    with act(context, MANAGE, Resource(kind="client", id=client_id)) as acting:
        row = _row(client_id)
        acting.note(removed=True)
        row.delete()


def new_secret(context: Context, client_id: str) -> MadeClient:
    """Another secret; the old one is worth nothing from now on. Raises Invalid."""
    with act(context, MANAGE, Resource(kind="client", id=client_id)) as acting:
        row = _row(client_id)
        if not row.secret_hash:
            raise Invalid(
                code="identity.client.no_secret",
                zh="该应用不使用密钥",
                en="This application has no secret",
            )
        text = secret.make("client")
        row.secret_hash, row.secret_at = secret.kept(text), clock.now()
        row.save(update_fields=["secret_hash", "secret_at"])
        acting.note(changed="secret")
    return MadeClient(client=view(row), secret=text)


def _end_grants(row: OidcClient) -> None:
    OidcGrant.objects.filter(client=row, revoked_at=None).update(revoked_at=clock.now())


# -- registration by the program itself ------------------------------------------------------


def invite(context: Context, *, life: timedelta = INVITATION_LIFE) -> str:
    """A token with which one program may register itself within a week."""
    with act(context, MANAGE, Resource(kind="invitation")):
        text = secret.make("invite")
        now = clock.now()
        OidcInvitation.objects.create(
            hash=secret.kept(text), made_at=now, made_by=context.actor.id, expires_at=now + life
        )
    return text


def register(context: Context, token: str, told: Any) -> MadeClient:
    """RFC 7591. Raises OidcError."""
    invitation = OidcInvitation.objects.filter(
        hash=secret.kept(token), used_at=None, expires_at__gt=clock.now()
    )
    if not token or not invitation.exists():
        raise OidcError("invalid_token", "an unused initial access token is needed", status=401)
    if not isinstance(told, dict):
        raise OidcError("invalid_client_metadata", "the body is no JSON object")
    new = rules.from_metadata(told)
    errors = wrong(new)
    if errors:
        raise rules.refusal_of(errors)
    with act(context, "identity.client.register", Resource(kind="client")) as acting:
        if not invitation.update(used_at=clock.now()):
            raise OidcError("invalid_token", "the token was used in this moment", status=401)
        made = _save(new, "registration")
        acting.concerns(Resource(kind="client", id=made.client.id))
        acting.note(method=new.auth_method, scopes=list(new.scopes))
    return made
