"""Passwords: judged, kept as argon2 hashes, changed by their owner alone."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import translation

from pengcheng.domains.identity import rules
from pengcheng.domains.identity.models import Account
from pengcheng.domains.identity.ops import throttle
from pengcheng.domains.identity.ops.sessions import end_all, renew
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import FieldError, Invalid, NotFound


def password_errors(password: str, account: Account) -> list[FieldError]:
    """What is weak about a password, in both languages."""
    wrong_length = rules.wrong_password_length(password)
    if wrong_length:
        return wrong_length
    spoken = [_complaints(password, account, language) for language in ("zh-hans", "en")]
    return [FieldError("/password", zh, en) for zh, en in zip(*spoken, strict=True)]


def _complaints(password: str, account: Account, language: str) -> list[str]:
    with translation.override(language):
        try:
            validate_password(password, account)
        except ValidationError as error:
            return list(error.messages)
    return []


def change_password(request: HttpRequest, *, current: str, new: str, address: str) -> None:
    """The owner changes their password; every other session of theirs ends."""
    context: Context = request.context  # type: ignore[attr-defined]
    own = context.actor.id
    throttle.reserve(rules.PAIR_LIMIT, "change", own, rules.network(address))
    with act(context, "identity.own.change", Resource(kind="account", id=own, owner=own)) as acting:
        account = Account.objects.filter(pk=own, disabled_at=None).first()
        if account is None or not account.check_password(current):
            raise _wrong("/current", "当前密码不正确", "The current password is not right")
        replace(account, new)
        end_all(account, keep=request.session.session_key or "")
        renew(request, account)
        acting.note(change="password")
    throttle.clear(rules.PAIR_LIMIT, "change", own, rules.network(address))


def set_password(context: Context, *, account_id: str, password: str) -> None:
    """The operator at the command line sets a password; nobody can do so over the network."""
    with act(context, "identity.account.reset", Resource(kind="account", id=account_id)) as acting:
        account = Account.objects.filter(pk=account_id).first()
        if account is None:
            raise NotFound(
                code="identity.account.not_found", zh="没有这个账户", en="There is no such account"
            )
        replace(account, password)
        end_all(account)
        acting.note(change="password")


def replace(account: Account, password: str) -> None:
    errors = password_errors(password, account)
    if errors:
        raise Invalid(
            code="identity.password.weak",
            zh="新密码不符合要求",
            en="The new password is not good enough",
            next_zh="请按提示更换密码。",
            next_en="Choose another one as the hints say.",
            errors=errors,
        )
    account.set_password(password)
    account.password_changed_at = clock.now()
    account.save(update_fields=["password", "password_changed_at"])


def _wrong(pointer: str, zh: str, en: str) -> Invalid:
    return Invalid(
        code="identity.password.wrong",
        zh=zh,
        en=en,
        next_zh="请重新输入。",
        next_en="Enter it again.",
        errors=[FieldError(pointer, zh, en)],
    )
