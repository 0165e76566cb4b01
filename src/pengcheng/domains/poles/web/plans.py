"""Workbench pages of plans: compute one, see it on a map with its figures, take it away."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from pengcheng.domains.poles import api, contracts
from pengcheng.domains.poles.web import picture, words
from pengcheng.domains.poles.web.forms import PlanForm
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.pages.listing import heads
from pengcheng.kit.pages.sheets import csv_response

COLUMNS = ("number", "longitude", "latitude", "road", "road_class", "gain")


@page(permission="poles.desk.enter")
@require_GET
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """The plans that were computed."""
    context = context_of(request)
    plans = api.plans(context=context)
    before, after = pgettext("plan", "Covered before"), pgettext("plan", "Covered after")
    sites = pgettext("plan", "New poles")
    columns = heads(
        pgettext("plan", "Plan"),
        sites,
        before,
        after,
        _("Computed"),
        numeric=(sites, before, after),
    )
    rows = [
        [
            {"text": each.asked.title, "url": reverse("poles:plan", args=[each.id])},
            len(each.sites),
            f"{each.before:.1%}",
            f"{each.after:.1%}",
            {"moment": each.made_at},
        ]
        for each in plans
    ]
    facts = {"columns": columns, "rows": rows, "may_plan": allowed(context, "poles.plan.compute")}
    return render(request, "poles/plans.html", facts)


@page(permission="poles.plan.compute")
@require_http_methods(["GET", "POST"])
@never_cache
def compute(request: HttpRequest) -> HttpResponse:
    """Compute a plan along the roads held, or along those of a file."""
    context = context_of(request)
    form = PlanForm(
        request.POST or None, request.FILES or None, api.areas(context=context), api.classes()
    )
    if form.is_valid():
        file = form.cleaned_data.get("file")
        try:
            raw = file.read(contracts.LARGEST_ROADS + 1) if file else b""
            made = api.plan(context=context, asked=form.asked(), roads=raw)
        except Problem as problem:
            form.show(problem, context.language)
        else:
            return redirect("poles:plan", made.id)
    facts = {
        "form": form,
        "name": _("Compute where poles should stand"),
        "does": _("Compute"),
        "plans": True,
    }
    return render(request, "poles/edit.html", facts, status=422 if form.is_bound else 200)


@page(permission="poles.desk.enter")
@require_GET
@never_cache
def one(request: HttpRequest, plan_id: str) -> HttpResponse:
    """A plan with its figures and its map."""
    plan = api.one_plan(context=context_of(request), plan_id=plan_id)
    sites = [(each.longitude, each.latitude) for each in plan.sites]
    lengths = (_("Length (km)"), _("Spacing (m)"))
    shares = (pgettext("plan", "Covered before"), pgettext("plan", "Covered after"))
    facts = {
        "plan": plan,
        "metres": f"{plan.metres / 1000:,.1f}",
        "before": f"{100 * plan.before:.1f}",
        "after": f"{100 * plan.after:.1f}",
        "picture": picture.draw(plan.roads, {"there": plan.existing, "new": sites}),
        "figure_columns": heads(_("Class of road"), *lengths, *shares, numeric=(*lengths, *shares)),
        "figure_rows": [_figures(each) for each in plan.figures],
        "site_columns": heads(
            _("No."),
            pgettext("pole", "Road"),
            _("Class of road"),
            _("Adds (m)"),
            pgettext("plan", "Place"),
            numeric=(_("No."), _("Adds (m)")),
        ),
        "site_rows": [_site(number, each) for number, each in enumerate(plan.sites[:50], 1)],
    }
    return render(request, "poles/plan.html", facts)


def _figures(each: contracts.ClassFigures) -> list[Any]:
    whole = each.metres or 1
    return [
        words.road_class(each.road_class),
        f"{each.metres / 1000:,.1f}",
        f"{each.spacing:g}",
        f"{each.before / whole:.1%}",
        f"{each.after / whole:.1%}",
    ]


def _site(number: int, each: contracts.Site) -> list[Any]:
    place = f"{each.longitude:.6f}, {each.latitude:.6f}"
    road = each.road or _("No road name")
    return [number, road, words.road_class(each.road_class), f"{each.gain:g}", place]


@page(permission="poles.desk.enter")
@require_GET
@never_cache
def give_out(request: HttpRequest, plan_id: str, form: str) -> HttpResponse:
    """The sites of a plan as a table or as GeoJSON."""
    plan = api.one_plan(context=context_of(request), plan_id=plan_id)
    if form == "csv":
        rows = (
            [number, *(getattr(each, name) for name in COLUMNS[1:])]
            for number, each in enumerate(plan.sites, 1)
        )
        return csv_response("sites.csv", COLUMNS, rows)
    if form != "geojson":
        raise Http404
    answer = HttpResponse(msgspec.json.encode(geojson(plan)), content_type="application/geo+json")
    answer.headers["Content-Disposition"] = 'attachment; filename="sites.geojson"'
    return answer


def geojson(plan: contracts.Plan) -> dict[str, Any]:
    """The sites in the order of their choice, with the figures and whose roads they follow."""
    features = [
        {
            "type": "Feature",
            "id": number,
            "geometry": {"type": "Point", "coordinates": [each.longitude, each.latitude]},
            "properties": {"road": each.road, "class": each.road_class, "gain_m": each.gain},
        }
        for number, each in enumerate(plan.sites, 1)
    ]
    told = {"attribution": plan.source, "before": plan.before, "after": plan.after}
    return {"type": "FeatureCollection", "features": features, **told}
