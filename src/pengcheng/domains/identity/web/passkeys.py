"""What the page's script asks: a question for the device, and what it answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pengcheng.domains.identity import api
from pengcheng.domains.identity.web import kept
from pengcheng.domains.identity.web.address import client_address, party
from pengcheng.domains.identity.web.pages import better, own_address
from pengcheng.kernel.problems import BadRequest
from pengcheng.kernel.web import page

LARGEST = 40_000


class Sent(msgspec.Struct, frozen=True):
    """What the script sends."""

    credential: dict[str, Any]
    name: str = ""
    next: str = ""
    level: str = ""


def _sent(request: HttpRequest) -> Sent:
    try:
        if len(request.body) > LARGEST:
            raise msgspec.ValidationError("too large")
        return msgspec.json.decode(request.body, type=Sent)
    except msgspec.DecodeError as error:
        raise BadRequest(
            code="identity.passkey.unreadable",
            zh="无法读取通行密钥的应答",
            en="The passkey's answer cannot be read",
        ) from error


@page(permission="identity.own.change")
@require_POST
@never_cache
def registration(request: HttpRequest) -> HttpResponse:
    """The question for a new passkey."""
    return JsonResponse(api.credentials.passkey_registration(request, party=party(request)))


@page(permission="identity.own.change")
@require_POST
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """A new passkey."""
    sent = _sent(request)
    api.credentials.add_passkey(
        request, party=party(request), credential=sent.credential, name=sent.name
    )
    messages.success(request, _("The passkey is in place. Next time sign in with it."))
    target = kept.go_on(request)
    home = reverse("identity:security")
    return JsonResponse({"next": target if own_address(request, target) else home})


@page(public=True)
@require_POST
@never_cache
def question(request: HttpRequest) -> HttpResponse:
    """The question for a passkey that is there."""
    return JsonResponse(api.credentials.passkey_question(request, party=party(request)))


@page(public=True)
@require_POST
@never_cache
def use(request: HttpRequest) -> HttpResponse:
    """Sign in, or prove oneself, with a passkey."""
    sent = _sent(request)
    account = api.credentials.use_passkey(
        request,
        party=party(request),
        credential=sent.credential,
        address=client_address(request),
        browser=request.headers.get("User-Agent", ""),
    )
    wanted = {"next": sent.next, "level": sent.level}
    return JsonResponse({"next": better(request, wanted, account.roles)["Location"]})


@page(permission="identity.own.change")
@require_POST
@never_cache
def rename(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Call a passkey something else."""
    name = request.POST.get("name", "")
    api.credentials.rename_passkey(request, passkey_id=str(passkey_id), name=name)
    return redirect("identity:security")


@page(permission="identity.own.change")
@require_POST
@never_cache
def remove(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Take a passkey away."""
    api.credentials.remove_passkey(request, passkey_id=str(passkey_id))
    messages.success(request, _("The passkey is removed. It no longer signs in here."))
    return redirect("identity:security")
