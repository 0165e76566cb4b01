"""Portal pages of storms, and the door of OGC API – Moving Features."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from pengcheng.domains.earth import api
from pengcheng.domains.earth.contracts import Fix, Passage, Storm
from pengcheng.domains.earth.web import charts, moving, words
from pengcheng.kernel.web import context_of, page
from pengcheng.kit.ogc.errors import OgcError
from pengcheng.kit.pages import moments
from pengcheng.kit.pages.listing import heads

BASE, PER_PAGE = "/ogc/movingfeatures/v1", 25
GEO = "application/geo+json"


@page(permission="earth.open.read")
@require_safe
def moving_features(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Storm tracks for programs."""
    try:
        root = request.build_absolute_uri(BASE)
        query = {key: str(value) for key, value in request.GET.items()}
        told = moving.answer(context_of(request), root, rest, query)
    except OgcError as wrong:
        kind = "application/problem+json"
        return JsonResponse(wrong.document(), status=wrong.status, content_type=kind)
    kind = GEO if told.get("type") in {"Feature", "FeatureCollection"} else "application/json"
    answer = JsonResponse(told, content_type=kind)
    answer.headers["Access-Control-Allow-Origin"] = "*"  # open data, and no cookie goes along
    return answer


@page(permission="earth.open.read")
@require_safe
def storms(request: HttpRequest) -> HttpResponse:
    """The storms that came near, by year and strength, on the map and in a table."""
    context = context_of(request)
    year, strength = request.GET.get("year", ""), request.GET.get("strength", "")
    wanted = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None
    found = api.passages(context=context, year=wanted, strength=strength)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    years = sorted({each.season for each in api.storms(context=context)}, reverse=True)
    facts = {
        "total": len(found),
        "page": shown,
        "years": [(str(each), str(each) == year) for each in years],
        "strengths": [(n, words.strength(n), n == strength) for n in words.NAMED],
        "columns": heads(
            _("Storm"), _("Nearest"), _("Distance"), _("Strongest"), _("Wind within 300 km")
        ),
        "rows": [_row(each) for each in shown],
        "tracks": _collection([line for each in shown for line in _lines(each.storm)]),
        "source": api.source(),
    }
    return render(request, "earth/storms.html", facts)


def _row(each: Passage) -> list[Any]:
    return [
        {"text": each.storm.id, "url": reverse("earth:storm", args=[each.storm.id])},
        {"moment": each.nearest.fix.at},
        words.km(each.nearest.km),
        f"{words.strong(each.peak)} · {words.wind(each.peak)}",
        words.wind(each.near_wind),
    ]


@page(permission="earth.open.read")
@require_safe
def storm(request: HttpRequest, storm_id: str) -> HttpResponse:
    """One storm: its track, how near it came and when, its winds."""
    context = context_of(request)
    found = api.passage(context=context, storm_id=storm_id)
    track = found.storm
    facts = {
        "storm": track,
        "facts": _facts(found),
        "columns": heads(
            pgettext("track", "Time"),
            _("Position"),
            _("Strength"),
            _("Wind"),
            _("Pressure"),
            _("Distance"),
        ),
        "rows": [_fix(fix) for fix in track.fixes],
        "charts": charts.drawn(track),
        "tracks": _collection([*_lines(track), _point(found.nearest.fix)]),
        "source": api.source(),
    }
    return render(request, "earth/storm.html", facts)


def _facts(found: Passage) -> list[dict[str, Any]]:
    nearest = found.nearest
    pairs = (
        (_("Nearest to Shenzhen"), words.km(nearest.km)),
        (_("When it was nearest"), moments.told(nearest.fix.at)),
        (_("Where it was then"), words.place(nearest.fix)),
        (_("Wind then"), words.wind(nearest.fix.wind)),
        (_("Highest wind within 300 km"), words.wind(found.near_wind)),
        (_("Strongest"), f"{words.strong(found.peak)} · {words.wind(found.peak)}"),
        (_("Track by"), words.agency(found.storm)),
    )
    return [{"key": key, "value": value} for key, value in pairs]


def _fix(fix: Fix) -> list[Any]:
    return [
        {"moment": fix.at},
        words.place(fix),
        words.strong(fix.wind),
        words.wind(fix.wind),
        words.pressure(fix.pressure),
        words.km(api.distance(fix=fix)),
    ]


def _lines(track: Storm) -> list[dict[str, Any]]:
    """A line for each stretch between two fixes, so that each has its colour."""
    pairs = zip(track.fixes, track.fixes[1:], strict=False)
    return [
        {
            "type": "Feature",
            "properties": {"strength": api.strength(wind=other.wind), "id": track.id},
            "geometry": {
                "type": "LineString",
                "coordinates": [[one.lon, one.lat], [other.lon, other.lat]],
            },
        }
        for one, other in pairs
    ]


def _point(fix: Fix) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [fix.lon, fix.lat]}
    return {"type": "Feature", "properties": {"nearest": True}, "geometry": place}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
