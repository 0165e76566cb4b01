"""What the log is, in a page; and the proof that something was on record at a time."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pengcheng.domains.ledger import api
from pengcheng.domains.ledger.contracts import Proof
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page


class DigestForm(forms.Form):
    """The hash of what shall have been on record."""

    digest = forms.RegexField(
        r"^\s*[0-9a-fA-F]{64}\s*$",
        label=gettext_lazy("SHA-256 digest"),
        help_text=gettext_lazy("64 characters, 0 to 9 and a to f."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Write the digest."),
            "invalid": gettext_lazy("A digest has 64 characters, 0 to 9 and a to f."),
        },
    )


@page(public=True)
@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    found = api.overview(context=context)
    facts = {
        "found": found,
        "form": DigestForm(),
        "kinds": _kinds(found.kinds),
        "witnesses": api.witness_list(context=context),
        "watched": api.watched(context=context),
        "identity": api.witness_identity(context=context),
    }
    return render(request, "ledger/overview.html", facts)


@page(public=True)
@require_safe
@never_cache
def proof(request: HttpRequest) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    form = DigestForm(request.GET)
    if not form.is_valid():
        return render(request, "ledger/proof.html", {"form": form}, status=422)
    found = api.standing(context=context, digest=form.cleaned_data["digest"].strip())
    facts: dict[str, Any] = {"form": form, "standing": found}
    if found.proof is not None:
        facts |= _told(found.proof)
    return render(request, "ledger/proof.html", facts)


def _told(found: Proof) -> dict[str, Any]:
    entry, head = found.entry, found.checkpoint
    summary = [
        {"key": _("What it is"), "value": kind_word(entry.kind)},
        {"key": _("Place in the log"), "value": f"{entry.index} / {head.size}"},
        {"key": _("Digest"), "value": entry.digest},
    ]
    for_programs = {
        "index": entry.index,
        "leaf": entry.leaf,
        "path": list(found.path),
        "checkpoint": head.note,
    }
    return {
        "proof": found,
        "summary": summary,
        "machine": json.dumps(for_programs, ensure_ascii=False, indent=1),
    }


def _kinds(told: dict[str, int]) -> list[dict[str, Any]]:
    return [{"key": kind_word(kind), "value": str(count)} for kind, count in told.items()]


def kind_word(kind: str) -> str:
    words = {
        "licences.change": _("A change of a licence"),
        "audit.head": _("The end of the audit chain"),
        "notary.file": _("A file that somebody put on record"),
        "data.version": _("A version of a data set"),
        "contracts.call": _("A step of a contract"),
    }
    return words.get(kind, kind)
