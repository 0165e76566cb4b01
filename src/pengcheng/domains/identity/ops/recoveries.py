"""Everything lost: at the counter one official begins, another confirms, and the person signs in
anew with a code on paper. The old means are worth nothing from the confirmation on."""

from __future__ import annotations

import secrets

from pengcheng.domains.identity import rules
from pengcheng.domains.identity.contracts.credentials import RecoveryView
from pengcheng.domains.identity.events import CredentialChanged
from pengcheng.domains.identity.models import Account, OneTime, Passkey, Recovery, RecoveryCode
from pengcheng.domains.identity.ops import sealing, throttle
from pengcheng.domains.identity.ops.passwords import replace
from pengcheng.domains.identity.ops.sessions import end_all
from pengcheng.domains.identity.rules import credentials as judged
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, FieldError, Invalid, NotFound

BEGIN = "identity.recovery.begin"
CONFIRM = "identity.recovery.confirm"


def begin(
    context: Context, *, username: str, document: str, tail: str, reason: str, seen: bool
) -> RecoveryView:
    """The person stands at the counter; their document was seen. Raises Invalid."""
    with act(context, BEGIN, Resource(kind="recovery")) as acting:
        account = Account.objects.filter(
            username=rules.normal_username(username), disabled_at=None
        ).first()
        wrong = _wrong_fields(account, context, document, tail, reason, seen)
        if wrong or account is None:
            raise Invalid(
                code="identity.recovery.invalid",
                zh="身份核验信息不完整",
                en="The identification is not complete",
                errors=wrong,
            )
        now = clock.now()
        row = Recovery.objects.create(
            account=account,
            document=document,
            tail=tail,
            reason=rules.printable(reason, 200).strip(),
            begun_by=context.actor.id,
            begun_at=now,
            expires_at=now + judged.RECOVERY_LIFE,
        )
        acting.concerns(Resource(kind="recovery", id=row.id, owner=account.id))
        acting.note(for_account=account.id, document=document)
        acting.emit(CredentialChanged(subject=f"account/{account.id}", change="recovery_begun"))
    return view(row, context)


def _wrong_fields(
    account: Account | None, context: Context, document: str, tail: str, reason: str, seen: bool
) -> list[FieldError]:
    told = (
        (account is None, "/username", "没有该账户", "There is no such account"),
        (
            account is not None and account.id == context.actor.id,
            "/username",
            "不能为本人办理",
            "You cannot do this for yourself",
        ),
        (document not in judged.DOCUMENTS, "/document", "请选择证件", "Choose a document"),
        (
            not (len(tail) == 4 and tail.isascii() and tail.isalnum()),
            "/tail",
            "请填写证件号码末四位",
            "Enter the last four characters",
        ),
        (not reason.strip(), "/reason", "请填写原因", "Enter the reason"),
        (not seen, "/seen", "须当面核验身份", "Identity must be confirmed in person"),
    )
    return [FieldError(pointer, zh, en) for fault, pointer, zh, en in told if fault]


def waiting(context: Context) -> tuple[RecoveryView, ...]:
    """What was begun lately, newest first."""
    permit(context, BEGIN, Resource(kind="recovery"))
    rows = Recovery.objects.filter(expires_at__gt=clock.now()).select_related("account")
    return tuple(view(row, context) for row in rows[:50])


def decide(context: Context, recovery_id: str, *, confirmed: bool) -> str:
    """The second official confirms, and gets the code for the person; or refuses.

    Raises Conflict when it is their own, was decided or has run out.
    """
    resource = Resource(kind="recovery", id=recovery_id)
    with act(context, CONFIRM, resource) as acting:
        row = Recovery.objects.select_for_update().filter(pk=recovery_id).first()
        if row is None:
            raise NotFound(
                code="identity.recovery.not_found", zh="没有该申请", en="There is no such recovery"
            )
        _refuse_decision(row, context)
        row.decided_by, row.decided_at = context.actor.id, clock.now()
        row.confirmed = confirmed
        code = _revoke(row) if confirmed else ""
        row.save()
        change = "recovery_confirmed" if confirmed else "recovery_refused"
        acting.note(for_account=row.account_id, confirmed=confirmed, begun_by=row.begun_by)
        acting.emit(CredentialChanged(subject=f"account/{row.account_id}", change=change))
    return code


