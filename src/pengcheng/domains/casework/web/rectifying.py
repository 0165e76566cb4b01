"""The two steps before the reply to a bad rating, on the supervisor's page of its case."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Dossier, Step
from pengcheng.domains.casework.web.inbox import official
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Denied
from pengcheng.kernel.web import page


class VerifyForm(forms.Form):
    """What came out of looking into it."""

    confirmed = forms.TypedChoiceField(
        label=gettext_lazy("Was the rating right?"),
        coerce=lambda text: text == "yes",
        choices=[
            ("yes", pgettext_lazy("rating", "Yes, something has to be mended")),
            ("no", pgettext_lazy("rating", "No, and I can say why")),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("What was found out, and how"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class MendForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("What was mended"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


FORMS = {"verify": VerifyForm, "mend": MendForm}


def facts(context: Context, dossier: Dossier) -> dict[str, Any]:
    """For the case page: how far the answer is, and which step comes next."""
    case, found = dossier.case, dossier.rectification
    if found is None:
        return {}
    holds = case.assignee is not None and case.assignee.id == context.actor.id
    open_ = holds and not found.done and Step.ASSIGN in case.steps
    return {
        "loop": found,
        "loop_next": _next(found.verified, found.confirmed, found.mended) if open_ else "",
    }


def _next(verified: bool, confirmed: bool | None, mended: bool) -> str:
    if not verified:
        return "verify"
    return "mend" if confirmed and not mended else ""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page(permission="casework.rating.rectify")
def step(request: HttpRequest, case_id: UUID, what: str) -> HttpResponse:
    """Verify or mend: written down once, by whoever has the case."""
    context, key = official(request), str(case_id)
    case = api.get_case(context=context, case_id=key)
    form = FORMS[what](request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        told = {"case": case, "title": case.title.text(context.language), "form": form}
        told["what"] = what
        status = 422 if form.errors else 200
        return render(request, "casework/rectify.html", told, status=status)
    try:
        _take(context, key, what, form.cleaned_data)
    except (Conflict, Denied) as problem:
        messages.error(request, problem.title(context.language))
    else:
        messages.success(request, _("Written down."))
    return redirect("casework:case", case_id=case_id)


def _take(context: Context, case_id: str, what: str, told: dict[str, Any]) -> None:
    if what == "verify":
        api.verify_rating(
            context=context,
            case_id=case_id,
            confirmed=told["confirmed"],
            finding=told["words"],
        )
    else:
        api.mend_rating(context=context, case_id=case_id, measure=told["words"])
