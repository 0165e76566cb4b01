"""The person's page of connected applications: who knows what, and how to take it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.contracts.oidc import FACTS, ConsentView
from pengcheng.domains.identity.web.pages import asker
from pengcheng.kernel.web import page


@page(permission="identity.own.connect")
@require_GET
@never_cache
def applications(request: HttpRequest) -> HttpResponse:
    """Which applications know what."""
    context = asker(request)
    shown = [_shown(each, context.language) for each in oidc.own_consents(context)]
    return render(request, "identity/oidc/applications.html", {"applications": shown})


def _shown(consent: ConsentView, language: str) -> dict[str, object]:
    client = consent.client
    return {
        "id": client.id,
        "name": client.name(language),
        "operator": client.operator,
        "purpose": client.purpose(language),
        "given_at": consent.given_at,
        "used_at": consent.used_at,
        "facts": [
            {"id": fact.id, "title": fact.title(language), "needed": fact.id in client.required}
            for fact in FACTS
            if fact.id in consent.facts
        ],
    }


@page(permission="identity.own.connect")
@require_POST
@never_cache
def withdraw(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Take one fact back, or everything."""
    fact = request.POST.get("fact", "")
    if fact:
        oidc.narrow(asker(request), client_id=str(client_id), fact=fact)
        messages.success(request, _("The application can no longer read this fact."))
    else:
        oidc.withdraw(asker(request), client_id=str(client_id))
        messages.success(request, _("The application is no longer connected."))
    return redirect("identity:applications")
