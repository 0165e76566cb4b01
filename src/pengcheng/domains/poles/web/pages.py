"""Workbench pages of poles: the list and what can be taken away, one pole, its fault."""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from pengcheng.domains.places import api as places
from pengcheng.domains.poles import api, contracts
from pengcheng.domains.poles.web import picture, words
from pengcheng.domains.poles.web.forms import Filter
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.pages.listing import heads, page_number
from pengcheng.kit.pages.sheets import csv_response

PER_PAGE = 25
MOST = 10_000
COLUMNS = (
    *("code", "entity", "state", "road", "district", "owner", "longitude", "latitude"),
    *("height", "power", "phases", "circuit", "mounts", "faults", "simulated", "changed_at"),
)


@page(permission="poles.desk.enter")
@require_GET
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Search the poles."""
    context = context_of(request)
    form = Filter(request.GET, api.owners(context=context))
    number = page_number(request)
    asked = msgspec.structs.replace(form.asked(), offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    found = api.search(context=context, asked=asked)
    faults = pgettext("poles", "Open faults")
    titles = (_("Pole"), pgettext("pole", "Road"), pgettext("poles", "Owner"))
    mounts = pgettext("poles", "Mounts")
    facts = {
        "form": form,
        "total": found.total,
        "query": request.GET.urlencode(),
        "page": Paginator(range(found.total), PER_PAGE).get_page(number),
        "columns": heads(
            *titles, pgettext("poles", "State"), mounts, faults, numeric=(mounts, faults)
        ),
        "rows": [_cells(each) for each in found.poles],
        "simulated": any(each.simulated for each in found.poles),
        "may_save": allowed(context, "poles.pole.save"),
    }
    return render(request, "poles/desk.html", facts)


def _cells(pole: contracts.Pole) -> list[Any]:
    return [
        {"text": pole.code, "url": reverse("poles:pole", args=[pole.id])},
        pole.road or _("No road name"),
        pole.owner or "–",
        words.state(pole.state),
        pole.mounts,
        {"text": str(pole.faults), "kind": "bad"} if pole.faults else "0",
    ]


@page(permission="poles.desk.enter")
@require_GET
@never_cache
def give_out(request: HttpRequest, form: str) -> HttpResponse:
    """The poles that were searched for, as a table or on a map."""
    if form not in {"csv", "geojson"}:
        raise Http404
    context = context_of(request)
    chosen = Filter(request.GET, api.owners(context=context)).asked()
    asked = msgspec.structs.replace(chosen, limit=MOST)
    found = api.search(context=context, asked=asked)
    if form == "csv":
        rows = ([getattr(pole, name) for name in COLUMNS] for pole in found.poles)
        return csv_response("poles.csv", COLUMNS, rows, goes_on=found.total > MOST)
    body = {"type": "FeatureCollection", "features": [feature(each) for each in found.poles]}
    answer = HttpResponse(msgspec.json.encode(body), content_type="application/geo+json")
    answer.headers["Content-Disposition"] = 'attachment; filename="poles.geojson"'
    return answer


def feature(pole: contracts.Pole) -> dict[str, Any]:
    """A pole as GeoJSON, in WGS 84."""
    left_out = {"longitude", "latitude"}
    return {
        "type": "Feature",
        "id": pole.entity,
        "geometry": {"type": "Point", "coordinates": [pole.longitude, pole.latitude]},
        "properties": {name: getattr(pole, name) for name in COLUMNS if name not in left_out},
    }


@page(permission="poles.desk.enter")
@require_GET
@never_cache
def one(request: HttpRequest, pole_id: str) -> HttpResponse:
    """A pole: where it stands, what it bears and feeds, what does not work."""
    context = context_of(request)
    pole = api.pole(context=context, pole_id=pole_id)
    mounts = api.mounts(context=context, pole_id=pole.id, past=True)
    names = {each.id: f"{words.kind(each.kind)} {each.code}" for each in mounts}
    faults = api.faults_of(context=context, pole_id=pole.id)
    facts = {
        "pole": pole,
        "state": words.state(pole.state),
        "published": words.published(pole),
        "entity_page": _entity_page(pole),
        "close": True,
        "source": api.credit(context=context),
        "picture": _picture(context, pole),
        "facts": _facts(context, pole),
        "loads": [_load(each) for each in api.loads(context=context, pole=pole)],
        "mounts": [_mount(each) for each in mounts if each.unmounted_at is None],
        "past": [
            [names[each.id], each.owner, {"moment": each.mounted_at}, {"moment": each.unmounted_at}]
            for each in mounts
            if each.unmounted_at
        ],
        "past_columns": heads(
            _("Mount"), pgettext("poles", "Owner"), _("Mounted"), _("Taken down")
        ),
        "faults": [_fault_cells(each, names) for each in faults],
        "fault_columns": heads(
            _("Fault"),
            pgettext("fault", "Where"),
            pgettext("fault", "Severity"),
            pgettext("poles", "State"),
            _("Reported"),
        ),
        **rights(context),
    }
    return render(request, "poles/pole.html", facts)


def _entity_page(pole: contracts.Pole) -> str:
    """Where the broker's store shows it, if it was ever told."""
    if pole.published_at is None or pole.state == "removed":
        return ""
    place = f"collections/SmartPole/items/{pole.entity}"
    return f"{reverse('sensing:ogc-part', args=[place])}?f=html"


