"""Starting a business: finding a name that holds, keeping it, and where to go on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from pengcheng.domains.services.api import registration
from pengcheng.domains.services.contracts.registration import (
    NameParts,
    Resemblance,
    Reservation,
    Verdict,
)
from pengcheng.domains.services.web import asking
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel.problems import Conflict, Invalid
from pengcheng.kernel.web import page

LIKENESS = {
    "same": gettext_lazy("Same trade name"),
    "sound": gettext_lazy("Sounds the same"),
    "contains": gettext_lazy("One contains the other"),
    "near": gettext_lazy("Differs in one character"),
}
WEIGHTS = {
    "refuse": (gettext_lazy("Cannot be registered"), "bad"),
    "approval": (gettext_lazy("Needs another authority's approval"), "warn"),
    "caution": (gettext_lazy("Allowed, but think again"), "neutral"),
}


CHINESE = {"lang": "zh-Hans"}
"""Names are Chinese whatever the page is."""


class NameForm(forms.Form):
    """The four parts of a name."""

    region = forms.ChoiceField(
        label=gettext_lazy("Region"), required=False, widget=forms.Select(attrs=CHINESE)
    )
    trade = forms.CharField(
        label=gettext_lazy("Trade name"),
        help_text=gettext_lazy("Two Chinese characters or more; this is the part that is yours."),
        max_length=40,
        error_messages={"required": gettext_lazy("Write the trade name.")},
    )
    industry = forms.CharField(
        label=gettext_lazy("Line of business"),
        help_text=gettext_lazy(
            "In the Chinese words of the national classification (catering, technology …)."
        ),
        max_length=30,
        required=False,
    )
    form = forms.ChoiceField(
        label=gettext_lazy("Form of the enterprise"), widget=forms.Select(attrs=CHINESE)
    )
    related = forms.BooleanField(
        label=gettext_lazy("The firm with a like name has invested in this one, or this one in it"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})
        none = ("", _("None: at work in several provinces"))
        self._choose("region", [(name, name) for name in registration.regions()] + [none])
        self._choose("form", [(name, name) for name in registration.forms()])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def parts(self) -> NameParts:
        told = self.cleaned_data
        made = "".join(told[key].strip() for key in ("region", "trade", "industry", "form"))
        whole = registration.parse_name(name=made)
        return NameParts(
            region=told["region"],
            trade=whole.trade if not told["industry"] else told["trade"].strip(),
            industry=told["industry"].strip() or whole.industry,
            form=told["form"],
        )


@require_safe
@page(public=True)
def landing(request: HttpRequest) -> HttpResponse:
    """What can be done here, in the order in which one needs it."""
    cards = [
        {
            "url": "/registration/names/",
            "icon": "search",
            "title": _("Company names"),
            "text": _("Check a name against the rules and all names here, and keep it two months."),
        },
        {
            "url": "/services/11440000MB2D0234372440125017008/",
            "icon": "building",
            "title": _("Register a company"),
            "text": _("One form, several departments at the same time."),
        },
        {
            "url": "/events/restaurant/",
            "icon": "work",
            "title": _("Open a restaurant"),
            "text": _("Company, food licence and fire check in one event."),
        },
        {
            "url": "/services/11440300DEM000073RCONSTRUCTION/",
            "icon": "gear",
            "title": _("Construction permit"),
            "text": _("Joint review by four departments and a public notice."),
        },
        {
            "url": "/notices/",
            "icon": "document",
            "title": _("Public notices"),
            "text": _("What is about to be decided; anyone signed in can object."),
        },
    ]
    return asking.show(request, "registration.html", {"cards": cards})


@require_http_methods(["GET", "HEAD", "POST"])
@page(public=True)
def names(request: HttpRequest) -> HttpResponse:
    """Checking is a plain question anybody may ask; keeping takes an account."""
    asked = request.POST if request.method == "POST" else request.GET
    form = NameForm(asked if "trade" in asked else None)
    if request.method == "POST":
        return _keep(request, form)
    verdict = None
    if form.is_bound and form.is_valid():
        verdict = _verdict(form)
    return _draw(request, form, verdict)


def _verdict(form: NameForm) -> Verdict:
    return registration.check_name(parts=form.parts(), related=form.cleaned_data["related"])


def _keep(request: HttpRequest, form: NameForm) -> HttpResponse:
    if not form.is_valid():
        return _draw(request, form, None, status=422)
    context = asker(request)
    try:
        kept = registration.reserve_name(
            context=context, parts=form.parts(), related=form.cleaned_data["related"]
        )
    except (Invalid, Conflict) as problem:
        messages.error(request, problem.title(context.language))
        return _draw(request, form, _verdict(form), status=problem.status)
    messages.success(
        request,
        _("%(name)s is kept for you until %(day)s.") % {"name": kept.full, "day": kept.until},
    )
    return redirect("services:names")


def _draw(
    request: HttpRequest, form: NameForm, verdict: Verdict | None, status: int = 200
) -> HttpResponse:
    context, tongue = asker(request), language(request)
    citizen = "citizen" in context.actor.roles
    facts = {
        "form": form,
        "verdict": verdict,
        "objections": _objections(verdict, tongue) if verdict else [],
        "alike": [_alike(each) for each in verdict.resemblances] if verdict else [],
        "citizen": citizen,
        "query": request.GET.urlencode(),
        "mine": [_kept(one) for one in registration.own_names(context=context)] if citizen else [],
    }
    return asking.show(request, "names.html", facts, status)


def _objections(verdict: Verdict, tongue: str) -> list[dict[str, Any]]:
    return [
        {
            "text": each.text(tongue),
            "article": each.article,
            "tag": _weight(each.weight),
        }
        for each in verdict.objections
    ]


def _alike(each: Resemblance) -> dict[str, Any]:
    return {"full": each.full, "how": LIKENESS[each.likeness], "tag": _weight(each.weight)}


def _weight(weight: str) -> dict[str, str]:
    text, kind = WEIGHTS[weight]
    return {"text": str(text), "kind": kind}


def _kept(one: Reservation) -> dict[str, Any]:
    text, kind = _("Kept for you"), "good"
    if one.used:
        text, kind = _("Registered"), "done"
    elif one.expired:
        text, kind = _("Run out"), "neutral"
    return {
        "full": one.full,
        "reference": one.reference,
        "until": one.until,
        "tag": {"text": text, "kind": kind},
    }
