"""My matters: what one began, what one sent, how it stands, and what one can do now."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pengcheng.domains.casework.contracts import Case, JournalEntry, State
from pengcheng.domains.services import api
from pengcheng.domains.services.api import lifeevents, registers
from pengcheng.domains.services.contracts import DraftView
from pengcheng.domains.services.web import (
    asking,
    fees,
    lifeevents_shown,
    process_shown,
    result,
    said,
    shown,
)
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.domains.services.web.checked import CODES
from pengcheng.kernel.web import page
from pengcheng.kit.pages.tongues import mark_chinese

FORM = require_http_methods(["GET", "HEAD", "POST"])
RIGHT = "services.matter.read"
TABS: dict[str, tuple[Any, frozenset[State], bool]] = {
    "all": (gettext_lazy("All"), frozenset(), False),
    "open": (gettext_lazy("Under way"), frozenset(), True),
    "yours": (
        gettext_lazy("Waiting for you"),
        frozenset({State.CORRECTION_REQUESTED}),
        False,
    ),
    "decided": (
        gettext_lazy("Decided"),
        frozenset({State.GRANTED, State.REFUSED, State.UPHELD, State.OVERTURNED, State.CLOSED}),
        False,
    ),
}


class ReasonForm(forms.Form):
    """Why somebody takes back or appeals."""

    reason = forms.CharField(
        label=gettext_lazy("Your reasons"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write down your reasons.")},
    )


@require_safe
@never_cache
@page(permission=RIGHT)
def matters(request: HttpRequest) -> HttpResponse:
    context, tongue = asker(request), language(request)
    tab = request.GET.get("show", "all")
    tab = tab if tab in TABS else "all"
    _title, states, open_only = TABS[tab]
    number = request.GET.get("page", "1")
    asked = int(number) if number.isdecimal() and len(number) < 6 else 1
    found = api.list_matters(context=context, states=states, open_only=open_only, page=asked or 1)
    facts = {
        "tab": tab,
        "tabs": [{"id": id, "title": title} for id, (title, *_rest) in TABS.items()],
        "drafts": [_draft(one, tongue) for one in api.open_drafts(context=context)],
        "events": _events(request, tab),
        "rows": [shown.line(row, tongue) for row in found.rows],
        "total": found.total,
        "pager": Paginator(range(found.total), 20).get_page(found.page),
    }
    return asking.show(request, "matters.html", facts)


def _events(request: HttpRequest, tab: str) -> list[dict[str, Any]]:
    """The person's life events, on the first tab."""
    if tab != "all":
        return []
    found = lifeevents.own_filings(context=asker(request))
    return [lifeevents_shown.in_list(one, language(request)) for one in found]


def _draft(draft: DraftView, tongue: str) -> dict[str, Any]:
    found = api.items_by_code(codes=(draft.item_code,))
    title = said.title(found[0], tongue) if found else draft.item_code
    return {"id": draft.id, "title": title, "updated_at": draft.updated_at}


@require_safe
@never_cache
@page(permission=RIGHT)
def matter(request: HttpRequest, case_id: str) -> HttpResponse:
    context, tongue = asker(request), language(request)
    case, history = api.get_matter(context=context, case_id=str(case_id))
    process = api.matter_process(context=context, case_id=case.id)
    labels = {step.id: step.label.text(tongue) for step in process.steps}
    facts = {
        "case": case,
        **shown.line(case, tongue),
        "department": shown.department(case.item_code, case.department, tongue),
        "next": result.following(case, tongue),
        "given": result.given(request, case),
        "waits": result.waits(request, case),
        "timeline": shown.timeline(history, tongue, labels),
        "process": process_shown.steps(process.steps, tongue),
        "decision": shown.decision(case, history, tongue),
        "correction": _correction(case, history, tongue),
        "answers": _answers(case, tongue),
        "evidence": [
            {"label": one.label.text(tongue), "url": one.url} for one in case.submission.evidence
        ],
        "can": {step.value for step in case.steps},
        "appeal_until": case.appeal_until,
        "code": request.session.get(CODES, {}).get(case.id, ""),
        "draft": _draft_id(request, case),
        "say": ReasonForm(auto_id="say_%s") if _in_words(case) else None,
        "event_filing": lifeevents.filing_of_case(case_id=case.id),
        **fees.facts(request, case.id),
    }
    return asking.show(request, "matter.html", facts)


