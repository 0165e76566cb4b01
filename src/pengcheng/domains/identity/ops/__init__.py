"""Use cases of identity: open, close and change accounts; sign in and out within limits."""

from pengcheng.domains.identity.ops import codes, factors, proofs, registers, sessions, throttle
from pengcheng.domains.identity.ops.accounts import (
    context_for,
    create_account,
    find,
    find_by_username,
    offices,
    own_account,
    register,
    search,
    set_disabled,
    set_roles,
    view,
)
from pengcheng.domains.identity.ops.oidc import tidy
from pengcheng.domains.identity.ops.passwords import change_password, set_password
from pengcheng.domains.identity.ops.sessions import end_session, own_sessions, sign_in, sign_out

__all__ = [
    "change_password",
    "codes",
    "context_for",
    "create_account",
    "end_session",
    "find",
    "find_by_username",
    "forget_old",
    "offices",
    "own_account",
    "own_sessions",
    "proofs",
    "register",
    "registers",
    "search",
    "set_disabled",
    "set_password",
    "set_roles",
    "sign_in",
    "sign_out",
    "view",
]


def forget_old() -> int:
    """Delete passed limits, old traces of sessions, and what is done with."""
    parts = (throttle, sessions, factors, tidy)
    return sum(part.forget_old() for part in parts)
