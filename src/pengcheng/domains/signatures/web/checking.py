"""One page to check any file, for anybody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pengcheng.domains.signatures import api
from pengcheng.domains.signatures.web.words import said, told
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.pace import paced
from pengcheng.kernel.web import page

LARGEST = 20 * 2**20


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Signed file"),
        required=False,
        help_text=gettext_lazy(
            "PDF, OFD, XML, JSON, P7S or P7M, up to 20 MB. It is read and not kept."
        ),
    )
    original = forms.FileField(
        label=gettext_lazy("The document that belongs to it"),
        required=False,
        help_text=gettext_lazy("Only for a signature in a file of its own (P7S)."),
    )
    text = forms.CharField(
        label=gettext_lazy("or text"),
        required=False,
        max_length=100_000,
        help_text=gettext_lazy("A licence number, a credential, or what stands in a QR code."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name in ("file", "original"):
            if given.get(name) and given[name].size > LARGEST:
                self.add_error(name, _("The file is larger than 20 MB."))
        if not self.errors and not given.get("file") and not given.get("text"):
            self.add_error("file", _("Choose a file or enter a text."))
        return given

    def content(self) -> bytes:
        chosen = self.cleaned_data.get("file")
        return chosen.read() if chosen else str(self.cleaned_data["text"]).encode()

    def beside(self) -> bytes:
        chosen = self.cleaned_data.get("original")
        return chosen.read() if chosen else b""


@page(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("text")
@paced("check-file")
def check(request: HttpRequest) -> HttpResponse:
    """In the body, so that nothing of it stands in an address or a log."""
    context: Context = request.context  # type: ignore[attr-defined]
    posted = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if posted else FileForm()
    facts: dict[str, Any] = {"form": form}
    if posted and form.is_valid():
        chosen = form.cleaned_data.get("file")
        found = _found(context, form.content(), form.beside())
        facts["found"] = found | {"name": chosen.name if chosen else ""}
        facts |= {"checked_at": clock.now(), "form": FileForm()}
    status = 422 if posted and "found" not in facts else 200
    return render(request, "signatures/check.html", facts, status=status)


def _found(context: Context, content: bytes, original: bytes) -> dict[str, Any]:
    text = api.check_text(context=context.for_purpose("licence.verification"), content=content)
    if text is not None:
        return said(text)
    asked = context.for_purpose("file.verification")
    return told(api.check_file(context=asked, content=content, original=original))
