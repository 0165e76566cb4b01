"""The door of proofs: how sure it is who asks, and the way to a better proof.

Whoever needs more than the session has sends the browser to ``way(…)`` and finds it back at
``next``. The page may not be left half done: forms that were sent are kept meanwhile.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from pengcheng.domains.identity.contracts.proofs import Level, SessionFacts
from pengcheng.domains.identity.ops import proofs
from pengcheng.domains.identity.rules import proofs as judged


def facts(request: HttpRequest) -> SessionFacts | None:
    """Level (acr), means (amr) and time of the present session's last proof; None: a stranger."""
    return proofs.facts(request)


def level_named(*, text: str) -> Level | None:
    """The level behind ``low`` … ``high`` or behind an acr value; None when we know no such."""
    return judged.level_named(text)


def way(
    request: HttpRequest,
    *,
    next: str,
    level: str = "",
    max_age: float | None = None,
    again: bool = False,
) -> str:
    """Where the browser has to go before ``next``; empty when the session will do.

    ``max_age`` is in seconds; ``again`` asks for the sign-in page in any case (prompt=login).
    """
    if not again and proofs.good_enough(request, level=level, max_age=max_age):
        return ""
    wanted = {"next": next, "level": level, "again": "1" if again else ""}
    signed_in = request.user.is_authenticated
    page = "identity:prove" if signed_in and not again else "identity:sign-in"
    return f"{reverse(page)}?{urlencode({k: v for k, v in wanted.items() if v})}"


def by_password(request: HttpRequest, *, password: str, address: str) -> None:
    """Prove oneself anew with the password; worth the lowest level. Raises Invalid or TooMany."""
    proofs.by_password(request, password, address=address)
