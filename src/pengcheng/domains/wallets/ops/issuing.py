"""A wallet app fetches licences that their holder has let it have (OpenID4VCI 1.0)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.contracts.oidc import Granted, OidcError
from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.api import travelling
from pengcheng.domains.licences.contracts import State
from pengcheng.domains.wallets.contracts import Copy, Label, Offer
from pengcheng.domains.wallets.models import CopyRecord, UsedNonce
from pengcheng.domains.wallets.rules import fetching, nonces
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Actor, Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Problem
from pengcheng.kit.keys.curves import decoded, encoded

SCOPE = "licences"
GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
FETCH = "wallets.credential.fetch"


def base() -> str:
    return str(settings.PENGCHENG_PUBLIC_URL).rstrip("/")


# --- an offer -----------------------------------------------------------------------------


def offer(context: Context, licence_id: str) -> Offer:
    """A link with a code for one of the asker's licences."""
    licence = licences.get(context=context, licence_id=licence_id)
    resource = Resource(kind="licence", id=licence.id, owner=licence.holder.id)
    with act(context, "wallets.offer.make", resource):
        made = oidc.offer(context, scope=SCOPE, details={"licence": licence.id})
    grant = {
        "pre-authorized_code": made.code,
        "tx_code": {"input_mode": "numeric", "length": len(made.digits)},
    }
    told = {
        "credential_issuer": base(),
        "credential_configuration_ids": [
            fetching.configuration(licence.type, form) for form in travelling.FORMS
        ],
        "grants": {GRANT: grant},
    }
    text = msgspec.json.encode(told).decode("ascii")
    link = f"openid-credential-offer://?{urlencode({'credential_offer': text})}"
    return Offer(link=link, digits=made.digits, expires_at=made.expires_at)


# --- a nonce ------------------------------------------------------------------------------


def nonce() -> str:
    now = int(clock.now().timestamp())
    return encoded(nonces.made(now, secrets.token_bytes(16), _key()))


def _key() -> bytes:
    return salted_hmac("pengcheng.wallets.nonce", "", algorithm="sha256").digest()


def _use(text: str) -> None:
    """Raises OidcError when it is not ours, stale or was used before."""
    try:
        raw = decoded(text)
    except ValueError as error:
        raise OidcError("invalid_nonce", "the nonce is not one of ours") from error
    why = nonces.why_not(raw, int(clock.now().timestamp()), _key())
    if why:
        raise OidcError("invalid_nonce", why)
    until = clock.now() + timedelta(seconds=2 * nonces.LIFE)
    try:
        with transaction.atomic():
            UsedNonce.objects.create(hash=_kept(text), expires_at=until)
    except IntegrityError as error:
        raise OidcError("invalid_nonce", "the nonce was used before") from error


def _kept(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


# --- a credential -------------------------------------------------------------------------


def fetch(token: str, jkt: str, body: bytes) -> dict[str, Any]:
    """The credential response. Raises OidcError."""
    granted = oidc.granted(token=token, jkt=jkt, scope=SCOPE)
    wanted = fetching.read(body, frozenset(kind.id for kind in licences.types()))
    keys = _proved(wanted, granted)
    context = _holder(granted)
    try:
        licence_id = _licence(context, wanted, granted)
        resource = Resource(kind="licence", id=licence_id, owner=granted.account_id)
        with act(context, FETCH, resource) as acting:
            acting.note(client=granted.client.id, form=wanted.form, copies=len(keys))
            return _handed(context, licence_id, wanted, granted, keys)
    except Problem as problem:
        raise OidcError("credential_request_denied", problem.en) from problem


def _proved(wanted: fetching.Wanted, granted: Granted) -> list[dict[str, Any]]:
    """The wallet's keys. All proofs answer one nonce, which is used up by them."""
    now = int(clock.now().timestamp())
    anybody = granted.details and "licence" in granted.details
    client_id = "" if anybody else granted.client.id
    told = [
        fetching.proof(text, audience=base(), client_id=client_id, now=now)
        for text in wanted.proofs
    ]
    if len({each.kid for each in told}) != len(told):
        raise OidcError("invalid_proof", "a key was proved twice")
    asked = {each.nonce for each in told}
    if len(asked) != 1:
        raise OidcError("invalid_nonce", "the proofs answer more than one nonce")
    _use(asked.pop())
    return [each.jwk for each in told]


def _holder(granted: Granted) -> Context:
    """Whose licences they are, speaking through their wallet."""
    actor = Actor(
        id=granted.account_id, kind="person", name=granted.name, roles=frozenset({"citizen"})
    )
    return Context(actor=actor, agent=f"client/{granted.client.id}", purpose="licence.own")


def _licence(context: Context, wanted: fetching.Wanted, granted: Granted) -> str:
    """The one that was offered, or the newest of the kind that holds."""
    rows = licences.list_of(context=context, holder=granted.account_id)
    offered = granted.details.get("licence")
    for row in rows:
        fits = row.type == wanted.kind and row.state == State.VALID
        if fits and offered in (None, row.id):
            return row.id
    raise OidcError("credential_request_denied", "no licence of this kind that holds")


def _handed(
    context: Context,
    licence_id: str,
    wanted: fetching.Wanted,
    granted: Granted,
    keys: list[dict[str, Any]],
) -> dict[str, Any]:
    made = travelling.bind(
        context=context, licence_id=licence_id, form=wanted.form, holder_keys=keys
    )
    told = secrets.token_urlsafe(16)
    CopyRecord.objects.create(
        account_id=granted.account_id,
        licence_id=licence_id,
        kind=wanted.kind,
        form=wanted.form,
        client_id=granted.client.id,
        client_zh=granted.client.name_zh,
        client_en=granted.client.name_en,
        copies=len(made),
        issued_at=clock.now(),
        expires_at=made[0].expires_at,
        notification=_kept(told),
    )
    return {"credentials": [{"credential": one.text} for one in made], "notification_id": told}


def notify(token: str, jkt: str, body: bytes) -> None:
    """What became of the copies, as the wallet says. Raises OidcError."""
    granted = oidc.granted(token=token, jkt=jkt, scope=SCOPE)
    name, event = fetching.notification(body)
    rows = CopyRecord.objects.filter(
        notification=_kept(name), account_id=granted.account_id, client_id=granted.client.id
    )
    if not rows.update(outcome=event, outcome_at=clock.now()):
        raise OidcError("invalid_notification_id", "no such notification_id")


def copies_of(context: Context, account_id: str) -> tuple[Copy, ...]:
    """Copies that still hold, newest first."""
    permit(context, "wallets.own.list", Resource(kind="wallet", owner=account_id))
    rows = CopyRecord.objects.filter(account_id=account_id, expires_at__gt=clock.now())
    rows = rows.exclude(outcome="credential_deleted").order_by("-issued_at")[:50]
    names = {kind.id: Label(kind.zh, kind.en) for kind in licences.types()}
    return tuple(
        Copy(
            id=row.pk,
            licence_id=row.licence_id,
            name=names[row.kind],
            form=row.form,
            client=Label(row.client_zh, row.client_en or row.client_zh),
            copies=row.copies,
            issued_at=row.issued_at,
            expires_at=row.expires_at,
            outcome=row.outcome,
        )
        for row in rows
    )


def refused(context: Context, action: str, error: OidcError) -> None:
    """The audit line of what a program was refused."""
    audit.record(
        context,
        action=action,
        resource="wallet",
        outcome="denied" if error.status in {401, 403} else "failure",
        facts={"error": error.error, "reason": error.kept[:200]},
    )
