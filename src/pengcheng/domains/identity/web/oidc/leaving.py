"""Signing out at an application's wish (OpenID Connect RP-Initiated Logout)."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from pengcheng.domains.identity import api
from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.contracts.oidc import Ended
from pengcheng.domains.identity.web.oidc.visits import _may_leave_for, _to, _with
from pengcheng.domains.identity.web.pages import FORM, asker
from pengcheng.kernel.web import page

NAMES = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


@page(public=True)
@csrf_exempt
@FORM
@never_cache
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out when it is surely about this session; otherwise ask the person first."""
    sent = request.POST if request.method == "POST" else request.GET
    params = {name: str(sent.get(name, "")) for name in NAMES}
    ended = oidc.logout_asked(request, params=params)
    if asker(request).actor.kind == "anonymous":
        return _left(request, ended, params["state"])
    if ended.certain:
        api.sign_out(request)
        return _left(request, ended, params["state"])
    return _ask(request, ended, params)


def _ask(request: HttpRequest, ended: Ended, params: dict[str, str]) -> HttpResponse:
    name = ended.client.name(asker(request).language) if ended.client else ""
    facts = {"params": params, "name": name}
    response = render(request, "identity/oidc/logout.html", facts)
    return _may_leave_for(response, ended.redirect_uri) if ended.redirect_uri else response


@page(public=True)
@FORM
@never_cache
def confirmed(request: HttpRequest) -> HttpResponse:
    """The person has said yes, with the token of our own form."""
    params = {name: str(request.POST.get(name, "")) for name in NAMES}
    ended = oidc.logout_asked(request, params=params)
    if request.method != "POST":
        return _ask(request, ended, params)
    api.sign_out(request)
    response = _left(request, ended, params["state"])
    return _may_leave_for(response, ended.redirect_uri) if ended.redirect_uri else response


def _left(request: HttpRequest, ended: Ended, state: str) -> HttpResponse:
    if not ended.redirect_uri:
        return render(request, "identity/oidc/left.html")
    split = urlsplit(ended.redirect_uri)
    return _to(_with(split.geturl(), {"state": state}))
