"""My data: the overview, and the consents with all that can be done to them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.dataaccount import api
from pengcheng.domains.dataaccount.contracts import LogQuery, Standing
from pengcheng.domains.dataaccount.web import words
from pengcheng.domains.dataaccount.web.words import asker
from pengcheng.kernel import clock
from pengcheng.kernel.problems import Denied, Invalid, Problem
from pengcheng.kernel.web import page

READ, CHANGE = "dataaccount.own.read", "dataaccount.consent.change"
LATEST, DAYS = 5, 30


@page(permission=READ)
@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    context = asker(request)
    first = clock.today() - timedelta(days=DAYS)
    log = api.log(context=context, query=LogQuery(first=first, size=LATEST))
    choices = api.choices(context=context)
    facts = {
        "now": clock.now(),
        "rows": [words.look(one, context.language) for one in log.looks],
        "total": log.total,
        "days": DAYS,
        "agreed": sum(one.standing is Standing.HOLDS for one in choices),
        "again": sum(one.standing is Standing.CHANGED for one in choices),
    }
    return render(request, "dataaccount/overview.html", facts)


@page(permission=READ)
@require_safe
@never_cache
def consents(request: HttpRequest) -> HttpResponse:
    """What the person may agree to, and all that was ever agreed to."""
    context = asker(request)
    tongue = context.language
    past = api.consents(context=context)
    facts = {
        "choices": [words.choice(one, tongue) for one in api.choices(context=context)],
        "clients": [words.consent(one, tongue) for one in past if one.client],
        "past": [words.consent(one, tongue) for one in past],
        "any_open": any(one.state == "given" for one in past),
    }
    return render(request, "dataaccount/consents.html", facts)


@page(permission=READ)
@require_safe
@never_cache
def choose(request: HttpRequest, purpose: str) -> HttpResponse:
    """One purpose: agree to it, to a part of it, or change what was agreed to."""
    return _chosen(request, purpose)


def _chosen(request: HttpRequest, purpose: str, problem: Problem | None = None) -> HttpResponse:
    context = asker(request)
    found = [one for one in api.choices(context=context) if one.purpose.id == purpose]
    if not found:
        raise Http404
    shown = words.choice(found[0], context.language)
    ticked = set(found[0].consent.items) if found[0].consent else set(found[0].purpose.items)
    english = context.language.startswith("en")
    errors = [
        {"text": each.en if english else each.zh, "url": "#items"}
        for each in (problem.errors if problem else ())
    ]
    if problem and not errors:
        errors = [{"text": problem.title(context.language), "url": "#items"}]
    facts = {**shown, "ticked": ticked, "errors": errors}
    status = problem.status if problem else 200
    return render(request, "dataaccount/choose.html", facts, status=status)


@page(permission=CHANGE)
@require_POST
def give(request: HttpRequest, purpose: str) -> HttpResponse:
    try:
        api.give(
            context=asker(request),
            purpose=purpose,
            items=request.POST.getlist("item"),
            expressly=request.POST.get("expressly") == "yes",
        )
    except (Invalid, Denied) as problem:
        return _chosen(request, purpose, problem)
    messages.success(request, _("You agree. You can take this back at any time."))
    return redirect("dataaccount:consents")


@page(permission=CHANGE)
@require_POST
def withdraw(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    api.withdraw(context=asker(request), consent_id=str(consent_id))
    messages.success(request, _("Taken back: from now on nothing is read for this."))
    return redirect("dataaccount:consents")


@page(permission=CHANGE)
@require_POST
def narrow(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Take back what was ticked, and no more."""
    context = asker(request)
    wanted = request.POST.getlist("remove")
    found = api.narrow(context=context, consent_id=str(consent_id), remove=wanted)
    done = _("That part is taken back; the rest stays as it is.")
    whole = _("Nothing was left of it, so all of it is taken back.")
    messages.success(request, done if found.state == "given" else whole)
    return redirect("dataaccount:consents")


@page(permission=CHANGE)
@require_POST
def withdraw_all(request: HttpRequest) -> HttpResponse:
    count = api.withdraw_all(context=asker(request))
    told = ngettext("%(n)d consent is taken back.", "%(n)d consents are taken back.", count)
    messages.success(request, told % {"n": count})
    return redirect("dataaccount:consents")
