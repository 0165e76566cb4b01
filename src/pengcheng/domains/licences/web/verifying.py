"""Anybody can ask whether a number holds. Numbers are public; nothing about the person is told."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.licences import api
from pengcheng.domains.licences.contracts import CredentialCheck, Verification
from pengcheng.domains.licences.web import words
from pengcheng.kernel.context import Context
from pengcheng.kernel.pace import paced
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


class CredentialForm(forms.Form):
    """A licence as a file, pasted."""

    credential = forms.CharField(
        label=_("Credential"),
        help_text=_("The whole text of the file that the holder gave you."),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Paste the credential.")},
    )


@page(public=True)
@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    asked = "number" in request.GET
    form = NumberForm(request.GET if asked else None)
    if not asked or not form.is_valid():
        return _page(request, {"form": form}, 422 if asked else 200)
    found = api.verify(context=context, number=form.cleaned_data["number"])
    return _page(request, {"form": form, "found": told(found, context.language)})


@page(public=True)
@require_POST
@never_cache
@sensitive_post_parameters("credential")
@paced("check-licence")
def credential(request: HttpRequest) -> HttpResponse:
    """A credential in the body, so that what was shown stands in no address and no log."""
    context: Context = request.context  # type: ignore[attr-defined]
    form = CredentialForm(request.POST)
    if not form.is_valid():
        return _page(request, {"form": NumberForm(), "credential": form}, 422)
    found = api.check_credential(context=context, text=form.cleaned_data["credential"])
    facts = {"form": NumberForm(), "found": credential_told(found, context.language)}
    return _page(request, facts)


@page(public=True)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """A page that keeps itself on a shop's phone and judges there, without a network.

    It asks for its own copy without cookies, so that nobody's name is kept, and names the language.
    """
    wanted = request.GET.get("in", "")
    known = wanted in dict(settings.LANGUAGES)
    with translation.override(wanted if known else translation.get_language()):
        return render(request, "licences/offline.html")


def _page(request: HttpRequest, facts: dict[str, Any], status: int = 200) -> HttpResponse:
    facts.setdefault("credential", CredentialForm())
    return render(request, "licences/verify.html", facts, status=status)


def told(found: Verification, language: str) -> dict[str, Any]:
    known: dict[str, Any] = {
        **words.verdict(found.verdict),
        "checked_at": found.checked_at,
        "rows": [],
    }
    if found.name is None or found.issuer is None or found.valid_from is None:
        return known
    known["rows"] = [
        {"key": pgettext("licence", "Kind"), "value": found.name.text(language)},
        {"key": pgettext("licence", "Number"), "value": found.number},
        {"key": _("Issued by"), "value": found.issuer.text(language)},
        {"key": _("Validity"), "value": words.validity(found.valid_from, found.valid_until)},
    ]
    return known


def credential_told(found: CredentialCheck, language: str) -> dict[str, Any]:
    known: dict[str, Any] = {**words.verdict(found.verdict), "checked_at": found.checked_at}
    if found.verdict == "forged":
        known["text"] = words.refusal(found.code)
        known["rows"] = []
        return known
    rows = [
        {"key": pgettext("licence", "Kind"), "value": found.name.text(language)}
        if found.name
        else None,
        {"key": pgettext("licence", "Number"), "value": found.number},
        {"key": _("Issued by"), "value": found.issuer},
    ]
    shown = [
        {"key": label.text(language), "value": pair}
        for label, pair in lines(found.values, language)
    ]
    known["rows"] = [row for row in rows if row] + shown
    return known


def lines(values: Any, language: str) -> list[tuple[Any, str]]:
    """(label, value) in the reader's language."""
    english = language.startswith("en")
    return [(label, en if english else zh) for label, zh, en in values]
