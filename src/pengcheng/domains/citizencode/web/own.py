"""My citizen code: a fresh one each minute, its uses, printed ones, and the lost phone."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.citizencode import api
from pengcheng.domains.citizencode.web.words import asker, drawn
from pengcheng.kernel.problems import Conflict, Invalid
from pengcheng.kernel.web import page

SHOW, CHANGE = "citizencode.own.show", "citizencode.own.change"


class CardForm(forms.Form):
    card = forms.CharField(label=gettext_lazy("Card number"), max_length=40)


@page(permission=SHOW)
@require_safe
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """The code for any place, or for the one that was chosen."""
    context = asker(request)
    wanted = request.GET.get("scene", "")[:20]
    joined = [use.scene for use in api.uses(context=context) if use.card]
    scene = wanted if wanted in {one.id for one in joined} else ""
    shown = api.show(context=context, scene=scene)
    tabs = [("", _("Any place")), *((one.id, one.text(context.language)) for one in joined)]
    facts = {
        "code": shown,
        "picture": drawn(shown.text),
        "tabs": [{"id": id, "title": title, "current": id == scene} for id, title in tabs],
        "papers": api.papers(context=context),
    }
    return render(request, "citizencode/code.html", facts)


@page(permission=SHOW)
@require_safe
@never_cache
def fresh(request: HttpRequest) -> HttpResponse:
    """The next code, for the page that refreshes itself."""
    shown = api.show(context=asker(request), scene=request.GET.get("scene", "")[:20])
    lives = int((shown.expires_at - shown.issued_at).total_seconds())
    return JsonResponse({"svg": str(drawn(shown.text)), "text": shown.text, "lives": lives})


@page(permission=SHOW)
@require_safe
@never_cache
def uses(request: HttpRequest) -> HttpResponse:
    return _uses(request)


def _uses(request: HttpRequest, scene: str = "", form: CardForm | None = None) -> HttpResponse:
    context = asker(request)
    rows = [
        {
            "use": use,
            "title": use.scene.text(context.language),
            "form": form if form and use.scene.id == scene else CardForm(prefix=use.scene.id),
        }
        for use in api.uses(context=context)
    ]
    facts = {"rows": rows, "faulty": form}
    return render(request, "citizencode/uses.html", facts, status=422 if form else 200)


@page(permission=CHANGE)
@require_POST
def bind(request: HttpRequest, scene: str) -> HttpResponse:
    context = asker(request)
    form = CardForm(request.POST, prefix=scene)
    if not form.is_valid():
        return _uses(request, scene, form)
    try:
        api.bind(context=context, scene=scene, card=form.cleaned_data["card"])
    except (Invalid, Conflict) as problem:
        english = context.language.startswith("en")
        fault = problem.errors[0] if problem.errors else None
        told = (fault.en if english else fault.zh) if fault else problem.title(context.language)
        form.add_error("card", told)
        return _uses(request, scene, form)
    messages.success(request, _("Joined: your code works there now."))
    return redirect("citizencode:uses")


@page(permission=CHANGE)
@require_POST
def unbind(request: HttpRequest, scene: str) -> HttpResponse:
    api.unbind(context=asker(request), scene=scene)
    messages.success(request, _("Taken off: your code does not work there any more."))
    return redirect("citizencode:uses")


@page(permission=CHANGE)
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    api.stop(context=asker(request))
    messages.success(request, _("No code made before now counts, printed ones included."))
    return redirect("citizencode:code")


@page(permission=CHANGE)
@require_POST
def revoke_paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    api.revoke_paper(context=asker(request), paper_id=str(paper_id))
    messages.success(request, _("The printed code is revoked."))
    return redirect("citizencode:code")
