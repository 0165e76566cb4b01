"""Public notices in the portal, and their objections on the officials' desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.services.api import public_notices as notices
from pengcheng.domains.services.contracts.notices import NoticeState, PublicNotice
from pengcheng.domains.services.web import asking, said
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel.problems import Conflict, Invalid
from pengcheng.kernel.web import page

STATES = {
    NoticeState.OPEN: (gettext_lazy("Open for objections"), "active"),
    NoticeState.WAITING: (gettext_lazy("Objections are being answered"), "waiting"),
    NoticeState.DONE: (pgettext_lazy("notice", "Ended"), "done"),
}


class ObjectionForm(forms.Form):
    """What somebody has against it."""

    text = forms.CharField(
        label=gettext_lazy("What do you object to, and why?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write down what you object to.")},
    )


@require_safe
@page(public=True)
def listed(request: HttpRequest) -> HttpResponse:
    tongue = language(request)
    facts = {
        "standing": [_row(one, tongue) for one in notices.standing()],
        "past": [_row(one, tongue) for one in notices.past()],
    }
    return asking.show(request, "notices.html", facts)


def _row(one: PublicNotice, tongue: str) -> dict[str, Any]:
    text, kind = STATES[one.state]
    first = one.lines[0] if one.lines else None
    subject = (first.value_en if said.english(tongue) else first.value_zh) if first else ""
    return {
        "id": one.id,
        "title": one.title(tongue),
        "subject": said.zh(subject, tongue),
        "office": said.zh(one.office_zh, tongue),
        "opens": one.opens,
        "closes": one.closes,
        "tag": {"text": str(text), "kind": kind},
        "objections": one.objections,
        "answered": one.answered,
    }


@require_safe
@never_cache
@page(public=True)
def notice(request: HttpRequest, notice_id: str) -> HttpResponse:
    found = notices.get(context=asker(request), notice_id=str(notice_id))
    return _draw(request, found, ObjectionForm(use_required_attribute=False))


def _draw(
    request: HttpRequest, found: PublicNotice, form: ObjectionForm, status: int = 200
) -> HttpResponse:
    context, tongue = asker(request), language(request)
    english = said.english(tongue)
    facts = {
        "notice": found,
        **_row(found, tongue),
        "lines": [
            {
                "key": line.en if english else line.zh,
                "value": line.value_en if english else line.value_zh,
            }
            for line in found.lines
        ],
        "form": form,
        "mine": found.seen,
        "may_object": found.state is NoticeState.OPEN and not found.seen,
        "signed_in": context.actor.kind != "anonymous",
    }
    return asking.show(request, "notice.html", facts, status)


@require_POST
@page(permission="services.notice.object")
def object_to(request: HttpRequest, notice_id: str) -> HttpResponse:
    context = asker(request)
    form = ObjectionForm(request.POST, use_required_attribute=False)
    if not form.is_valid():
        found = notices.get(context=context, notice_id=str(notice_id))
        return _draw(request, found, form, status=422)
    try:
        text = form.cleaned_data["text"]
        notices.object_to(context=context, notice_id=str(notice_id), text=text)
    except Conflict as problem:
        messages.error(request, problem.title(context.language))
    else:
        messages.success(request, _("Your objection was received. It will be answered here."))
    return redirect("services:notice", notice_id)


# --- the desk ---------------------------------------------------------------------------


@require_safe
@never_cache
@page(permission="services.notice.answer")
def desk(request: HttpRequest) -> HttpResponse:
    """The notices of one's own office, with what was objected."""
    found = notices.of_office(context=asker(request))
    tongue = language(request)
    rows = [{**_row(one, tongue), "case": one.case_id, "seen": one.seen} for one in found]
    return render(request, "services/notices_desk.html", {"rows": rows})


@require_POST
@page(permission="services.notice.answer")
def answer(request: HttpRequest, objection_id: str) -> HttpResponse:
    context = asker(request)
    try:
        text = request.POST.get("text", "")
        notices.answer(context=context, objection_id=str(objection_id), text=text)
    except Invalid as problem:
        messages.error(request, problem.title(context.language))
    else:
        messages.success(request, _("The answer is kept, and whoever objected can read it."))
    return redirect("services:notices-desk")
