"""The city wallet: own licences, what was put into wallet apps, and answers to verifiers."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.contracts import Row, State
from pengcheng.domains.wallets import api
from pengcheng.domains.wallets.contracts import Asking, Choice, Copy
from pengcheng.domains.wallets.web import words
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page


def holder(request: HttpRequest) -> Context:
    """The asker, looking at what is theirs."""
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose("licence.own")


class LinkForm(forms.Form):
    """A verifier's link, when it was not scanned."""

    link = forms.CharField(
        label=gettext_lazy("Link of the verifier"),
        help_text=gettext_lazy("It begins with https:// or openid4vp://"),
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Paste the link.")},
    )

    def clean_link(self) -> str:
        """The id of a question of this city; links of other places are not followed."""
        try:
            return _question_in(self.cleaned_data["link"].strip())
        except ValueError as error:
            told = _("This is no question of a verifier of this city.")
            raise forms.ValidationError(told) from error


def _question_in(link: str) -> str:
    """The question's id in a link of ours. Raises ValueError."""
    told = urlsplit(link)
    if told.scheme == "openid4vp":
        told = urlsplit(parse_qs(told.query).get("request_uri", [""])[0])
    parts = [part for part in told.path.split("/") if part]
    ours = told.netloc == urlsplit(words.base()).netloc and parts[:1] == ["wallet"]
    if not ours or len(parts) != 3 or parts[1] not in {"answer", "requests"}:
        raise ValueError("no link of ours")
    return str(UUID(parts[2]))


@page(permission="wallets.own.list")
@require_safe
@never_cache
def wallet(request: HttpRequest) -> HttpResponse:
    return _wallet(request, LinkForm())


def _wallet(request: HttpRequest, form: LinkForm) -> HttpResponse:
    context = holder(request)
    rows = licences.list_of(context=context, holder=context.actor.id)
    facts = {
        "cards": [_card(row, context.language) for row in rows if row.state == State.VALID],
        "copies": [_copy(one, context.language) for one in api.copies(context=context)],
        "form": form,
    }
    return render(request, "wallets/wallet.html", facts, status=422 if form.errors else 200)


@page(permission="wallets.own.list")
@require_POST
@never_cache
def open_link(request: HttpRequest) -> HttpResponse:
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _wallet(request, form)
    return HttpResponseRedirect(reverse("wallets:answer", args=[form.cleaned_data["link"]]))


def _card(row: Row, language: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name.text(language),
        "issuer": row.issuer.text(language),
        "number": row.number,
        "tone": licences.get_type(type=row.type).tone,
        "until": row.valid_until,
        "url": reverse("licences:licence", args=[row.id]),
        "show": reverse("licences:show", args=[row.id]),
        "offer": reverse("wallets:offer", args=[row.id]),
    }


def _copy(one: Copy, language: str) -> dict[str, Any]:
    return {
        "name": one.name.text(language),
        "client": one.client.text(language),
        "form": words.form(one.form),
        "copies": one.copies,
        "issued_at": one.issued_at,
        "expires_at": one.expires_at,
        "outcome": words.outcome(one.outcome),
    }


@page(permission="wallets.offer.make")
@require_http_methods(["GET", "POST"])
@never_cache
def offer(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """Explained first; the code is made when it is asked for, and is not kept."""
    context = holder(request)
    licence = licences.get(context=context, licence_id=str(licence_id))
    facts: dict[str, Any] = {"licence": licence, "name": licence.name.text(context.language)}
    if request.method == "POST":
        made = api.offer(context=context, licence_id=licence.id)
        facts |= {"made": made, "qr": words.drawn(made.link)}
    return render(request, "wallets/offer.html", facts)


# --- a verifier asks ------------------------------------------------------------------------


@page(permission="wallets.presentation.make")
@require_http_methods(["GET", "POST"])
@never_cache
def answer(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Who asks, what they will see, and whether to show it."""
    context, name = holder(request), str(question_id)
    if request.method == "POST" and request.POST.get("answer") == "no":
        api.decline(context=context, question_id=name)
        return render(request, "wallets/answered.html", {"declined": True})
    found, choices = api.asked(context=context, question_id=name)
    if request.method == "POST":
        result = api.answer(
            context=context,
            question_id=name,
            licence_id=str(request.POST.get("licence", ""))[:36],
            optional=[str(each) for each in request.POST.getlist("optional")],
        )
        facts = {"asker": found.asker, "result": words.result(result, context.language)}
        return render(request, "wallets/answered.html", facts)
    return render(request, "wallets/answer.html", _asked(found, choices, context.language))


def _asked(found: Asking, choices: tuple[Choice, ...], language: str) -> dict[str, Any]:
    return {
        "asking": found,
        "title": found.question.title.text(language),
        "over": found.answered_at is not None,
        "choices": [
            {
                "id": one.licence_id,
                "name": one.name.text(language),
                "number": one.number,
                "lines": [label.text(language) for _key, label in one.lines],
                "optional": [(key, label.text(language)) for key, label in one.optional],
            }
            for one in choices
        ],
        "kinds": [
            licences.get_type(type=kind).name.text(language) for kind in found.question.kinds
        ],
        "link": found.wallet_link,
    }
