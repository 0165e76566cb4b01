"""A notary for everybody: put the hash of a file on record, and check later."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pengcheng.domains.ledger import api
from pengcheng.domains.ledger.web.pages import kind_word
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page

LARGEST = 50 * 1024 * 1024
LONGEST = 100_000


class FileForm(forms.Form):
    """A file, of which only the hash is taken, or the hash that the browser worked out."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("Only its fingerprint is kept, never the file. Up to 50 MB."),
    )
    digest = forms.RegexField(
        r"^\s*[0-9a-fA-F]{64}\s*$",
        label=gettext_lazy("Or its SHA-256 digest"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("If you would rather not hand over the file at all."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": gettext_lazy("A digest has 64 characters, 0 to 9 and a to f.")},
    )

    def clean_file(self) -> UploadedFile | None:
        found: UploadedFile | None = self.cleaned_data.get("file")
        if found is not None and (found.size or 0) > LARGEST:
            raise forms.ValidationError(_("The file is larger than 50 MB."))
        return found

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors and not told.get("file") and not told.get("digest"):
            self.add_error("file", _("Choose a file, or write its digest."))
        return told

    def told(self) -> tuple[str, str]:
        """(digest, name)"""
        given: UploadedFile | None = self.cleaned_data.get("file")
        if given is None:
            return self.cleaned_data["digest"].strip().lower(), ""
        return digest_of(given), str(given.name or "")[:120]


class CheckForm(FileForm):
    """A file and, if it was kept, the proof of it."""

    proof = forms.FileField(
        label=gettext_lazy("Proof that you kept"),
        required=False,
        help_text=gettext_lazy("It ends in .tlog-proof. Without it we look in the record."),
    )


def digest_of(given: UploadedFile) -> str:
    found = hashlib.sha256()
    for part in given.chunks():
        found.update(part)
    return found.hexdigest()


@page(permission="ledger.notary.stamp")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def notary(request: HttpRequest) -> HttpResponse:
    """Mine, and a form for another."""
    context: Context = request.context  # type: ignore[attr-defined]
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            digest, name = form.told()
            api.stamp(context=context, digest=digest, name=name)
            messages.success(request, _("It is handed in, and on record in some seconds."))
            return redirect("ledger:notary")
    rows = [
        {
            "name": one.name or f"{one.digest[:16]}…",
            "at": {"moment": one.at},
            "state": _state(one.index),
        }
        for one in api.stamps(context=context)
    ]
    columns = [
        {"key": "name", "title": _("File")},
        {"key": "at", "title": _("Handed in")},
        {"key": "state", "title": _("On record")},
    ]
    facts = {"form": form, "rows": rows, "columns": columns}
    return render(request, "ledger/notary.html", facts, status=422 if form.errors else 200)


def _state(index: int | None) -> dict[str, str]:
    if index is None:
        return {"text": _("Being put on record"), "kind": "waiting"}
    return {"text": _("Proof"), "url": reverse("ledger:entry", args=[index])}


@page(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """Whether a file was on record, and when; for anybody."""
    context: Context = request.context  # type: ignore[attr-defined]
    if request.method != "POST":
        return render(request, "ledger/check.html", {"form": CheckForm()})
    form = CheckForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "ledger/check.html", {"form": form}, status=422)
    digest, _name = form.told()
    facts: dict[str, Any] = {"form": CheckForm(), "digest": digest}
    if kept := form.cleaned_data.get("proof"):
        text = kept.read(LONGEST).decode("utf-8", "replace")
        facts["verdict"] = api.judge(context=context, text=text, digest=digest)
    else:
        found = api.standing(context=context, digest=digest)
        facts["standing"] = found
        if found.proof is not None:
            facts["kind"] = kind_word(found.proof.entry.kind)
    return render(request, "ledger/check.html", facts)
