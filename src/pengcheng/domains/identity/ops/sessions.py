"""Signing in and out, and the list of places where an account is signed in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from pengcheng.domains.identity import rules
from pengcheng.domains.identity.contracts import Attempt, SessionView
from pengcheng.domains.identity.models import Account, OneTime, SignIn
from pengcheng.domains.identity.ops import proofs, throttle
from pengcheng.domains.identity.ops.oidc import ending
from pengcheng.kernel import audit, clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Invalid, NotFound

HISTORY = 20


def sign_in(request: HttpRequest, attempt: Attempt) -> tuple[Account, bool]:
    """Sign in under a new session key, or refuse in the same words and time for every reason.

    False: the password was right, but this account's owner has asked for a code as well.
    """
    context: Context = request.context  # type: ignore[attr-defined]
    account = _prove(context, attempt)
    if OneTime.objects.filter(account=account).exists():
        return account, False
    begin(request, account, ("pwd",), address=attempt.address, browser=attempt.browser)
    return account, True


def begin(
    request: HttpRequest,
    account: Account,
    methods: tuple[str, ...],
    *,
    address: str,
    browser: str,
) -> None:
    """Open a session for someone who has proved who they are by these means."""
    context: Context = request.context  # type: ignore[attr-defined]
    before = _leave(request)
    login(request, account)
    attempt = Attempt(username="", password="", address=address, browser=browser)
    now = _write_down(account, attempt, request.session, methods)
    _carry_on(before, now)
    _audit_start(context, account.id, "success", attempt, methods)


def _leave(request: HttpRequest) -> SignIn | None:
    """Whoever was signed in here no longer is: Django alone would keep their key for the same
    person, and leave another one without any."""
    if not request.user.is_authenticated:
        return None
    row = _present(request)
    if row is not None:
        SignIn.objects.filter(pk=row.pk).update(ended_at=clock.now())
    request.session.flush()
    return row


def _present(request: HttpRequest) -> SignIn | None:
    key = request.session.session_key or ""
    return SignIn.objects.filter(session_key=key, ended_at=None).first()


def _carry_on(before: SignIn | None, now: SignIn) -> None:
    """The same person keeps their applications; another one's end with the session before."""
    if before is not None and before.account_id == now.account_id:
        ending.moved(before.pk, now.pk)
    elif before is not None:
        ending.session_ended(before)


def _prove(context: Context, attempt: Attempt) -> Account:
    username = rules.normal_username(attempt.username)
    where = rules.network(attempt.address)
    _reserve(username, where, attempt.address)
    account = Account.objects.filter(username=username).prefetch_related("grants").first()
    if account is None or not _right(account, attempt.password):
        if account is None:
            # The same hash is computed for nobody, so that time does not tell who exists.
            Account().set_password(attempt.password[: rules.PASSWORD_LENGTH])
        _audit_start(context, account.id if account else "", "failure", attempt)
        raise Invalid(
            code="identity.sign_in.refused",
            zh="用户名或密码不正确",
            en="The username or password is not right",
            next_zh="请检查后重新输入。",
            next_en="Check both and enter them again.",
        )
    throttle.clear(rules.PAIR_LIMIT, username, where)
    throttle.give_back(rules.ACCOUNT_LIMIT, username)
    throttle.give_back(rules.ADDRESS_LIMIT, where)
    return account


def _right(account: Account, password: str) -> bool:
    right = account.check_password(password[: rules.PASSWORD_LENGTH + 1])
    return right and account.disabled_at is None


def _fingerprint(address: str) -> str:
    """Tells one network from another without naming it: the audit chain is never shortened."""
    where = rules.network(address)
    key = settings.PENGCHENG_MASTER_KEY
    return salted_hmac("identity.network", where, key, algorithm="sha256").hexdigest()[:16]


def _audit_start(
    context: Context,
    account_id: str,
    outcome: audit.Outcome,
    attempt: Attempt,
    methods: tuple[str, ...] = (),
) -> None:
    audit.record(
        context,
        action="identity.session.start",
        resource=f"account/{account_id}",
        outcome=outcome,
        facts={"network": _fingerprint(attempt.address), "methods": list(methods)},
    )


