"""The holder's own licences: a wallet, and the page of each."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pengcheng.domains.licences import api
from pengcheng.domains.licences.web import shown
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page


def holder(request: HttpRequest) -> Context:
    """The asker, looking at what is theirs."""
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose("licence.own")


@page(permission="licences.licence.list")
@require_safe
@never_cache
def wallet(request: HttpRequest) -> HttpResponse:
    """Those that hold first, the others below."""
    context = holder(request)
    rows = [
        shown.row(one, context.language, "licences:licence") for one in api.list_of(context=context)
    ]
    facts = {
        "holding": [one for one in rows if one["holds"]],
        "others": [one for one in rows if not one["holds"]],
    }
    return render(request, "licences/wallet.html", facts)


@page(permission="licences.licence.read")
@require_safe
@never_cache
def licence(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """The card, all that stands on it, its history, and who looked."""
    context = holder(request)
    found = api.dossier(context=context, licence_id=str(licence_id))
    facts: dict[str, Any] = {
        "card": shown.card(found.licence, context.language),
        "timeline": shown.timeline(found, inside=False),
        "looks": shown.looks(found.looks),
        "intact": found.intact,
        "licence": found.licence,
        "records": shown.records(found),
        "verify_url": verify_url(found.licence.number),
    }
    return render(request, "licences/licence.html", facts)


def verify_url(number: str) -> str:
    return f"{reverse('licences:verify')}?{urlencode({'number': number})}"
