"""Workbench pages of cameras: the list and what can be taken away, one camera."""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from pengcheng.domains.cameras import api, contracts
from pengcheng.domains.cameras.web import words
from pengcheng.domains.cameras.web.forms import Filter
from pengcheng.domains.places import api as places
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.maps.picture import draw
from pengcheng.kit.pages.listing import heads, page_number
from pengcheng.kit.pages.sheets import csv_response

PER_PAGE = 25
MOST = 10_000
COLUMNS = (
    *("number", "name", "state", "source", "source_name", "manufacturer", "model", "owner"),
    *("address", "division", "district", "longitude", "latitude", "placed_by", "placed_at"),
    *("kept_at", "first_seen_at", "changed_at", "gone_at", "simulated"),
)
_drawn: dict[str, Any] = {}


@page(permission="cameras.desk.enter")
@require_GET
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Search the cameras."""
    context = context_of(request)
    form = Filter(request.GET, api.districts(context=context))
    number = page_number(request)
    asked = msgspec.structs.replace(form.asked(), offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    found = api.search(context=context, asked=asked)
    facts = {
        "form": form,
        "total": found.total,
        "query": request.GET.urlencode(),
        "page": Paginator(range(found.total), PER_PAGE).get_page(number),
        "columns": heads(
            _("Camera"),
            pgettext("cameras", "State"),
            pgettext("cameras", "District"),
            pgettext("cameras", "Registered by"),
            _("Last keep-alive"),
        ),
        "rows": [_cells(each) for each in found.cameras],
        "simulated": any(each.simulated for each in found.cameras),
        "may_add": allowed(context, "cameras.source.add"),
    }
    return render(request, "cameras/desk.html", facts)


def _cells(camera: contracts.Camera) -> list[Any]:
    return [
        {"text": camera.name or camera.number, "url": reverse("cameras:camera", args=[camera.id])},
        words.state(camera.state),
        camera.district_name or "–",
        {"text": camera.source_name, "url": reverse("cameras:source", args=[camera.source])},
        {"moment": camera.kept_at} if camera.kept_at else "–",
    ]


@page(permission="cameras.desk.enter")
@require_GET
@never_cache
def give_out(request: HttpRequest) -> HttpResponse:
    """The cameras that were searched for, as a table."""
    context = context_of(request)
    chosen = Filter(request.GET, api.districts(context=context)).asked()
    found = api.search(context=context, asked=msgspec.structs.replace(chosen, limit=MOST))
    rows = ([getattr(camera, name) for name in COLUMNS] for camera in found.cameras)
    return csv_response("cameras.csv", COLUMNS, rows, goes_on=found.total > MOST)


@page(permission="cameras.desk.enter")
@require_GET
@never_cache
def one(request: HttpRequest, camera_id: str) -> HttpResponse:
    """A camera: by whom it is known, where it stands, what it reported."""
    context = context_of(request)
    camera = api.camera(context=context, camera_id=camera_id)
    facts = {
        "camera": camera,
        "name": camera.name or camera.number,
        "state": words.state(camera.state),
        "facts": _facts(context, camera),
        "placed": words.placed_by(camera.placed_by),
        **(_map(context) if camera.longitude is not None else {}),
        **alarm_table(context, api.alarms_of(context=context, number=camera.number)),
    }
    return render(request, "cameras/camera.html", facts)


def _map(context: Context) -> dict[str, Any]:
    """The districts, drawn once for as long as the same outlines are in memory."""
    try:
        outlines = places.outlines(context)
        names = {code: places.find_division(context, code=code) for code in outlines}
    except Problem:
        return {}
    if not outlines:
        return {}
    if _drawn.get("outlines") is not outlines:
        _drawn.update(outlines=outlines, picture=draw(outlines))
    tongue = "en" if english(context) else "zh"
    labels = {code: item.title(tongue) for code, item in names.items()}
    return {"picture": _drawn["picture"], "names": labels}


def english(context: Context) -> bool:
    return context.language.startswith("en")


def _facts(context: Context, camera: contracts.Camera) -> list[dict[str, str]]:
    place = ""
    if camera.longitude is not None and camera.latitude is not None:
        place = f"{camera.longitude:.6f}, {camera.latitude:.6f}"
    tongue = english(context)
    pairs = (
        (pgettext("cameras", "Number"), camera.number),
        (_("Kind, by its number"), api.kind(camera.number)[tongue]),
        (_("Industry, by its number"), api.industry(camera.number)[tongue]),
        (_("Manufacturer"), camera.manufacturer),
        (pgettext("camera", "Model"), camera.model),
        (pgettext("camera", "Owner"), camera.owner),
        (pgettext("camera", "Address"), camera.address),
        (pgettext("cameras", "District"), camera.district_name),
        (_("Longitude, latitude (WGS 84)"), place),
    )
    return [{"key": key, "value": value or "–"} for key, value in pairs]


def alarm_table(context: Context, alarms: tuple[contracts.Alarm, ...]) -> dict[str, Any]:
    """Alarms as a page shows them."""
    tongue, times = english(context), _("Times")
    return {
        "alarm_columns": heads(
            _("Alarm"),
            pgettext("alarm", "Degree"),
            _("Reported"),
            pgettext("cameras", "Number"),
            times,
            numeric=(times,),
        ),
        "alarms": [
            [
                f"{api.method(each.method)[tongue]}{' · ' if each.text else ''}{each.text}",
                words.priority(each.priority),
                {"moment": each.received_at},
                each.number,
                each.times,
            ]
            for each in alarms
        ],
    }
