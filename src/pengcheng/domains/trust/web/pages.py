"""The workbench of trusted lists: what is in force, a new one, and a document judged."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pengcheng.domains.trust import api
from pengcheng.domains.trust.contracts import Judgement
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.problems import Invalid
from pengcheng.kernel.web import page

READ, MANAGE = "trust.list.read", "trust.list.manage"
LARGEST = 5_000_000


class TakeForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Signed list (XML)"))
    operator = forms.FileField(
        label=gettext_lazy("Certificate of its operator (PEM)"),
        help_text=gettext_lazy("As it was agreed on outside this system, never out of the list."),
    )


class DocumentForm(forms.Form):
    document = forms.CharField(
        label=gettext_lazy("Document (SD-JWT VC) or certificate (PEM)"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )


@page(permission=READ)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def lists(request: HttpRequest) -> HttpResponse:
    """All lists; a posted form is a document to judge."""
    context: Context = request.context  # type: ignore[attr-defined]
    if request.method != "POST":
        return _shown(request)
    ask = DocumentForm(request.POST)
    return _shown(request, ask=ask, verdict=_judged(context, ask) if ask.is_valid() else None)


@page(permission=MANAGE)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """A new list."""
    context: Context = request.context  # type: ignore[attr-defined]
    form = TakeForm(request.POST, request.FILES)
    if form.is_valid() and _taken(request, context, form):
        return redirect("trust:lists")
    return _shown(request, take=form)


def _shown(
    request: HttpRequest,
    *,
    take: TakeForm | None = None,
    ask: DocumentForm | None = None,
    verdict: Judgement | None = None,
) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    faulty = next((form for form in (take, ask) if form is not None and form.errors), None)
    facts: dict[str, Any] = {
        "lists": api.listed(context=context),
        "take": (take or TakeForm()) if allowed(context, MANAGE) else None,
        "ask": ask or DocumentForm(),
        "verdict": verdict,
        "why": _why(verdict) if verdict else "",
        "faulty": faulty,
    }
    return render(request, "trust/lists.html", facts, status=422 if faulty else 200)


def _taken(request: HttpRequest, context: Context, form: TakeForm) -> bool:
    told = form.cleaned_data
    data, operator = told["file"].read(LARGEST + 1), told["operator"].read(20_000)
    try:
        found = api.take(context=context, data=data, operator=operator)
    except Invalid as problem:
        english = context.language.startswith("en")
        fault = problem.errors[0]
        form.add_error("file", fault.en if english else fault.zh)
        return False
    messages.success(request, _("In force: %(name)s") % {"name": found.scheme})
    return True


def _judged(context: Context, form: DocumentForm) -> Judgement:
    text = form.cleaned_data["document"].strip()
    if text.startswith("-----"):
        return api.judge(context=context, certificate=text.encode())
    return api.judge_document(context=context, text=text)


@page(permission=MANAGE)
@require_POST
def drop(request: HttpRequest, territory: str) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    if api.drop(context=context, territory=territory):
        messages.success(request, _("The list counts no more."))
    return redirect("trust:lists")


def _why(found: Judgement) -> str:
    words = {
        "no_list": _("No list is in force."),
        "unknown": _("No list names this issuer."),
        "withdrawn": _("A list names the issuer, but it was withdrawn."),
        "not_yet": _("The issuer is listed only from later on."),
        "list_expired": _("The list that names the issuer is out of date."),
        "certificate_expired": _("A certificate is not in its time."),
        "unreadable": _("It carries no certificate that can be read."),
        "signature": _("The issuer is listed, but the signature does not hold."),
        "issuer": _("No list names this issuer."),
    }
    return words.get(
        found.reason, _("The document cannot be believed: it is malformed or expired.")
    )
