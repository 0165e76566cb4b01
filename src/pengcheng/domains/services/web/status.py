"""How a case stands, for whoever holds its number and code. No account is needed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pengcheng.domains.casework.contracts import CaseStatus
from pengcheng.domains.services import api
from pengcheng.domains.services.web import asking, process_shown, said, shown
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel.pace import paced
from pengcheng.kernel.problems import Invalid, NotFound, TooMany
from pengcheng.kernel.web import page


class StatusForm(forms.Form):
    """Number and code, as they stand on the receipt."""

    reference = forms.CharField(
        label=gettext_lazy("Reference number"),
        help_text=gettext_lazy("On your receipt, such as SZ-2026-000042-K."),
        max_length=40,
        error_messages={"required": gettext_lazy("Write the reference number.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Look-up code"),
        help_text=gettext_lazy("You were shown it once, when you applied."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write the look-up code.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("code")
@page(public=True)
@paced("status")
def status(request: HttpRequest) -> HttpResponse:
    """Sent by POST, so that number and code stay out of addresses and logs."""
    if request.method != "POST":
        form = StatusForm(initial={"reference": request.GET.get("reference", "")[:40]})
        return _show(request, form, 200)
    form = StatusForm(request.POST)
    if not form.is_valid():
        return _show(request, form, 422)
    try:
        found = api.application_status(
            context=asker(request),
            reference=form.cleaned_data["reference"],
            code=form.cleaned_data["code"],
        )
    except (Invalid, NotFound, TooMany) as problem:
        tongue = language(request)
        form.add_error(None, problem.title(tongue))
        form.add_error(None, problem.next_step(tongue))
        return _show(request, form, problem.status)
    return _show(request, form, 200, found)


def _show(
    request: HttpRequest, form: StatusForm, code: int, found: CaseStatus | None = None
) -> HttpResponse:
    facts: dict[str, Any] = {"form": form}
    if found is not None:
        tongue = language(request)
        facts["found"] = {
            "title": said.zh(found.title.text(tongue), tongue),
            "reference": found.reference,
            "state": shown.state(found.state),
            "clock": shown.clock(found.clock, found.state),
            "department": _department(found, tongue),
            "process": process_shown.steps(found.steps, tongue),
            "opened_at": found.opened_at,
            "updated_at": found.updated_at,
            "notice": found.notice.text(tongue) if found.notice else "",
            "next": shown.NEXT[found.state],
        }
    return asking.show(request, "status.html", facts, code)


def _department(found: CaseStatus, tongue: str) -> str:
    if said.english(tongue) and found.department_en:
        return found.department_en
    return said.zh(found.department, tongue)
