"""A shop asks: choose the question, hold out the code, read the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.api import travelling
from pengcheng.domains.wallets import api
from pengcheng.domains.wallets.web import words
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.web import page

PURPOSE = "licence.verification"


def asker(request: HttpRequest) -> Context:
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose(PURPOSE)


class OwnForm(forms.Form):
    """Which lines of one kind of licence."""

    kind = forms.CharField(widget=forms.HiddenInput)
    claims = forms.MultipleChoiceField(
        label=_("What do you need to see?"),
        help_text=_("Ask only for what you need. The holder sees your list and may decline."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one line.")},
    )

    def __init__(self, *args: Any, kind: str, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"kind": kind}, **kwargs})
        found = travelling.claims_of(type=kind)
        choices = [(claim.key, claim.label.text(language)) for claim in found]
        self.fields["claims"].choices = choices  # type: ignore[attr-defined]


@page(permission="wallets.question.ask")
@require_http_methods(["GET", "POST"])
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """One press asks one of the usual questions."""
    context = asker(request)
    if request.method == "POST":
        return _to(api.ask(context=context, question=str(request.POST.get("question", ""))))
    language = context.language
    facts = {
        "questions": [
            {"id": one.id, "title": one.title.text(language), "hint": one.hint.text(language)}
            for one in api.questions()
        ],
        "kinds": [(kind.id, kind.name.text(language)) for kind in licences.types()],
    }
    return render(request, "wallets/check.html", facts)


@page(permission="wallets.question.ask")
@require_http_methods(["GET", "POST"])
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """A question of one's own: a kind of licence and some of its lines."""
    context = asker(request)
    told = request.POST if request.method == "POST" else None
    kind = licences.get_type(type=str((told or request.GET).get("kind", "")))
    form = OwnForm(told, kind=kind.id, language=context.language)
    if told is None or not form.is_valid():
        facts = {"form": form, "name": kind.name.text(context.language)}
        return render(request, "wallets/check_own.html", facts, status=422 if form.errors else 200)
    return _to(api.ask_own(context=context, kind=kind.id, claims=form.cleaned_data["claims"]))


def _to(question_id: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("wallets:question", args=[question_id]))


@page(permission="wallets.question.read")
@require_safe
@never_cache
def question(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """The codes while nobody has answered; afterwards the answer, for some minutes."""
    context = asker(request)
    found = api.see(context=context, question_id=str(question_id))
    facts: dict[str, Any] = {
        "asking": found,
        "title": found.question.title.text(context.language),
        "again": "" if found.question.id == "own" else found.question.id,
    }
    if found.result is not None:
        facts["result"] = words.result(found.result, context.language)
        return render(request, "wallets/result.html", facts)
    facts |= {"city": words.drawn(found.page), "app": words.drawn(found.wallet_link)}
    return render(request, "wallets/question.html", facts)


@page(permission="wallets.question.read")
@require_safe
@never_cache
def state(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """For the page that waits: has it been fetched, answered, or is it over?"""
    try:
        found = api.see(context=asker(request), question_id=str(question_id))
    except NotFound:
        return JsonResponse({"state": "over"})
    told = "answered" if found.answered_at else "fetched" if found.fetched else "waiting"
    return JsonResponse({"state": told})
