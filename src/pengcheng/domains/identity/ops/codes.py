"""One-time codes and recovery codes: the second step of signing in without a passkey."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from cryptography.exceptions import InvalidTag
from django.db import transaction
from django.http import HttpRequest

from pengcheng.domains.identity import rules
from pengcheng.domains.identity.contracts.credentials import Enrolment
from pengcheng.domains.identity.models import Account
from pengcheng.domains.identity.models.credentials import OneTime, RecoveryCode
from pengcheng.domains.identity.ops import factors, proofs, sealing, sessions, throttle
from pengcheng.domains.identity.rules import credentials as judged
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.problems import Invalid

ISSUER = "Pengcheng"
OFFERED = "identity_one_time"
PENDING = "identity_pending"
METHODS = ("pwd", "otp", "mfa")


# --- putting codes in place ---------------------------------------------------------------


def offer(request: HttpRequest) -> Enrolment:
    """A secret for the asker's app; it counts once a code made with it has been typed."""
    factors.demand(request)
    account = factors.own(request)
    secret = _offered(request, account.id)
    if secret is None:
        secret = secrets.token_bytes(judged.SECRET_BYTES)
        sealed = sealing.seal(secret, owner=account.id)
        request.session[OFFERED] = base64.b64encode(sealed).decode("ascii")
    address = judged.secret_address(secret, issuer=ISSUER, account=account.username)
    return Enrolment(secret=judged.secret_text(secret), address=address)


def _offered(request: HttpRequest, owner: str) -> bytes | None:
    kept = request.session.get(OFFERED)
    try:
        return sealing.unseal(base64.b64decode(kept), owner=owner) if kept else None
    except InvalidTag:
        return None


def confirm(request: HttpRequest, typed: str, *, address: str) -> tuple[str, ...]:
    """Take the app into use; answers fresh recovery codes. Raises Invalid or NeedsProof."""
    factors.demand(request)
    account = proofs.guarded(request, "offer", address)
    secret = _offered(request, account.id)
    now = clock.now()
    code = judged.digits_of(typed)
    step = judged.step_of(secret, code, now=now.timestamp(), last_step=0) if secret else None
    if secret is None or step is None:
        raise _wrong()
    with act(request.context, "identity.own.change", factors.mine(account.id)) as acting:  # type: ignore[attr-defined]
        OneTime.objects.update_or_create(
            account=account,
            defaults={
                "secret": sealing.seal(secret, owner=account.id),
                "last_step": step,
                "created_at": now,
                "last_used_at": now,
            },
        )
        made = _fresh_codes(account, now)
        factors.told(acting, account.id, "one_time_added")
    request.session.pop(OFFERED, None)
    proofs.strengthen(request, account, METHODS)
    return made


def remove(request: HttpRequest) -> None:
    """Stop asking for one-time codes. Raises NeedsProof."""
    factors.demand(request)
    own = request.context.actor.id  # type: ignore[attr-defined]
    with act(request.context, "identity.own.change", factors.mine(own)) as acting:  # type: ignore[attr-defined]
        OneTime.objects.filter(account_id=own).delete()
        factors.told(acting, own, "one_time_removed")


def new_recovery_codes(request: HttpRequest) -> tuple[str, ...]:
    """Ten new codes, shown this once; those before are void. Raises NeedsProof."""
    factors.demand(request)
    account = factors.own(request)
    with act(request.context, "identity.own.change", factors.mine(account.id)) as acting:  # type: ignore[attr-defined]
        made = _fresh_codes(account, clock.now())
        factors.told(acting, account.id, "recovery_codes_made")
    return made


def _fresh_codes(account: Account, now: datetime) -> tuple[str, ...]:
    RecoveryCode.objects.filter(account=account).delete()
    made = tuple(
        judged.recovery_code(secrets.token_bytes(16)) for _ in range(judged.RECOVERY_CODES)
    )
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, digest=_digest(account.id, code), created_at=now)
        for code in made
    )
    return made


