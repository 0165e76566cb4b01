"""The command screen: one page, its moving parts, and the incidents as GeoJSON."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from pengcheng.domains.command import api, contracts
from pengcheng.domains.command.web import board, words
from pengcheng.domains.command.web.pages import asker
from pengcheng.domains.places import api as places
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Problem
from pengcheng.kernel.web import page
from pengcheng.kit.maps.picture import draw

OPEN = contracts.IncidentQuery(only_open=True, sort="level")
MOST_SHOWN = 50


@page(permission="command.screen.view")
@require_GET
@never_cache
def screen(request: HttpRequest) -> HttpResponse:
    """The whole screen; without scripts the browser loads it anew every half minute."""
    context = asker(request)
    facts = board.facts(context, _open(context))
    return render(request, "command/screen.html", {**facts, "sketch": _sketch(context, facts)})


@page(permission="command.screen.view")
@require_GET
@never_cache
def parts(request: HttpRequest) -> HttpResponse:
    """The parts that change, for the script to put in place."""
    context = asker(request)
    return render(request, "command/grid.html", board.facts(context, _open(context)))


@page(permission="command.screen.view")
@require_GET
@never_cache
def incidents_geojson(request: HttpRequest) -> HttpResponse:
    """Open incidents as GeoJSON points (RFC 7946, WGS 84)."""
    items = _open(asker(request))
    # The gravest is drawn last, so that it lies on top.
    placed = [item for item in reversed(items) if item.longitude is not None]
    features = [_feature(item) for item in placed]
    body = json.dumps({"type": "FeatureCollection", "features": features})
    return HttpResponse(body, content_type="application/geo+json")


def _open(context: Context) -> tuple[contracts.Incident, ...]:
    return api.incidents(context=context, query=OPEN, limit=MOST_SHOWN)[0]


def _feature(item: contracts.Incident) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": item.id,
        "geometry": {"type": "Point", "coordinates": [item.longitude, item.latitude]},
        "properties": {
            "title": words.title(item),
            "number": item.number,
            "level": item.level,
            "levelText": words.level(item.level),
            "state": words.state(item.state),
            "value": words.measured(item.attribute, item.value),
            "observed": words.observed(item.observed_at, item.provenance),
            "url": reverse("command:incident", args=[item.id]),
        },
    }


def _sketch(context: Context, facts: dict[str, Any]) -> dict[str, Any] | None:
    """The map without a script: outlines, and a mark for each incident."""
    try:
        outlines = places.outlines(context)
        names = {code: places.find_division(context, code=code) for code in outlines}
    except Problem:
        return None
    if not outlines:
        return None
    picture = draw(outlines)
    shapes = [
        {"shape": shape, "name": words.both(names[shape.key].name, names[shape.key].name_en)}
        for shape in picture.shapes
    ]
    placed = {
        picture.place(row["longitude"], row["latitude"])
        for row in facts["incidents"]
        if row["longitude"] is not None
    }
    marks = [{"x": x, "y": y} for x, y in sorted(placed)]
    return {"picture": picture, "shapes": shapes, "marks": marks}
