"""A holder gives copies for one taker each, sees them, ends them; whoever scans one checks it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pengcheng.domains.licences import api
from pengcheng.domains.licences.api import copies as door
from pengcheng.domains.licences.contracts.copies import Copy, CopyCheck
from pengcheng.domains.licences.web import words
from pengcheng.domains.licences.web.wallet import holder
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.pace import paced
from pengcheng.kernel.web import page

USUAL = timedelta(days=30)


class CopyForm(forms.Form):
    """For whom, for what, until when: all three stand across every page."""

    taker = forms.CharField(
        label=gettext_lazy("Given to"),
        help_text=gettext_lazy("The full name of the person or organisation that gets it."),
        max_length=60,
        error_messages={"required": gettext_lazy("Write who gets the copy.")},
    )
    purpose = forms.CharField(
        label=gettext_lazy("Only for this purpose"),
        help_text=gettext_lazy("Such as “opening an account” or “signing a lease”."),
        max_length=60,
        error_messages={"required": gettext_lazy("Write what the copy is for.")},
    )
    until = forms.DateField(
        label=gettext_lazy("Holds until"),
        help_text=gettext_lazy("At most a year from today."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Choose a day.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = clock.today()
        super().__init__(*args, **{"initial": {"until": today + USUAL}, **kwargs})
        self.fields["until"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + timedelta(days=366)).isoformat(),
        }

    def clean_until(self) -> Any:
        until, today = self.cleaned_data["until"], clock.today()
        if not today <= until <= today + timedelta(days=366):
            raise forms.ValidationError(_("Choose a day within a year from today."))
        return until


@page(permission="licences.copy.list")
@require_safe
@never_cache
def copies(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    context = holder(request)
    licence = api.get(context=context, licence_id=str(licence_id))
    found = [told(one) for one in door.copies_of(context=context, licence_id=licence.id)]
    facts = {
        "licence": licence,
        "name": licence.name.text(context.language),
        "holding": [one for one in found if one["holds"]],
        "others": [one for one in found if not one["holds"]],
        "can_make": licence.state == "valid",
    }
    return render(request, "licences/copies.html", facts)


@page(permission="licences.copy.make")
@require_http_methods(["GET", "POST"])
@never_cache
def new(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    context = holder(request)
    licence = api.get(context=context, licence_id=str(licence_id))
    form = CopyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        door.make(context=context, licence_id=licence.id, **form.cleaned_data)
        messages.success(request, _("The copy is made. Take it below and hand it on."))
        return redirect("licences:copies", licence_id=licence.id)
    facts = {"licence": licence, "name": licence.name.text(context.language), "form": form}
    return render(request, "licences/copy_new.html", facts, status=422 if form.errors else 200)


@page(permission="licences.copy.make")
@require_safe
@never_cache
@paced("copy-file", methods=frozenset({"GET"}))
def take(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    return file(holder(request), copy_id)


def file(context: Context, copy_id: UUID) -> HttpResponse:
    made = door.take(context=context, copy_id=str(copy_id))
    answer = HttpResponse(made.content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="copy-{copy_id}.pdf"'
    return answer


@page(permission="licences.copy.end")
@require_POST
@never_cache
def end(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    ended = door.end(context=holder(request), copy_id=str(copy_id))
    messages.success(request, _("The copy is ended. Whoever scans it reads so."))
    return redirect("licences:copies", licence_id=ended.licence_id)


@page(public=True)
@require_safe
@never_cache
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Behind the code on a copy: for whom, for what, until when, and whether it holds now."""
    context: Context = request.context  # type: ignore[attr-defined]
    found = door.check(context=context.for_purpose("licence.verification"), code=code)
    facts = {"found": found, "verdict": _verdict(found), "rows": _rows(found, context.language)}
    return render(request, "licences/copy_check.html", facts)


def _verdict(found: CopyCheck) -> dict[str, str]:
    if found.state == "ended":
        return {
            "title": _("The holder has ended this copy"),
            "text": _("Do not accept it. Ask the holder for another one."),
            "kind": "error",
        }
    if found.state == "over":
        return {
            "title": _("This copy is past its last day"),
            "text": _("Do not accept it. Ask the holder for another one."),
            "kind": "error",
        }
    if found.licence != "valid":
        return words.verdict(found.licence)
    return {
        "title": _("This copy holds"),
        "text": _("It holds for the taker and the purpose below, and for nobody else."),
        "kind": "success",
    }


def _rows(found: CopyCheck, language: str) -> list[dict[str, Any]]:
    return [
        {"key": _("Given to"), "value": found.taker},
        {"key": _("Only for this purpose"), "value": found.purpose},
        {"key": _("Holds until"), "value": str(found.until)},
        {"key": _("Number of the copy"), "value": found.number},
        {"key": pgettext("licence", "Kind"), "value": found.name.text(language)},
        {"key": _("Issued by"), "value": found.issuer.text(language)},
    ]


def told(one: Copy) -> dict[str, Any]:
    """A copy in a list."""
    tags = {
        "holds": (pgettext("copy", "Holds"), "good"),
        "over": (pgettext("copy", "Past its day"), "quiet"),
        "ended": (pgettext("copy", "Ended"), "bad"),
    }
    text, kind = tags[one.state]
    return {
        "id": one.id,
        "number": one.number,
        "taker": one.taker,
        "purpose": one.purpose,
        "until": one.until,
        "made_at": one.made_at,
        "office": one.office,
        "reason": one.reason,
        "ended_at": one.ended_at,
        "holds": one.state == "holds",
        "tag": {"text": text, "kind": kind},
    }
