"""Offers: services that look for the people entitled to them, if those people agree."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.services.api import outreach
from pengcheng.domains.services.contracts.outreach import Figures, OfferState, Standing
from pengcheng.domains.services.web import asking
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel.web import page

OWN = "services.matter.read"
ATTRIBUTES = {
    "identity.person:birth_date": gettext_lazy("Date of birth (population register)"),
    "labour.person:degree": gettext_lazy("Degree (register of degrees)"),
    "labour.person:graduated_on": gettext_lazy("Day of graduation (register of degrees)"),
    "labour.person:insured_since": gettext_lazy("Insured here since (insurance register)"),
}
STATES = {
    OfferState.OPEN: (gettext_lazy("Waiting for you"), "warn"),
    OfferState.DECLINED: (gettext_lazy("Declined"), "neutral"),
    OfferState.ACCEPTED: (gettext_lazy("Accepted"), "done"),
}


@require_safe
@never_cache
@page(permission=OWN)
def offers(request: HttpRequest) -> HttpResponse:
    tongue = language(request)
    found = outreach.standing(context=asker(request))
    return asking.show(request, "offers.html", {"rows": [_row(one, tongue) for one in found]})


def _row(one: Standing, tongue: str) -> dict[str, Any]:
    offer = one.offer
    text, kind = STATES[offer.state] if offer else ("", "")
    return {
        "id": one.programme.id,
        "title": one.programme.text(tongue),
        "lead": one.programme.lead(tongue),
        "scope": [ATTRIBUTES.get(origin, origin) for origin in one.programme.facts.values()],
        "consent": one.consent,
        "offer": offer,
        "reason": offer.reason(tongue) if offer else "",
        "open": offer is not None and offer.state is OfferState.OPEN,
        "tag": {"text": str(text), "kind": kind},
    }


@require_POST
@page(permission=OWN)
def switch(request: HttpRequest, programme: str) -> HttpResponse:
    """On or off, as the button says."""
    if request.POST.get("off"):
        outreach.withdraw(context=asker(request), programme=programme)
        messages.success(request, _("Switched off: nothing is looked up for this any more."))
    else:
        outreach.agree(context=asker(request), programme=programme)
        messages.success(request, _("Switched on: you are told once if you are entitled."))
    return redirect("services:offers")


@require_POST
@page(permission=OWN)
def answer(request: HttpRequest, offer_id: str) -> HttpResponse:
    context = asker(request)
    if request.POST.get("decline"):
        outreach.decline(context=context, offer_id=str(offer_id))
        messages.success(request, _("Declined: you will not be told of this again."))
        return redirect("services:offers")
    applied = outreach.accept(context=context, offer_id=str(offer_id))
    return redirect("services:done", applied.case_id)


@require_safe
@never_cache
@page(permission="services.outreach.count")
def figures(request: HttpRequest) -> HttpResponse:
    """Counts only: officials see no persons here."""
    tongue = language(request)
    rows = [_figures(one, tongue) for one in outreach.figures(context=asker(request))]
    return render(request, "services/outreach_desk.html", {"rows": rows})


def _figures(one: Figures, tongue: str) -> dict[str, Any]:
    share = one.false_share
    return {
        "title": one.programme.text(tongue),
        "figures": one,
        "false": "–" if share is None else f"{share:.0%}",
    }
