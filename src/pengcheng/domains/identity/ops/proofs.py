"""What the session remembers of its sign-in, and raising it by a better proof."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from pengcheng.domains.identity import rules
from pengcheng.domains.identity.contracts.proofs import SessionFacts
from pengcheng.domains.identity.models import Account, SignIn
from pengcheng.domains.identity.ops import throttle
from pengcheng.domains.identity.rules import proofs
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import Assurance, Context
from pengcheng.kernel.problems import FieldError, Invalid

KEY = "identity_proof"
SEEN = "identity_seen"


def keep(session: SessionBase, methods: tuple[str, ...]) -> Assurance:
    """Write down by which means the person has just proved who they are."""
    proof = Assurance(level=proofs.level_of(methods), methods=methods, at=clock.now())
    at = proof.at.isoformat() if proof.at else ""
    session[KEY] = {"level": proof.level, "methods": list(methods), "at": at}
    return proof


def of(session: SessionBase) -> Assurance:
    """How well the session's person has proved who they are; nothing written means: low."""
    told = session.get(KEY)
    if not told:
        return Assurance()
    at = datetime.fromisoformat(told["at"])
    return Assurance(level=told["level"], methods=tuple(told["methods"]), at=at)


def facts(request: HttpRequest) -> SessionFacts | None:
    """What the present session can say of its sign-in; None for a stranger."""
    if not request.user.is_authenticated:
        return None
    proof = of(request.session)
    row = SignIn.objects.filter(session_key=request.session.session_key or "", ended_at=None)
    return SessionFacts(
        account_id=str(request.user.pk),
        session_id=row.values_list("pk", flat=True).first() or "",
        level=proof.level,
        amr=proof.methods,
        auth_time=proof.at,
    )


def good_enough(request: HttpRequest, *, level: str, max_age: float | None) -> bool:
    """Whether the present session will do."""
    if not request.user.is_authenticated:
        return False
    proof = of(request.session)
    return proofs.good_enough(proof, level=level, max_age=max_age, now=clock.now())


def strengthen(request: HttpRequest, account: Account, methods: tuple[str, ...]) -> None:
    """A signed-in person has proved themselves once more; the session gets a new key."""
    context: Context = request.context  # type: ignore[attr-defined]
    before, old = of(request.session), request.session.session_key
    both = (*before.methods, *(each for each in methods if each not in before.methods))
    request.session.cycle_key()
    # A better proof adds to what the session had; a mere repetition renews the time.
    proof = keep(request.session, both)
    SignIn.objects.filter(session_key=old).update(
        session_key=request.session.session_key,
        level=proof.level,
        methods=" ".join(proof.methods),
        last_used_at=proof.at,
    )
    audit.record(
        context,
        action="identity.session.prove",
        resource=f"account/{account.pk}",
        facts={"level": proof.level, "methods": list(methods)},
    )


def seen(session: SessionBase) -> None:
    """Note that a session is in use, at most every few minutes: it costs a write."""
    now = clock.now()
    last = session.get(SEEN)
    if last and now.timestamp() - last < rules.SEEN_EVERY.total_seconds():
        return
    session[SEEN] = now.timestamp()
    SignIn.objects.filter(session_key=session.session_key or "").update(last_used_at=now)


def by_password(request: HttpRequest, password: str, *, address: str) -> None:
    """The signed-in person types their password once more."""
    account = guarded(request, "prove", address)
    if not account.check_password(password[: rules.PASSWORD_LENGTH + 1]):
        raise wrong("/password", "密码不正确", "The password is not right")
    throttle.clear(rules.PAIR_LIMIT, "prove", account.pk, rules.network(address))
    strengthen(request, account, ("pwd",))


def guarded(request: HttpRequest, what: str, address: str) -> Account:
    """The asker's own account, with the attempt counted before it is judged."""
    own = request.context.actor.id  # type: ignore[attr-defined]
    throttle.reserve(rules.PAIR_LIMIT, what, own, rules.network(address))
    return Account.objects.get(pk=own)


def wrong(pointer: str, zh: str, en: str) -> Invalid:
    """A proof that proves nothing."""
    return Invalid(
        code="identity.proof.wrong",
        zh=zh,
        en=en,
        next_zh="请重新输入。",
        next_en="Enter it again.",
        errors=[FieldError(pointer, zh, en)],
    )
