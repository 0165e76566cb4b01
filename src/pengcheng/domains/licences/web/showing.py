"""The holder shows a licence: chosen lines under a QR code for some minutes, or a file to keep."""

from typing import Any
from uuid import UUID

import segno
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pengcheng.domains.licences import api
from pengcheng.domains.licences.contracts import Licence
from pengcheng.domains.licences.web import verifying
from pengcheng.domains.licences.web.wallet import holder
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page


class ShowForm(forms.Form):
    """Which lines, and what for."""

    fields_shown = forms.MultipleChoiceField(
        label=_("What to show"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one line.")},
    )
    purpose = forms.CharField(
        label=_("What for"),
        help_text=_("Whoever scans the code reads this, such as “for entering the museum”."),
        max_length=100,
        required=False,
    )

    def __init__(self, *args: Any, licence: Licence, language: str, **kwargs: Any) -> None:
        kind = api.get_type(type=licence.type)
        known = [field for field in kind.fields if field.key in licence.values]
        initial = {"fields_shown": [field.key for field in known if field.card]}
        super().__init__(*args, **{"initial": initial, **kwargs})
        choices = [(field.key, field.label.text(language)) for field in known]
        self.fields["fields_shown"].choices = choices  # type: ignore[attr-defined]


@page(permission="licences.showing.create")
@require_http_methods(["GET", "POST"])
@never_cache
def show(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """Choose, then hold the code out. It is not kept: who loads the page anew chooses anew."""
    context = holder(request)
    licence = api.get(context=context, licence_id=str(licence_id))
    told = request.POST if request.method == "POST" else None
    form = ShowForm(told, licence=licence, language=context.language)
    facts: dict[str, Any] = {"licence": licence, "name": licence.name.text(context.language)}
    if told is None or not form.is_valid():
        facts["form"] = form
        return render(request, "licences/show.html", facts, status=422 if form.errors else 200)
    made = api.show(
        context=context,
        licence_id=licence.id,
        fields=form.cleaned_data["fields_shown"],
        purpose=form.cleaned_data["purpose"],
    )
    url = f"{settings.PENGCHENG_PUBLIC_URL}{reverse('licences:shown', args=[made.code])}"
    facts |= {"url": url, "qr": drawn(url), "expires_at": made.expires_at}
    own = f"{settings.PENGCHENG_PUBLIC_URL}{reverse('licences:offline')}"
    facts |= {"passing": drawn(made.credential, dense=True), "offline": own}
    return render(request, "licences/showing.html", facts)


def drawn(text: str, *, dense: bool = False) -> str:
    """The text as a QR code in SVG, black on white whatever the page's colours."""
    code = segno.make(text, error="l" if dense else "m", boost_error=not dense, micro=False)
    colours = {"dark": "#000", "light": "#fff"}
    svg = code.svg_inline(scale=6, border=4, svgclass="lc-qr", omitsize=True, **colours)
    return mark_safe(svg)  # noqa: S308 — drawn by us; the text is only in its geometry


@page(public=True)
@require_safe
@never_cache
def shown(request: HttpRequest, code: str) -> HttpResponse:
    """What the holder chose to show, and whether the licence holds at this moment."""
    context: Context = request.context  # type: ignore[attr-defined]
    found = api.shown(context=context.for_purpose("licence.verification"), code=code[:64])
    facts = {
        "found": verifying.told(found.verification, context.language),
        "lines": [
            {"key": label.text(context.language), "value": value}
            for label, value in verifying.lines(found.values, context.language)
        ],
        "purpose": found.purpose,
        "expires_at": found.expires_at,
    }
    answer = render(request, "licences/shown.html", facts)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@page(permission="licences.credential.issue")
@require_POST
@never_cache
def credential(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """The licence as a file for a wallet or a verifier elsewhere."""
    made = api.credential(context=holder(request), licence_id=str(licence_id))
    answer = HttpResponse(made.text, content_type="application/dc+sd-jwt")
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.licence_id}.sd-jwt"'
    return answer
