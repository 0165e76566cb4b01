"""Anybody can ask whether a number holds. Numbers are public; nothing about the person is told."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pengcheng.domains.licences import api
from pengcheng.domains.licences.contracts import Verification
from pengcheng.domains.licences.web import words
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page


class NumberForm(forms.Form):
    """The number as it stands on the licence."""

    number = forms.CharField(
        label=_("Licence number"),
        help_text=_("It begins with 1.2.156.3005.2 and stands at the foot of the licence."),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the number.")},
    )


@page(public=True)
@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    asked = "number" in request.GET
    form = NumberForm(request.GET if asked else None)
    if not asked or not form.is_valid():
        return render(request, "licences/verify.html", {"form": form}, status=422 if asked else 200)
    found = api.verify(context=context, number=form.cleaned_data["number"])
    facts = {"form": form, "found": _told(found, context.language)}
    return render(request, "licences/verify.html", facts)


def _told(found: Verification, language: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        **words.verdict(found.verdict),
        "checked_at": found.checked_at,
        "rows": [],
    }
    if found.name is None or found.issuer is None or found.valid_from is None:
        return told
    told["rows"] = [
        {"key": pgettext("licence", "Kind"), "value": found.name.text(language)},
        {"key": pgettext("licence", "Number"), "value": found.number},
        {"key": _("Issued by"), "value": found.issuer.text(language)},
        {"key": _("Validity"), "value": words.validity(found.valid_from, found.valid_until)},
    ]
    return told
