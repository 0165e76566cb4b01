"""Verifying: for anybody in the portal, with a place and what it may know on the workbench."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pengcheng.domains.citizencode import api
from pengcheng.domains.citizencode.web.words import asker, drawn, found
from pengcheng.kernel.pace import paced
from pengcheng.kernel.problems import Denied, Invalid, Problem, TooLarge
from pengcheng.kernel.web import page

PURPOSE = "code.verification"
CAMERA = "camera=(self), geolocation=(), microphone=()"


class CodeForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Text of the code"),
        required=False,
        max_length=1000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    picture = forms.FileField(
        label=gettext_lazy("or a picture of it"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG or WebP, up to 8 MB. It is read and not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def told(self) -> str:
        """The text that was entered, or that is on the picture."""
        text: str = self.cleaned_data["text"]
        picture = self.cleaned_data.get("picture")
        if text or not picture:
            return text
        return api.text_in(picture=picture.read(8_000_001))


class PlaceForm(CodeForm):
    scene = forms.ChoiceField(label=gettext_lazy("Place"))
    field_order = ("scene", "text", "picture")

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scenes = [(one.id, one.text(language)) for one in api.scenes()]
        self.fields["scene"].choices = scenes  # type: ignore[attr-defined]


class PaperForm(forms.Form):
    username = forms.CharField(label=gettext_lazy("Username of the citizen"), max_length=64)
    confirmed = forms.BooleanField(
        label=gettext_lazy("I have seen the person and an identity document"), required=False
    )


def _read(form: CodeForm, language: str) -> str:
    """The code's text; what is wrong is told beside the form."""
    try:
        text = form.told()
    except (Invalid, TooLarge) as problem:
        form.add_error("picture", problem.title(language))
        return ""
    if not text:
        form.add_error(
            "picture" if form.cleaned_data.get("picture") else "text", _("No code found")
        )
    return text


def _scanning(response: HttpResponse) -> HttpResponse:
    """These pages alone may ask for the camera."""
    response.headers["Permissions-Policy"] = CAMERA
    return response


@page(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@paced("check-code")
def check(request: HttpRequest) -> HttpResponse:
    """Whether a code is right; nothing about the person."""
    context = asker(request, PURPOSE)
    posted = request.method == "POST"
    form = CodeForm(request.POST, request.FILES) if posted else CodeForm()
    facts: dict[str, Any] = {"form": form}
    if posted and form.is_valid():
        text = _read(form, context.language)
        if text:
            facts["found"] = found(api.verify(context=context, text=text), context.language)
            facts["form"] = CodeForm()
    status = 422 if posted and "found" not in facts else 200
    return _scanning(render(request, "citizencode/check.html", facts, status=status))


@page(public=True)
@require_POST
@never_cache
@paced("check-code")
def read(request: HttpRequest) -> HttpResponse:
    """The text on a picture of the camera, for browsers that cannot read codes themselves."""
    picture = request.FILES.get("picture")
    try:
        text = api.text_in(picture=picture.read(8_000_001)) if picture else ""
    except Problem:
        text = ""
    return JsonResponse({"text": text})


@page(permission="citizencode.code.resolve")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """At a place of service: with what this place may know."""
    context = asker(request, PURPOSE)
    posted = request.method == "POST"
    data = (request.POST, request.FILES) if posted else ()
    form = PlaceForm(*data, language=context.language)
    facts: dict[str, Any] = {"form": form}
    if posted and form.is_valid():
        text, scene = _read(form, context.language), form.cleaned_data["scene"]
        if text:
            told = api.resolve(context=context, text=text, scene=scene)
            facts["found"] = found(told, context.language)
            facts["form"] = PlaceForm(language=context.language, initial={"scene": scene})
    status = 422 if posted and "found" not in facts else 200
    return _scanning(render(request, "citizencode/desk.html", facts, status=status))


@page(permission="citizencode.paper.issue")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def paper(request: HttpRequest) -> HttpResponse:
    """Print a code for somebody without a phone."""
    context = asker(request, "code.counter")
    posted = request.method == "POST"
    form = PaperForm(request.POST if posted else None)
    if posted and form.is_valid():
        try:
            made = api.issue_paper(context=context, **form.cleaned_data)
        except (Invalid, Denied) as problem:
            english = context.language.startswith("en")
            for error in problem.errors:
                form.add_error(error.pointer[1:], error.en if english else error.zh)
            if not problem.errors:
                form.add_error("username", problem.title(context.language))
        else:
            facts = {"paper": made, "picture": drawn(made.text)}
            return render(request, "citizencode/printed.html", facts)
    status = 422 if posted else 200
    return render(request, "citizencode/paper.html", {"form": form}, status=status)
