"""The comparison page: one item at several bodies, and what the leanest way would save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from msgspec.structs import asdict

from pengcheng.domains.services import api
from pengcheng.domains.services.api import Saving, Standing, Twin
from pengcheng.domains.services.web import asking, said
from pengcheng.kernel.web import page

DIFFERS = {
    "materials": gettext_lazy("Materials"),
    "promise": gettext_lazy("Promised limit"),
    "anticipate": gettext_lazy("Legal limit"),
    "visits": gettext_lazy("Visits"),
    "online": gettext_lazy("Online"),
}


class AssumptionsForm(forms.Form):
    """What savings are reckoned with."""

    applications = forms.IntegerField(
        min_value=0, max_value=10_000_000, label=gettext_lazy("Applications a year, per version")
    )
    minutes_per_material = forms.IntegerField(
        min_value=0, max_value=10_000, label=gettext_lazy("Minutes for a material")
    )
    minutes_per_visit = forms.IntegerField(
        min_value=0, max_value=10_000, label=gettext_lazy("Minutes for a visit")
    )


@page(permission="services.item.inspect")
@require_safe
def compared(request: HttpRequest) -> HttpResponse:
    tongue = asking.language(request)
    shipped = asdict(api.saving_assumptions())
    form = AssumptionsForm({**shipped, **{k: v for k, v in request.GET.items() if k in shipped}})
    by = api.Assumptions(**form.cleaned_data) if form.is_valid() else api.saving_assumptions()
    found = api.compare_items(context=asking.asker(request), assumptions=by)
    shown = Paginator(found.twins, 10).get_page(request.GET.get("page"))
    facts = {
        "form": form,
        "by": by,
        "total": len(found.twins),
        "differing": sum(bool(twin.differs) for twin in found.twins),
        "saving": _saving(found.saving),
        "year": found.saving.hours_a_year,
        "pager": shown,
        "twins": [_twin(twin, tongue) for twin in shown],
    }
    return asking.show(request, "compared.html", facts)


def _twin(twin: Twin, tongue: str) -> dict[str, Any]:
    return {
        "title": said.zh(twin.name, tongue),
        "code": twin.catalog_code,
        "differs": [DIFFERS[name] for name in twin.differs],
        "saving": _saving(twin.saving),
        "year": twin.saving.hours_a_year,
        "standings": [_standing(one, tongue) for one in twin.standings],
    }


def _standing(one: Standing, tongue: str) -> dict[str, Any]:
    item = one.item
    return {
        "code": item.task_code,
        "department": said.department(item, tongue),
        "materials": len(item.materials) or _("not listed"),
        "only_here": [said.zh(name, tongue) for name in one.only_here],
        "promise": said.limit(item.promise) or _("not stated"),
        "legal": said.limit(item.anticipate) or _("not stated"),
        "visits": item.limit_scene_num,
        "saving": _saving(one.saving),
    }


def _saving(saving: Saving) -> str:
    """What a cut to the leanest spares, in words; empty if nothing."""
    parts = (
        (saving.materials, _("materials: %(n)s")),
        (saving.visits, _("visits: %(n)s")),
        (saving.days, _("days of waiting: %(n)s")),
    )
    return " · ".join(text % {"n": number} for number, text in parts if number)