def _digest(account_id: str, code: str) -> str:
    return sealing.fingerprint(judged.normal_recovery(code), owner=account_id)


# --- using them ---------------------------------------------------------------------------


def asked_of(account: Account) -> bool:
    """Whether this account's password alone does not sign it in."""
    return OneTime.objects.filter(account=account).exists()


def wait_for(request: HttpRequest, account: Account) -> None:
    """The password was right; the session remembers it for the few minutes a code takes."""
    request.session.cycle_key()
    request.session[PENDING] = {"account": account.id, "at": clock.now().timestamp()}


def waited_for(request: HttpRequest) -> Account | None:
    """Whose code this browser owes us, if it still may give it."""
    kept = request.session.get(PENDING)
    if not kept or clock.now().timestamp() - kept["at"] > judged.PENDING_LIFE.total_seconds():
        return None
    return Account.objects.filter(pk=kept["account"], disabled_at=None).first()


def sign_in(request: HttpRequest, typed: str, *, address: str, browser: str) -> Account:
    """The second step of signing in. Raises Invalid or TooMany."""
    account = waited_for(request)
    if account is None:
        raise Invalid(
            code="identity.sign_in.late",
            zh="登录已超时",
            en="Signing in took too long",
            next_zh="请从头登录。",
            next_en="Sign in from the beginning.",
        )
    use(request, account, typed, address=address)
    request.session.pop(PENDING, None)
    sessions.begin(request, account, METHODS, address=address, browser=browser)
    return account


def prove(request: HttpRequest, typed: str, *, address: str) -> None:
    """A signed-in person proves themselves with a code. Raises Invalid or TooMany."""
    account = factors.own(request)
    use(request, account, typed, address=address)
    proofs.strengthen(request, account, METHODS)


def use(request: HttpRequest, account: Account, typed: str, *, address: str) -> None:
    """Use up a one-time code or a recovery code; counted before it is judged."""
    where = rules.network(address)
    throttle.reserve(judged.CODES_LIMIT, account.id)
    throttle.reserve(judged.CODE_LIMIT, account.id, where)
    digits, recovery = judged.digits_of(typed), judged.normal_recovery(typed)
    if digits and _use_step(account, digits):
        kind = "one_time"
    elif recovery and _use_recovery(account, recovery):
        kind = "recovery"
    else:
        _told(request, account, "failure", "code")
        raise _wrong()
    throttle.clear(judged.CODE_LIMIT, account.id, where)
    throttle.give_back(judged.CODES_LIMIT, account.id)
    _told(request, account, "success", kind)


def _told(request: HttpRequest, account: Account, outcome: audit.Outcome, kind: str) -> None:
    audit.record(
        request.context,  # type: ignore[attr-defined]
        action="identity.code.use",
        resource=f"account/{account.id}",
        outcome=outcome,
        facts={"kind": kind},
    )


def _use_step(account: Account, typed: str) -> bool:
    with transaction.atomic():
        row = OneTime.objects.filter(account=account).first()
        if row is None:
            return False
        now = clock.now()
        secret = sealing.unseal(bytes(row.secret), owner=account.id)
        step = judged.step_of(secret, typed, now=now.timestamp(), last_step=row.last_step)
        if step is None:
            return False
        # Whoever moves the step forward has used the code; a second one finds it moved.
        used = OneTime.objects.filter(account=account, last_step__lt=step)
        return bool(used.update(last_step=step, last_used_at=now))


def _use_recovery(account: Account, typed: str) -> bool:
    rows = RecoveryCode.objects.filter(
        account=account, digest=_digest(account.id, typed), used_at=None
    )
    return bool(rows.update(used_at=clock.now()))


def _wrong() -> Invalid:
    zh = "验证码不正确或已用过"
    return proofs.wrong("/code", zh, "The code is not right, or was used before")
