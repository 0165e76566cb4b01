"""Passkeys (WebAuthn): put in place, used to sign in or to prove oneself, and taken away."""

from __future__ import annotations

from typing import Any

import webauthn
from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict, structs
from webauthn.helpers import exceptions as refused

from pengcheng.domains.identity import rules
from pengcheng.domains.identity.contracts.credentials import Party, PasskeyView
from pengcheng.domains.identity.models import Account
from pengcheng.domains.identity.models.credentials import Challenge, Passkey
from pengcheng.domains.identity.ops import factors, proofs, sessions, throttle
from pengcheng.domains.identity.rules import credentials as judged
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, FieldError, Invalid, NotFound

KEY = "identity_challenge"
CITY = "Pengcheng 鹏城"
REQUIRED = structs.UserVerificationRequirement.REQUIRED


def registration_options(request: HttpRequest, party: Party) -> dict[str, Any]:
    """What a device needs to make a new passkey for the asker."""
    factors.demand(request)
    account = factors.own(request)
    options = webauthn.generate_registration_options(
        rp_id=party.rp_id,
        rp_name=CITY,
        user_id=account.id.encode(),
        user_name=account.username,
        user_display_name=account.name_zh,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
        ),
        exclude_credentials=_descriptors(account, party),
    )
    _remember(request.session, "register", options.challenge)
    return options_to_json_dict(options)


def register(
    request: HttpRequest, party: Party, credential: dict[str, Any], *, name: str
) -> PasskeyView:
    """Take a new passkey in. Raises Invalid, Conflict or NeedsProof."""
    factors.demand(request)
    context: Context = request.context  # type: ignore[attr-defined]
    account = factors.own(request)
    challenge = _taken(request.session, "register", credential)
    with act(context, "identity.own.change", factors.mine(account.id)) as acting:
        if account.passkeys.count() >= judged.MOST_PASSKEYS:
            raise _too_many()
        made = _verified_registration(credential, challenge, party)
        row = Passkey(
            account=account,
            credential_id=bytes_to_base64url(made.credential_id),
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=rules.printable(name, 60).strip() or "Passkey",
            synced=made.credential_device_type == structs.CredentialDeviceType.MULTI_DEVICE,
            rp_id=party.rp_id,
            created_at=clock.now(),
        )
        _save_new(row)
        factors.told(acting, account.id, "passkey_added")
    proofs.strengthen(request, account, _methods(row))
    return factors.passkey_view(row)


def _verified_registration(credential: dict[str, Any], challenge: bytes, party: Party) -> Any:
    try:
        return webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (refused.WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _refused() from error


def _save_new(row: Passkey) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            code="identity.passkey.taken",
            zh="该通行密钥已登记",
            en="This passkey is registered already",
        ) from error


def options(request: HttpRequest, party: Party) -> dict[str, Any]:
    """What a device needs to prove who its owner is: a stranger names nobody, so that nobody
    learns who has an account."""
    own = request.context.actor.id  # type: ignore[attr-defined]
    account = Account.objects.filter(pk=own).first() if own else None
    made = webauthn.generate_authentication_options(
        rp_id=party.rp_id,
        allow_credentials=_descriptors(account, party) if account else None,
        user_verification=REQUIRED,
    )
    _remember(request.session, "prove", made.challenge)
    return options_to_json_dict(made)


def sign_in(
    request: HttpRequest, party: Party, credential: dict[str, Any], *, address: str, browser: str
) -> Account:
    """Sign in, or prove oneself better, with a passkey. Raises Invalid or TooMany."""
    where = rules.network(address)
    throttle.reserve(rules.ADDRESS_LIMIT, where)
    context: Context = request.context  # type: ignore[attr-defined]
    challenge = _taken(request.session, "prove", credential)
    row = _proved(context, party, credential, challenge)
    own = context.actor.id
    if own and own != row.account_id:
        raise _refused()
    throttle.give_back(rules.ADDRESS_LIMIT, where)
    account: Account = row.account
    if own:
        proofs.strengthen(request, account, _methods(row))
    else:
        sessions.begin(request, account, _methods(row), address=address, browser=browser)
    return account


def _proved(
    context: Context, party: Party, credential: dict[str, Any], challenge: bytes
) -> Passkey:
    """The passkey that answered, if its answer holds; every refusal is audited."""
    row = _named(credential)
    account_id = row.account_id if row else ""
    try:
        if row is None or row.suspended_at or row.account.disabled_at:
            raise _refused()
        _verify(row, party, credential, challenge)
    except Invalid as problem:
        audit.record(
            context,
            action="identity.passkey.use",
            resource=f"account/{account_id}",
            outcome="failure",
            facts={"code": problem.code},
        )
        raise
    return row


def _named(credential: dict[str, Any]) -> Passkey | None:
    name = credential.get("id")
    if not isinstance(name, str) or len(name) > 1400:
        return None
    return Passkey.objects.filter(credential_id=name).select_related("account").first()


