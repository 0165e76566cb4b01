"""Ends: a session's end ends what hung on it, and the applications that shared it are told."""

from __future__ import annotations

import ipaddress
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from django.db import transaction

from pengcheng.domains.identity.contracts.oidc import Ended
from pengcheng.domains.identity.contracts.proofs import SessionFacts
from pengcheng.domains.identity.events import SessionEnded
from pengcheng.domains.identity.models import OidcGrant, SignIn
from pengcheng.domains.identity.ops.oidc import clients, secret
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import emit
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.problems import BadRequest

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
SECONDS = 3


class Farewell(msgspec.Struct, frozen=True, kw_only=True):
    """One application that has to hear of a session's end."""

    client_id: str
    sub: str
    sid: str


def session_ended(row: SignIn) -> None:
    """Tokens that hang on this session end with it; those for use without the person stay."""
    with transaction.atomic():
        grants = OidcGrant.objects.filter(sign_in=row.pk, offline=False, revoked_at=None)
        grants.update(revoked_at=clock.now())
        told = SessionEnded(subject=f"account/{row.account_id}", session=row.pk)
        emit(system_context("identity"), told)


def moved(before: str, after: str) -> None:
    """The same person has signed in anew: their applications hang on the new session."""
    OidcGrant.objects.filter(sign_in=before).update(sign_in=after)


def farewells(sign_in: str) -> tuple[Farewell, ...]:
    """The applications that want to hear of this session's end."""
    rows = OidcGrant.objects.filter(sign_in=sign_in).exclude(sid="").select_related("client")
    found = {
        (row.client_id, row.sub, row.sid)
        for row in rows
        if row.client.facts.get("backchannel_uri") and row.client.disabled_at is None
    }
    return tuple(Farewell(client_id=client, sub=sub, sid=sid) for client, sub, sid in sorted(found))


def tell(farewell: Farewell) -> int:
    """Send the logout token (OpenID Connect Back-Channel Logout). Raises OSError: try again."""
    row = clients.find_open(farewell.client_id)
    uri = clients.view(row).backchannel_uri if row is not None else ""
    if row is None or not uri:
        return 0
    if row.created_by == "registration" and _is_private(urlsplit(uri).hostname or ""):
        return 0  # a program that entered itself makes us call nobody within our own walls
    at = int(clock.now().timestamp())
    token = secret.sign(
        {
            "iss": secret.issuer(),
            "sub": farewell.sub,
            "aud": farewell.client_id,
            "iat": at,
            "exp": at + 120,
            "jti": new_id(),
            "sid": farewell.sid,
            "events": {LOGOUT: {}},
        },
        typ="logout+jwt",
    )
    return _post(uri, {"logout_token": token})


def _post(uri: str, form: Mapping[str, str]) -> int:
    request = urllib.request.Request(uri, data=urlencode(form).encode(), method="POST")  # noqa: S310
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        if error.code == 400:
            return 400  # the application has understood, and cannot: asking again is of no use
        raise OSError(f"it answered {error.code}") from error


class _Straight(urllib.request.HTTPRedirectHandler):
    """Nobody is followed to another address."""

    def redirect_request(self, *args: Any, **more: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Straight, urllib.request.ProxyHandler({}))


def _is_private(host: str) -> bool:
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return True
    return any(not ipaddress.ip_address(str(each[4][0]).split("%")[0]).is_global for each in found)


# -- sign-out asked for by an application (RP-Initiated Logout) -----------------------------


def understand(params: Mapping[str, str], session: SessionFacts | None) -> Ended:
    """Who asks to sign out, where to go then, and whether it is surely about this session.

    Raises BadRequest when the address is not the client's: nobody is sent elsewhere by us.
    """
    hint = secret.read_own(params.get("id_token_hint", "")) or {}
    client_id = str(params.get("client_id") or hint.get("aud") or "")
    row = clients.find_open(client_id)
    wanted = params.get("post_logout_redirect_uri", "")
    if hint and hint.get("aud") != client_id:
        raise _wrong()
    client = clients.view(row) if row is not None else None
    if wanted and (client is None or wanted not in client.logout_uris):
        raise _wrong()
    certain = bool(hint) and session is not None and _is_about(hint, client_id, session.session_id)
    return Ended(client=client, redirect_uri=wanted, certain=certain)


def _is_about(hint: Mapping[str, Any], client_id: str, sign_in: str) -> bool:
    grants = OidcGrant.objects.filter(sign_in=sign_in, client_id=client_id, sub=hint.get("sub"))
    return bool(sign_in) and grants.exists()


def _wrong() -> BadRequest:
    return BadRequest(
        code="identity.logout.wrong",
        zh="退出登录的请求有误",
        en="The request to sign out is not in order",
        next_zh="您仍处于登录状态；可在本系统页面右上角退出登录。",
        next_en="You are still signed in; sign out at the top of any page of the city.",
    )