def _draft_id(request: HttpRequest, case: Case) -> str:
    if case.state is not State.CORRECTION_REQUESTED or case.kind == registers.CORRECTION:
        return ""
    return api.draft_of_case(context=asker(request), case_id=case.id).id


def _in_words(case: Case) -> bool:
    """Whether the correction notice is answered in words, for want of a form."""
    return case.kind == registers.CORRECTION and case.state is State.CORRECTION_REQUESTED


@require_POST
@page(permission=RIGHT)
def answer(request: HttpRequest, case_id: str) -> HttpResponse:
    """What the person says to the notice of a case that has no form."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        note = form.cleaned_data["reason"]
        registers.answer_in_words(context=asker(request), case_id=str(case_id), note=note)
        messages.success(request, _("Your answer was sent. The official goes on with it."))
    else:
        messages.error(request, _("Write down your answer."))
    return redirect("services:matter", case_id)


def _correction(case: Case, history: tuple[JournalEntry, ...], tongue: str) -> Any:
    waiting = case.state is State.CORRECTION_REQUESTED
    return shown.correction(history, tongue) if waiting else ""


def _answers(case: Case, tongue: str) -> list[dict[str, Any]]:
    """What was sent; an answer chosen from a list in the reader's language."""
    return [
        {"key": answer.label.text(tongue), "value": mark_chinese(answer.text(tongue))}
        for answer in case.submission.answers
    ]


@FORM
@never_cache
@page(permission=RIGHT)
def withdraw(request: HttpRequest, case_id: str) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].required = False
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        api.withdraw(context=asker(request), case_id=str(case_id), reason=reason)
        messages.success(request, _("You took the application back."))
        return redirect("services:matter", case_id)
    return _ask(request, str(case_id), form, "withdraw.html")


@FORM
@never_cache
@page(permission=RIGHT)
def appeal(request: HttpRequest, case_id: str) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        api.appeal(context=asker(request), case_id=str(case_id), reason=reason)
        messages.success(request, _("Your appeal was received. A person will look at it."))
        return redirect("services:matter", case_id)
    return _ask(request, str(case_id), form, "appeal.html")


def _ask(request: HttpRequest, case_id: str, form: ReasonForm, template: str) -> HttpResponse:
    case, history = api.get_matter(context=asker(request), case_id=case_id)
    tongue = language(request)
    facts = {
        "case": case,
        **shown.line(case, tongue),
        "decision": shown.decision(case, history, tongue),
        "form": form,
        "appeal_until": case.appeal_until,
    }
    return asking.show(request, template, facts, status=422 if form.errors else 200)


@require_POST
@page(permission=RIGHT)
def new_code(request: HttpRequest, case_id: str) -> HttpResponse:
    code = api.renew_code(context=asker(request), case_id=str(case_id))
    kept = request.session.get(CODES, {})
    request.session[CODES] = {**kept, str(case_id): code}
    messages.success(request, _("There is a new look-up code; the old one stops working."))
    return redirect("services:matter", case_id)


@require_safe
@never_cache
@page(permission="services.upload.read")
def file(request: HttpRequest, upload_id: str) -> HttpResponse:
    """A file goes out as a download only, never into a page."""
    context = asker(request).for_purpose("service.handling")
    upload, path = api.read_upload(context=context, upload_id=str(upload_id))
    answer: Any = FileResponse(
        path.open("rb"), as_attachment=True, filename=upload.name, content_type=upload.media_type
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return cast(HttpResponse, answer)
