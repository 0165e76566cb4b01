"""The officers' side of copies: make one on duty, and learn whose copy a leaked picture is."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pengcheng.domains.licences import api
from pengcheng.domains.licences.api import copies as door
from pengcheng.domains.licences.contracts.copies import Traced
from pengcheng.domains.licences.web.copies import CopyForm, file, told
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.pace import paced
from pengcheng.kernel.problems import Invalid
from pengcheng.kernel.web import page

LARGEST = 20 * 2**20


class DutyCopyForm(CopyForm):
    """Who makes a copy of another's licence says why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The holder will read this. Write in plain words."),
        max_length=200,
    )


class TraceForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Leaked picture or PDF"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or PDF up to 20 MB: a scan, a screenshot or a photo taken straight "
            "from above. It is read and not kept."
        ),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stands in the audit, and the holder learns that you looked."),
        max_length=200,
        error_messages={"required": gettext_lazy("Give the reason.")},
    )

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return given


def _duty(request: HttpRequest, purpose: str) -> Context:
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose(purpose)


@page(permission="licences.copy.trace")
@require_http_methods(["GET", "POST"])
@never_cache
@paced("copy-trace")
def trace(request: HttpRequest) -> HttpResponse:
    context = _duty(request, "licence.tracing")
    posted = request.method == "POST"
    form = TraceForm(request.POST, request.FILES) if posted else TraceForm()
    facts: dict[str, Any] = {"form": form}
    if posted and form.is_valid():
        chosen, reason = form.cleaned_data["file"], form.cleaned_data["reason"]
        try:
            found = door.trace(context=context, content=chosen.read(), reason=reason)
        except Invalid as problem:
            _say(form, problem, context.language)
        else:
            facts |= {"form": TraceForm(), "found": _found(found, context.language)}
            facts["checked_at"] = clock.now()
    status = 422 if posted and "found" not in facts else 200
    return render(request, "licences/trace.html", facts, status=status)


def _say(form: forms.Form, problem: Invalid, language: str) -> None:
    for error in problem.errors:
        text = error.en if language.startswith("en") else error.zh
        form.add_error(error.pointer.strip("/"), text)


def _found(found: Traced, language: str) -> dict[str, Any]:
    if found.copy is None or found.name is None:
        return {
            "title": _("No watermark found"),
            "text": _(
                "That says nothing about where the picture comes from: it may be no copy of this "
                "city, too small a part of one, photographed from the side, or made pure black "
                "and white. Try a larger or straighter picture."
            ),
            "kind": "warning",
            "rows": [],
        }
    one = found.copy
    bits = ngettext("{n} bit mended", "{n} bits mended", found.mended).format(n=found.mended)
    return {
        "title": _("This is copy {number}").format(number=one.number),
        "text": _(
            "The number is hidden in the picture and confirmed by its check value. It tells which "
            "copy this picture was made of, not who passed it on: ask the taker."
        ),
        "kind": "success",
        "licence_id": one.licence_id,
        "rows": [
            {"key": _("Given to"), "value": one.taker},
            {"key": _("Only for this purpose"), "value": one.purpose},
            {"key": _("Holds until"), "value": str(one.until)},
            {"key": pgettext("licence", "Licence"), "value": found.name.text(language)},
            {"key": _("Holder"), "value": found.holder},
            {"key": _("Made by"), "value": one.office or _("the holder")},
            {
                "key": _("How sure"),
                "value": f"{found.sure:.1f} σ · {bits} · {found.turned:.1f}°",
            },
        ],
    }


@page(permission="licences.copy.list")
@require_http_methods(["GET", "POST"])
@never_cache
def copies(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """Copies of somebody's licence, and one more on duty."""
    context = _duty(request, "licence.copying")
    licence = api.get(context=context, licence_id=str(licence_id))
    form = DutyCopyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        door.make(context=context, licence_id=licence.id, **form.cleaned_data)
        messages.success(request, _("The copy is made. The holder sees it in their list."))
        return redirect("licences:desk-copies", licence_id=licence.id)
    found = door.copies_of(context=context, licence_id=licence.id)
    facts = {
        "licence": licence,
        "name": licence.name.text(context.language),
        "copies": [told(one) for one in found],
        "form": form if licence.state == "valid" else None,
    }
    return render(request, "licences/desk_copies.html", facts, status=422 if form.errors else 200)


@page(permission="licences.copy.make")
@require_safe
@never_cache
@paced("copy-file", methods=frozenset({"GET"}))
def take(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    return file(_duty(request, "licence.copying"), copy_id)