def _refuse_decision(row: Recovery, context: Context) -> None:
    if row.decided_at is not None or row.expires_at <= clock.now():
        zh, en = "该申请已处理或已过期", "This was decided already or has run out"
    elif context.actor.id in {row.begun_by, row.account_id}:
        zh, en = "须由另一名工作人员复核", "Another official must confirm it"
    else:
        return
    raise Conflict(code="identity.recovery.not_yours", zh=zh, en=en)


def _revoke(row: Recovery) -> str:
    """Everything the account could sign in with is void; answers the code on paper."""
    account = row.account
    for table in (Passkey, OneTime, RecoveryCode):
        table.objects.filter(account=account).delete()
    account.set_unusable_password()
    account.save(update_fields=["password"])
    end_all(account)
    code = judged.recovery_code(secrets.token_bytes(16))
    row.digest = sealing.fingerprint(judged.normal_recovery(code), owner=account.id)
    return code


def finish(context: Context, *, username: str, code: str, password: str, address: str) -> None:
    """The person sets a new password with the code on paper. Raises Invalid or TooMany."""
    name, where = rules.normal_username(username), rules.network(address)
    throttle.reserve(rules.ADDRESS_LIMIT, where)
    throttle.reserve(judged.CODES_LIMIT, "recovery", name)
    row = _confirmed(name, judged.normal_recovery(code))
    if row is None:
        audit.record(
            context, action="identity.recovery.use", resource="recovery", outcome="failure"
        )
        raise Invalid(
            code="identity.recovery.refused",
            zh="用户名或恢复码不正确，或已过期",
            en="The username or the code is not right, or the code has run out",
            next_zh="请检查后重新输入，或到窗口重新办理。",
            next_en="Check both, or come to the counter again.",
        )
    resource = Resource(kind="recovery", id=row.id, owner=row.account_id)
    with act(context, "identity.recovery.use", resource) as acting:
        replace(row.account, password)
        used = Recovery.objects.filter(pk=row.pk, used_at=None).update(used_at=clock.now())
        if not used:
            raise Conflict(
                code="identity.recovery.used", zh="恢复码已用过", en="The code was used already"
            )
        acting.note(change="recovered")
        acting.emit(CredentialChanged(subject=f"account/{row.account_id}", change="recovered"))
    throttle.give_back(rules.ADDRESS_LIMIT, where)


def _confirmed(username: str, code: str) -> Recovery | None:
    account = Account.objects.filter(username=username, disabled_at=None).first()
    digest = sealing.fingerprint(code, owner=account.id if account else "")
    if not code or account is None:
        return None
    return (
        Recovery.objects.filter(
            account=account,
            digest=digest,
            confirmed=True,
            used_at=None,
            expires_at__gt=clock.now(),
        )
        .select_related("account")
        .first()
    )


def view(row: Recovery, context: Context) -> RecoveryView:
    official = Account.objects.filter(pk=row.begun_by).first()
    return RecoveryView(
        id=row.id,
        account_id=row.account_id,
        username=row.account.username,
        name=row.account.name_zh,
        document=row.document,
        tail=row.tail,
        reason=row.reason,
        begun_by=row.begun_by,
        begun_by_name=official.name_zh if official else "",
        begun_at=row.begun_at,
        expires_at=row.expires_at,
        decided_at=row.decided_at,
        confirmed=row.confirmed,
        used_at=row.used_at,
        mine=context.actor.id == row.begun_by,
    )
