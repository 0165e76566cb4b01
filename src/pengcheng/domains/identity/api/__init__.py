"""The door of identity: who is asking, and the accounts of the city."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.http import HttpRequest
from django.utils import translation

from pengcheng.domains.identity import contracts, ops
from pengcheng.domains.identity.api import credentials, mandates, oidc, proofs
from pengcheng.domains.identity.contracts import (
    AccountPage,
    AccountView,
    Attempt,
    Extract,
    NewAccount,
    RegisterState,
    SessionView,
)
from pengcheng.kernel.context import Context, anonymous_context

__all__ = [
    "change_password",
    "context_from_request",
    "create_account",
    "credentials",
    "disable",
    "enable",
    "end_other_sessions",
    "end_session",
    "enter_facts",
    "find",
    "find_by_username",
    "forget_old",
    "list_accounts",
    "mandates",
    "offices",
    "oidc",
    "own_account",
    "own_sessions",
    "proofs",
    "read_register",
    "register",
    "register_states",
    "role_titles",
    "set_password",
    "set_roles",
    "sign_in",
    "sign_out",
    "switch_register",
]


def context_from_request(request: HttpRequest) -> Context:
    """Who asks, in which roles and language; the kernel's middleware calls it for every request."""
    language = translation.get_language() or "zh-hans"
    if not request.user.is_authenticated:
        return anonymous_context(language=language)
    ops.proofs.seen(request.session)
    return ops.context_for(request.user, language, ops.proofs.of(request.session))


def create_account(context: Context, *, new: NewAccount) -> AccountView:
    """Open an account for someone. Raises Invalid, Conflict or Denied."""
    return ops.create_account(context, new)


def register(context: Context, *, new: NewAccount, address: str) -> AccountView:
    """Open one's own account, as citizen or firm. Raises Invalid, Conflict or TooMany."""
    return ops.register(context, new, address=address)


def find(context: Context, *, account_id: str) -> AccountView:
    """One account; the context must state the purpose. Raises NotFound or Denied."""
    return ops.find(context, account_id)


def offices(*, account_ids: Collection[str]) -> dict[str, str]:
    """The offices (not the names) of officials among these accounts; organisations' own names."""
    return ops.offices(account_ids)


def find_by_username(context: Context, *, username: str) -> AccountView | None:
    """The account with this username, if there is one; for administrators and the command line."""
    return ops.find_by_username(context, username)


def list_accounts(context: Context, *, words: str = "", page: int = 1) -> AccountPage:
    """Search the accounts; for administrators, with a purpose."""
    return ops.search(context, words=words, page=page)


def own_account(context: Context) -> AccountView:
    """What is stored about whoever asks."""
    return ops.own_account(context)


def disable(context: Context, *, account_id: str) -> AccountView:
    """Close an account and end its sessions. Raises Conflict when it would lock everybody out."""
    return ops.set_disabled(context, account_id, disabled=True)


def enable(context: Context, *, account_id: str) -> AccountView:
    """Let a disabled account sign in again."""
    return ops.set_disabled(context, account_id, disabled=False)


def set_roles(context: Context, *, account_id: str, roles: tuple[str, ...]) -> AccountView:
    """Give an account exactly these roles. Raises Invalid or Conflict."""
    return ops.set_roles(context, account_id, roles)


def set_password(context: Context, *, account_id: str, password: str) -> None:
    """Set a password anew and end all sessions; for the operator at the server alone."""
    ops.set_password(context, account_id=account_id, password=password)


def change_password(request: HttpRequest, *, current: str, new: str, address: str) -> None:
    """The signed-in person changes their password. Raises Invalid or TooMany."""
    ops.change_password(request, current=current, new=new, address=address)


def sign_in(request: HttpRequest, *, attempt: Attempt) -> AccountView | None:
    """Sign in with username and password; None: a code is owed as well.

    Raises Invalid or TooMany.
    """
    account, complete = ops.sign_in(request, attempt)
    if complete:
        return ops.view(account)
    ops.codes.wait_for(request, account)
    return None


def sign_out(request: HttpRequest) -> None:
    """End the present session."""
    ops.sign_out(request)


def own_sessions(context: Context, *, current: str = "") -> tuple[SessionView, ...]:
    """Where the asker is signed in; ``current`` is the key of the present session."""
    return ops.own_sessions(context, current=current)


def end_session(context: Context, *, session_id: str) -> None:
    """End one of one's own sessions. Raises NotFound."""
    ops.end_session(context, session_id)


def end_other_sessions(context: Context, *, current: str) -> int:
    """End all of one's own sessions but the present one; answers how many ended."""
    return ops.sessions.end_others(context, current=current)


def role_titles(language: str) -> dict[str, str]:
    """The roles and what they are called."""
    return {role.id: role.en if language.startswith("en") else role.zh for role in contracts.ROLES}


def read_register(
    context: Context,
    *,
    register: str,
    account_id: str,
    attributes: Sequence[str] | None = None,
) -> Extract:
    """What a register says about an account: for its owner, and for officials with a purpose.

    With ``attributes`` these alone are read, and a purpose that rests on consent needs no more of
    it. Raises Unavailable when the register does not answer.
    """
    return ops.registers.read(context, register, account_id, attributes)


def enter_facts(
    context: Context, *, register: str, account_id: str, values: Mapping[str, str]
) -> None:
    """Write what a register's owner found to be right. Raises Invalid or NotFound."""
    ops.registers.enter(context, register, account_id, values)


def register_states(context: Context) -> tuple[RegisterState, ...]:
    """The registers, and whether they answer."""
    return ops.registers.states(context)


def switch_register(context: Context, *, register: str, available: bool) -> None:
    """Take a simulated register off the net, or bring it back."""
    ops.registers.switch(context, register, available=available)


def forget_old() -> int:
    """Delete what need not be remembered any more; returns how many lines."""
    return ops.forget_old()
