"""The workbench's pages of the seals: what they are, what waits, what they were used for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pengcheng.domains.signatures import api
from pengcheng.domains.signatures.contracts.custody import (
    NewRequest,
    RequestState,
    RequestView,
    SealStep,
    SealView,
)
from pengcheng.domains.signatures.web import custodywords as words
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from pengcheng.kernel.web import page

PURPOSE = "seal.custody"


class AskForm(forms.Form):
    """What shall be sealed with what, and why."""

    seal = forms.ChoiceField(label=pgettext_lazy("stamp", "Seal"), widget=forms.RadioSelect)
    title = forms.CharField(label=gettext_lazy("Title of the document"), max_length=200)
    purpose = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    file = forms.FileField(
        label=gettext_lazy("Document"),
        help_text=gettext_lazy("PDF, up to 5 MB. It is sealed as it is: nothing can be changed."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )

    def __init__(self, *args: Any, seals: list[SealView], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [(one.seal.id, words.offered(one, language)) for one in seals if one.may_ask]
        self.fields["seal"].choices = told  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Needed if you refuse."),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class StepForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


def keeper(request: HttpRequest) -> Context:
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose(PURPOSE)


@page(permission="signatures.custody.read")
@require_safe
@never_cache
def seals(request: HttpRequest) -> HttpResponse:
    context = keeper(request)
    found = api.overview(context=context)
    facts = {
        "seals": [words.card(one, context.language) for one in found.seals],
        "columns": words.columns(),
        "waiting": [_row(one, context.language) for one in found.waiting],
        "own": [_row(one, context.language) for one in found.own],
        "may_ask": any(one.may_ask for one in found.seals),
    }
    return render(request, "signatures/seals.html", facts)


def _row(one: RequestView, language: str) -> dict[str, Any]:
    return {
        "title": {"text": one.title, "url": reverse("signatures:request", args=[one.id])},
        "seal": one.seal.text(language),
        "state": words.tag(one.state),
        "asker": one.asker_name,
        "asked": {"moment": one.asked_at},
    }


@page(permission="signatures.custody.read")
@require_safe
@never_cache
def seal(request: HttpRequest, seal_id: str) -> HttpResponse:
    context = keeper(request)
    found = api.seal(context=context, seal=seal_id)
    steps = words.steps()
    facts = {
        "found": found,
        "name": found.seal.text(context.language),
        "tag": words.seal_tag(found.state),
        "summary": words.about_seal(found),
        "uses": [words.use(one) for one in api.uses(context=context, seal=seal_id)],
        "steps": [{"id": str(one), "text": steps[one][0], "kind": steps[one][1]}
                  for one in found.steps],
    }  # fmt: skip
    return render(request, "signatures/seal.html", facts)


@page(permission="signatures.seal.keep")
@require_http_methods(["GET", "POST"])
@never_cache
def step(request: HttpRequest, seal_id: str, step: str) -> HttpResponse:
    """Suspend, resume or retire: what it does stands above the reason."""
    context, chosen = keeper(request), _step(step)
    found = api.seal(context=context, seal=seal_id)
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            api.seal_step(context=context, seal=seal_id, step=chosen, **form.cleaned_data)
        except (Conflict, Invalid) as problem:
            messages.error(request, problem.title(context.language))
        else:
            messages.success(request, _("Done. It is in the audit."))
        return redirect("signatures:seal", seal_id=seal_id)
    text, kind, meaning = words.steps()[chosen]
    facts = {"name": found.seal.text(context.language), "form": form, "seal_id": seal_id}
    facts |= {"text": text, "kind": kind, "meaning": meaning}
    status = 422 if form.errors else 200
    return render(request, "signatures/seal_step.html", facts, status=status)


def _step(step: str) -> SealStep:
    try:
        return SealStep(step)
    except ValueError as error:
        raise NotFound(
            code="signatures.seal.step_not_found",
            zh="没有该操作",
            en="There is no such step",
            next_zh="请返回印章。",
            next_en="Go back to the seal.",
        ) from error


@page(permission="signatures.request.make")
@require_http_methods(["GET", "POST"])
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    context = keeper(request)
    known = list(api.overview(context=context).seals)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AskForm(*data, seals=known, language=context.language)
    if request.method == "POST" and form.is_valid():
        made = _asked(context, form)
        if made:
            messages.success(request, _("Handed in. You will find it among your requests."))
            return redirect("signatures:request", request_id=made)
    status = 422 if form.errors else 200
    return render(request, "signatures/ask.html", {"form": form}, status=status)


def _asked(context: Context, form: AskForm) -> str:
    """The request's id; empty with what is wrong beside its field."""
    told = form.cleaned_data
    new = NewRequest(
        seal=told["seal"],
        title=told["title"],
        purpose=told["purpose"],
        name=told["file"].name,
        content=told["file"].read(),
    )
    try:
        return api.ask_for_seal(context=context, new=new)
    except Invalid as problem:
        for error in problem.errors:
            text = error.en if context.language.startswith("en") else error.zh
            form.add_error(error.pointer[1:], text)
    return ""


@page(permission="signatures.custody.read")
@require_safe
@never_cache
def request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    context = keeper(request)
    found = api.request(context=context, request_id=str(request_id))
    return _request(request, found, AnswerForm())


def _request(
    request: HttpRequest, found: RequestView, form: AnswerForm, status: int = 200
) -> HttpResponse:
    language = keeper(request).language
    facts = {
        "found": found,
        "tag": words.tag(found.state),
        "summary": [
            {"key": pgettext("stamp", "Seal"), "value": found.seal.text(language)},
            {"key": _("What it is for"), "value": found.purpose},
            {"key": pgettext("stamp", "Asked by"), "value": found.asker_name},
            {"key": _("Document"), "value": f"{found.name} · {filesizeformat(found.size)}"},
            {"key": _("Fingerprint (SHA-256)"), "value": found.sealed_sha256 or found.sha256},
        ],
        "timeline": words.timeline(found),
        "needed": words.needed(found),
        "form": form,
        "sealed": found.state == RequestState.SEALED,
    }
    return render(request, "signatures/request.html", facts, status=status)


@page(permission="signatures.request.answer")
@require_POST
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    context, form = keeper(request), AnswerForm(request.POST)
    agreed = request.POST.get("answer") == "agree"
    if form.is_valid():
        try:
            state = api.answer_request(
                context=context, request_id=str(request_id), agreed=agreed, **form.cleaned_data
            )
        except Invalid as problem:
            for error in problem.errors:
                text = error.en if context.language.startswith("en") else error.zh
                form.add_error(error.pointer[1:], text)
        except Conflict as problem:
            messages.error(request, problem.title(context.language))
        else:
            messages.success(request, words.answered()[state])
    if form.errors:
        found = api.request(context=context, request_id=str(request_id))
        return _request(request, found, form, 422)
    return redirect("signatures:request", request_id=request_id)


@page(permission="signatures.request.make")
@require_POST
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    context = keeper(request)
    try:
        api.withdraw_request(context=context, request_id=str(request_id))
    except (Conflict, Denied) as problem:
        messages.error(request, problem.title(context.language))
    else:
        messages.success(request, _("Withdrawn. Nothing was sealed."))
    return redirect("signatures:request", request_id=request_id)


@page(permission="signatures.document.read")
@require_safe
@never_cache
def document(request: HttpRequest, request_id: UUID, which: str) -> HttpResponse:
    """As a download: nothing of it runs in an official's browser."""
    _name, content = api.document(
        context=keeper(request), request_id=str(request_id), sealed=which == "sealed"
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{which}-{request_id}.pdf"'
    return answer