def _reserve(username: str, where: str, address: str) -> None:
    throttle.reserve(rules.ADDRESS_LIMIT, where)
    throttle.reserve(rules.PAIR_LIMIT, username, where)
    # Strangers may use up the account's limit; its owner still gets in from a known address.
    if not SignIn.objects.filter(account__username=username, address=address).exists():
        throttle.reserve(rules.ACCOUNT_LIMIT, username)


def _write_down(
    account: Account, attempt: Attempt, session: SessionBase, methods: tuple[str, ...]
) -> SignIn:
    now, proof = clock.now(), proofs.keep(session, methods)
    length = rules.session_length(frozenset(grant.role for grant in account.grants.all()))
    session.set_expiry(int(length.total_seconds()))
    row, _ = SignIn.objects.update_or_create(
        session_key=session.session_key,
        defaults={
            "account": account,
            "address": attempt.address[:45],
            "browser": rules.printable(attempt.browser, 200),
            "started_at": now,
            "expires_at": now + length,
            "ended_at": None,
            "last_used_at": now,
            "level": proof.level,
            "methods": " ".join(methods),
        },
    )
    Account.objects.filter(pk=account.pk).update(signed_in_at=now)
    return row


def renew(request: HttpRequest, account: Account) -> None:
    """Give the present session a new key, as after a change of password."""
    old = request.session.session_key
    update_session_auth_hash(request, account)
    SignIn.objects.filter(session_key=old).update(session_key=request.session.session_key)


def sign_out(request: HttpRequest) -> None:
    """End the present session."""
    context: Context = request.context  # type: ignore[attr-defined]
    row = _present(request)
    logout(request)
    if row is not None:
        _end(row)
    if context.actor.kind != "anonymous":
        audit.record(context, action="identity.session.end", resource=f"account/{context.actor.id}")


def own_sessions(context: Context, *, current: str = "") -> tuple[SessionView, ...]:
    """Where the asker is and was signed in, newest first."""
    own = context.actor.id
    permit(context, "identity.own.read", Resource(kind="account", id=own, owner=own))
    rows = SignIn.objects.filter(account_id=own)[:HISTORY]
    return tuple(_view(row, current) for row in rows)


def end_session(context: Context, sign_in_id: str) -> None:
    """The owner ends one of their sessions from another place."""
    own = context.actor.id
    row = SignIn.objects.filter(pk=sign_in_id, account_id=own).first()
    if row is None:
        raise NotFound(
            code="identity.session.not_found",
            zh="没有这次登录",
            en="There is no such session",
            next_zh="请刷新页面查看最新列表。",
            next_en="Load the page again to see the present list.",
        )
    resource = Resource(kind="session", id=row.id, owner=own)
    with act(context, "identity.own.change", resource):
        _end(row)


def end_others(context: Context, *, current: str) -> int:
    """The owner ends all their sessions but the present one; answers how many."""
    own = context.actor.id
    with act(context, "identity.own.change", Resource(kind="session", owner=own)) as acting:
        rows = SignIn.objects.filter(account_id=own, ended_at=None).exclude(session_key=current)
        for row in rows:
            _end(row)
        acting.note(ended=len(rows))
    return len(rows)


def end_all(account: Account, *, keep: str = "") -> None:
    """End every session of the account but the one with the key ``keep``."""
    rows = SignIn.objects.filter(account=account, ended_at=None).exclude(session_key=keep)
    for row in rows:
        _end(row)


def forget_old() -> int:
    """Delete the traces of sessions that ended more than half a year ago."""
    return SignIn.objects.filter(expires_at__lt=clock.now() - rules.SESSION_TRACE).delete()[0]


def _end(row: SignIn) -> None:
    import_string(f"{settings.SESSION_ENGINE}.SessionStore")(row.session_key).delete()
    if SignIn.objects.filter(pk=row.pk, ended_at=None).update(ended_at=clock.now()):
        ending.session_ended(row)


def _view(row: SignIn, current: str) -> SessionView:
    return SessionView(
        id=row.id,
        address=row.address,
        browser=row.browser,
        started_at=row.started_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        last_used_at=row.last_used_at,
        level=row.level,
        methods=tuple(row.methods.split()),
        current=bool(current) and row.session_key == current,
        open=row.ended_at is None and row.expires_at > clock.now(),
    )
