"""The page "signing in and security": by which means one signs in, and changing them."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from pengcheng.domains.identity import api
from pengcheng.domains.identity.web import kept
from pengcheng.domains.identity.web.address import client_address, passkeys_possible
from pengcheng.domains.identity.web.forms import CodeForm
from pengcheng.domains.identity.web.pages import (
    FORM,
    answer,
    asker,
    better,
    own_address,
    posted,
    too_many,
)
from pengcheng.kernel.problems import Conflict, Invalid, TooMany
from pengcheng.kernel.web import page

CODE = "identity/sign_in_code.html"


def drawn(text: str) -> Any:
    """A QR code (ISO/IEC 18004) as inline SVG, without style attributes."""
    made = segno.make(text, error="m", micro=False).svg_inline(scale=5, border=4, omitsize=True)
    return mark_safe(made)  # noqa: S308 — drawn by us


@page(permission="identity.own.read")
@require_GET
@never_cache
def security(request: HttpRequest) -> HttpResponse:
    """By which means one signs in."""
    facts = {"means": api.credentials.security(request), "possible": passkeys_possible(request)}
    return render(request, "identity/security.html", facts)


@page(permission="identity.own.change")
@require_GET
@never_cache
def new_passkey(request: HttpRequest) -> HttpResponse:
    """The page on which a passkey is made; the script does the rest."""
    api.credentials.demand(request)
    return render(request, "identity/passkey_new.html", {"possible": passkeys_possible(request)})


@page(permission="identity.own.change")
@FORM
@never_cache
@sensitive_post_parameters("code")
def one_time(request: HttpRequest) -> HttpResponse:
    """Put an app for one-time codes in place."""
    form = CodeForm(posted(request))
    if form.is_valid():
        try:
            codes = api.credentials.confirm_one_time(
                request, code=form.cleaned_data["code"], address=client_address(request)
            )
        except Invalid as problem:
            form.show(problem, asker(request).language)
        except TooMany as problem:
            return too_many(request, "identity/one_time.html", form, problem, _offer(request))
        else:
            return _written_down(request, codes)
    return answer(request, "identity/one_time.html", form, _offer(request))


def _offer(request: HttpRequest) -> dict[str, object]:
    offered = api.credentials.offer_one_time(request)
    return {"offered": offered, "drawing": drawn(offered.address)}


def _written_down(request: HttpRequest, codes: tuple[str, ...]) -> HttpResponse:
    target = kept.go_on(request)
    facts = {"codes": codes, "onward": target if own_address(request, target) else ""}
    return render(request, "identity/recovery_codes.html", facts)


@page(permission="identity.own.change")
@require_POST
@never_cache
def remove_one_time(request: HttpRequest) -> HttpResponse:
    """Stop asking for one-time codes."""
    api.credentials.remove_one_time(request)
    messages.success(request, _("One-time codes are no longer asked for."))
    return redirect("identity:security")


@page(permission="identity.own.change")
@require_POST
@never_cache
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once."""
    return _written_down(request, api.credentials.new_recovery_codes(request))


@page(public=True)
@FORM
@never_cache
@sensitive_post_parameters("code")
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second step of signing in: the code of the app, or a recovery code."""
    if not api.credentials.code_is_owed(request):
        raise Conflict(
            code="identity.sign_in.late",
            zh="登录已超时",
            en="Signing in took too long",
            next_zh="请从头登录。",
            next_en="Sign in from the beginning.",
        )
    wanted = {name: request.GET.get(name, "") for name in ("next", "level")}
    form = CodeForm(posted(request), initial=wanted)
    if not form.is_valid():
        return answer(request, CODE, form)
    try:
        account = api.credentials.sign_in_by_code(
            request,
            code=form.cleaned_data["code"],
            address=client_address(request),
            browser=request.headers.get("User-Agent", ""),
        )
    except Invalid as problem:
        form.show(problem, asker(request).language)
        return answer(request, CODE, form)
    except TooMany as problem:
        return too_many(request, CODE, form, problem)
    return better(request, form.cleaned_data, account.roles)


@page(permission="identity.own.change")
@require_POST
@never_cache
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    api.end_other_sessions(asker(request), current=request.session.session_key or "")
    messages.success(request, _("All your other sessions have ended."))
    return redirect("identity:account")