def _mount(each: contracts.Mount) -> dict[str, Any]:
    told = f"{each.owner} · {each.watts} W · L{each.phase}"
    return {**msgspec.structs.asdict(each), "name": words.kind(each.kind), "told": told}


def _picture(context: Context, pole: contracts.Pole) -> dict[str, Any] | None:
    roads, others = api.near(context=context, pole=pole)
    here = (pole.longitude, pole.latitude)
    there = [(each.longitude, each.latitude) for each in others]
    return picture.draw(roads, {"there": there, "this": [here]}, centre=here)


def rights(context: Context) -> dict[str, bool]:
    pairs = (
        ("save", "pole.save"),
        ("mount", "mount.change"),
        ("report", "fault.report"),
        ("handle", "fault.handle"),
    )
    return {f"may_{name}": allowed(context, f"poles.{action}") for name, action in pairs}


def _facts(context: Context, pole: contracts.Pole) -> list[dict[str, str]]:
    pairs = (
        (_("Entity"), pole.entity),
        (pgettext("pole", "Road"), pole.road or _("No road name")),
        (pgettext("pole", "District"), _district(context, pole.district)),
        (pgettext("poles", "Owner"), pole.owner),
        (_("Longitude, latitude (WGS 84)"), f"{pole.longitude:.6f}, {pole.latitude:.6f}"),
        (_("Height"), f"{pole.height:g} m"),
        (_("Circuit"), pole.circuit),
    )
    return [{"key": key, "value": value or "–"} for key, value in pairs]


def _district(context: Context, code: str) -> str:
    """Its name; the code itself where the divisions are not loaded."""
    try:
        return places.find_division(context, code=code).title(context.language) if code else ""
    except NotFound:
        return code


def _load(each: contracts.PhaseLoad) -> dict[str, Any]:
    share = round(100 * each.watts / each.budget) if each.budget else 0
    return {
        "label": f"L{each.phase}: {each.watts} W / {each.budget} W",
        "share": share,
        "kind": "bad" if each.watts > each.budget else "warn" if share > 80 else "good",
    }


def _fault_cells(each: contracts.Fault, names: dict[str, str]) -> list[Any]:
    return [
        {"text": each.text, "url": reverse("poles:fault", args=[each.id])},
        names.get(each.mount) or _("The pole itself"),
        words.severity(each.severity),
        words.fault_state(each.state),
        {"moment": each.opened_at},
    ]
