"""Life events in the portal: what one needs, the one form, and all parts on one timeline."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.services import api
from pengcheng.domains.services.api import lifeevents
from pengcheng.domains.services.web import asking, lifeevents_shown
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel.web import page

OWN = "services.matter.read"


@require_safe
@page(public=True)
def events(request: HttpRequest) -> HttpResponse:
    """All events that can be done in one go, and the person's own under way."""
    tongue = language(request)
    signed_in = "citizen" in asker(request).actor.roles
    mine = lifeevents.own_filings(context=asker(request)) if signed_in else ()
    facts = {
        "cards": [
            {
                "url": f"/events/{one.id}/",
                "title": one.text(tongue),
                "text": one.lead(tongue),
                "icon": one.icon,
            }
            for one in lifeevents.events()
        ],
        "mine": [lifeevents_shown.in_list(one, tongue) for one in mine],
    }
    return asking.show(request, "events.html", facts)


@require_safe
@page(public=True)
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """What you get, what you need (told once), how long it takes, what it costs."""
    tongue, found = language(request), lifeevents.event(id=slug)
    item = api.get_item(code=found.code)
    facts = {
        "event": found,
        "title": found.text(tongue),
        "lead": found.lead(tongue),
        "tell": [words.text(tongue) for words in found.tell],
        "longest": lifeevents.longest(event=found),
        "stages": lifeevents_shown.plan(found, tongue),
        "gets": [part.licence.text(tongue) for part in found.part if part.licence],
        "fees": lifeevents_shown.fees(found, tongue),
        "questions": sum(1 for _q in api.form_for(code=found.code).questions()),
        "laws": item.by_law,
        "signed_in": asker(request).actor.kind != "anonymous",
    }
    return asking.show(request, "event.html", facts)


@require_safe
@never_cache
@page(permission=OWN)
def filing(request: HttpRequest, filing_id: str) -> HttpResponse:
    """The one page of the whole: how each part stands, what happened, what to do now."""
    context, tongue = asker(request), language(request)
    found = lifeevents.get_filing(context=context, filing_id=str(filing_id))
    facts = {
        "filing": found,
        "title": found.event.text(tongue),
        "progress": lifeevents_shown.progress(found),
        "stages": lifeevents_shown.picture(found, tongue),
        "timeline": lifeevents_shown.timeline(found, tongue),
        "mending": [view.part.text(tongue) for view in found.mending],
        "charges": lifeevents_shown.charges(found, tongue),
        "total": lifeevents_shown.yuan(found.cents),
        "open": any(view.state in lifeevents_shown.UNDECIDED for view in found.parts),
        "sent": request.GET.get("sent") == "1",
    }
    return asking.show(request, "event_filing.html", facts)


@require_POST
@page(permission=OWN)
def withdraw(request: HttpRequest, filing_id: str) -> HttpResponse:
    lifeevents.withdraw(context=asker(request), filing_id=str(filing_id))
    messages.success(request, _("You took back every part that was not decided yet."))
    return redirect("services:event-filing", filing_id)


@require_POST
@page(permission=OWN)
def pay(request: HttpRequest, filing_id: str) -> HttpResponse:
    """To the one payment for all parts."""
    order = lifeevents.to_pay(context=asker(request), filing_id=str(filing_id))
    return redirect("payments:order", order)