def _verify(row: Passkey, party: Party, credential: dict[str, Any], challenge: bytes) -> None:
    try:
        _same_owner(row, credential)
        answer = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            credential_public_key=bytes(row.public_key),
            credential_current_sign_count=0,  # judged below, once the signature holds
            require_user_verification=True,
        )
    except (refused.WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _refused() from error
    stored, told = row.sign_count, answer.new_sign_count
    if judged.counter_went_back(stored=stored, told=told):
        Passkey.objects.filter(pk=row.pk).update(suspended_at=clock.now())
        raise _copied()
    rows = Passkey.objects.filter(pk=row.pk, sign_count=stored)
    if not rows.update(sign_count=told, last_used_at=clock.now()):
        raise _refused()


def _same_owner(row: Passkey, credential: dict[str, Any]) -> None:
    handle = credential.get("response", {}).get("userHandle")
    if handle and base64url_to_bytes(handle) != row.account_id.encode():
        raise ValueError("the handle names another account")


def rename(request: HttpRequest, passkey_id: str, name: str) -> None:
    """Call a passkey something else."""
    row, context = _own_or_problem(request, passkey_id), request.context  # type: ignore[attr-defined]
    with act(context, "identity.own.change", factors.mine(context.actor.id)) as acting:
        row.name = rules.printable(name, 60).strip() or row.name
        row.save(update_fields=["name"])
        acting.note(change="passkey_renamed")


def remove(request: HttpRequest, passkey_id: str) -> None:
    """Take a passkey away. Raises NeedsProof or NotFound."""
    factors.demand(request)
    row, context = _own_or_problem(request, passkey_id), request.context  # type: ignore[attr-defined]
    with act(context, "identity.own.change", factors.mine(context.actor.id)) as acting:
        row.delete()
        factors.told(acting, context.actor.id, "passkey_removed")


def _own_or_problem(request: HttpRequest, passkey_id: str) -> Passkey:
    own = request.context.actor.id  # type: ignore[attr-defined]
    row = Passkey.objects.filter(pk=passkey_id, account_id=own).first()
    if row is None:
        raise NotFound(
            code="identity.passkey.not_found", zh="没有该通行密钥", en="There is no such passkey"
        )
    return row


def _descriptors(account: Account, party: Party) -> list[structs.PublicKeyCredentialDescriptor]:
    rows = account.passkeys.filter(rp_id=party.rp_id, suspended_at=None)
    names = rows.values_list("credential_id", flat=True)
    return [structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(name)) for name in names]


def _remember(session: SessionBase, use: str, challenge: bytes) -> None:
    asked = {"use": use, "value": bytes_to_base64url(challenge)}
    session[KEY] = [*_kept(session), asked][-judged.MOST_CHALLENGES :]
    Challenge.objects.create(
        digest=judged.challenge_digest(challenge), expires_at=clock.now() + judged.CHALLENGE_LIFE
    )


def _kept(session: SessionBase) -> list[dict[str, str]]:
    """What this session was asked: every open tab has a question of its own."""
    kept = session.get(KEY)
    return kept if isinstance(kept, list) else []


def _taken(session: SessionBase, use: str, credential: dict[str, Any]) -> bytes:
    """The challenge that was answered, once: whoever deletes the row may use it."""
    kept, answered = _kept(session), judged.answered_challenge(credential)
    session[KEY] = [asked for asked in kept if asked["value"] != answered]
    if {"use": use, "value": answered} not in kept:
        raise _refused()
    value = base64url_to_bytes(answered)
    rows = Challenge.objects.filter(digest=judged.challenge_digest(value))
    if not rows.filter(expires_at__gt=clock.now()).delete()[0]:
        raise _refused()
    return value


def _methods(row: Passkey) -> tuple[str, ...]:
    """RFC 8176: a key in hardware or a synced one, with the person verified by the device."""
    return ("swk" if row.synced else "hwk", "user", "mfa")


def _refused() -> Invalid:
    zh, en = "通行密钥验证未通过", "The passkey was not accepted"
    return Invalid(
        code="identity.passkey.refused",
        zh=zh,
        en=en,
        next_zh="请重试，或改用其他方式。",
        next_en="Try again, or use the other way.",
        errors=[FieldError("", zh, en)],
    )


def _copied() -> Invalid:
    return Invalid(
        code="identity.passkey.copied",
        zh="该通行密钥可能被复制，已暂停使用",
        en="This passkey may have been copied and is suspended",
        next_zh="请用其他方式登录，并移除该通行密钥。",
        next_en="Sign in another way and remove this passkey.",
    )


def _too_many() -> Conflict:
    return Conflict(
        code="identity.passkey.too_many",
        zh="通行密钥数量已达上限",
        en="There are too many passkeys",
        next_zh="请先移除不用的通行密钥。",
        next_en="Remove one that you no longer use.",
    )
