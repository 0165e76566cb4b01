"""Workbench pages of sensing: what is observed, one entity, the limits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from pengcheng.domains.sensing import api, contracts
from pengcheng.domains.sensing.web import words
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.web import page
from pengcheng.kit.pages.sheets import csv_response

PER_PAGE = 25
HISTORY = 500
LIVE_TYPES = ("WeatherObserved", "TropicalCyclone")


def _context(request: HttpRequest) -> Context:
    return request.context  # type: ignore[attr-defined,no-any-return]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@page(permission="sensing.desk.enter")
@require_GET
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """The stations with their newest values, the replay, and all entities to search."""
    context = _context(request)
    asked = request.GET.get("q", "")[:100]
    number = _number(request.GET.get("page", "1"))
    items, total = api.entities(
        context=context, search=asked, offset=(number - 1) * PER_PAGE, limit=PER_PAGE
    )
    facts = {
        "asked": asked,
        "stations": [_station(context, kind) for kind in LIVE_TYPES],
        "replays": [_replay(replay) for replay in api.replays(context=context)],
        "may_control": allowed(context, "sensing.replay.control"),
        "page": Paginator(range(total), PER_PAGE).get_page(number),
        "columns": [
            {"title": title} for title in (_("Entity"), _("Type"), _("District"), _("Source"))
        ],
        "rows": [_entity_cells(entity) for entity in items],
        "total": total,
    }
    return render(request, "sensing/desk.html", facts)


def _station(context: Context, kind: str) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for value in api.latest(context=context, type=kind):
        one = found.setdefault(
            value.entity.id,
            {
                "name": words.named(value.entity),
                "url": _entity_url(value.entity.id),
                "figures": [],
            },
        )
        one["figures"].append(_figure(value))
    return list(found.values())


def _figure(value: contracts.Latest) -> dict[str, Any]:
    observation = value.observation
    return {
        "label": words.named(api.attributes()[observation.attribute]),
        "value": words.value(observation),
        "source": f"{value.entity.source} · {words.observed(observation)}",
        "recorded_at": observation.recorded_at,
        "generated": observation.provenance == "generated",
    }


def _replay(replay: contracts.Replay) -> dict[str, Any]:
    return {
        "id": replay.id,
        "name": replay.en if words.english() else replay.zh,
        "source": replay.source,
        "phase": replay.phase,
        "phase_words": words.phase(replay.phase),
        "cursor": words.moment(replay.cursor),
        "ends": words.moment(replay.ends_at),
        "seconds": f"{replay.step_seconds:g}",
    }


def _entity_url(entity_id: str) -> str:
    return reverse("sensing:entity", args=[entity_id])


def _entity_cells(entity: contracts.Entity) -> list[Any]:
    district = entity.district_en if words.english() else entity.district_zh
    return [
        {"text": words.named(entity), "url": _entity_url(entity.id)},
        words.kind(entity.type),
        district or "–",
        entity.source,
    ]


@page(permission="sensing.desk.enter")
@require_GET
@never_cache
def one_entity(request: HttpRequest, entity_id: str) -> HttpResponse:
    """An entity: newest values, and one attribute's history as a table or CSV."""
    context = _context(request)
    entity = api.entity(context=context, entity_id=entity_id)
    values = api.latest(context=context, entity=entity_id)
    names = [value.observation.attribute for value in values]
    attribute = request.GET.get("attribute") or (names[0] if names else "")
    found = _history(context, request, entity_id, attribute)
    if request.GET.get("format") == "csv":
        return _csv(found)
    facts = {
        "entity": entity,
        "name": words.named(entity),
        "kind": words.kind(entity.type),
        "figures": [_figure(value) for value in values],
        "attribute": attribute,
        "choices": [(name, words.named(api.attributes()[name])) for name in names],
        "columns": [
            {"title": _("Observed")},
            {"title": _("Value"), "numeric": True},
            {"title": _("How it came")},
            {"title": pgettext("observation", "Received")},
        ],
        "rows": [_reading_cells(reading) for reading in found.items],
        "following": found.following,
    }
    return render(request, "sensing/entity.html", facts)


def _history(
    context: Context, request: HttpRequest, entity_id: str, attribute: str
) -> contracts.History:
    if not attribute:
        return contracts.History(items=())
    if attribute not in api.attributes():
        raise NotFound(
            code="sensing.attribute.not_found",
            zh="没有这个观测要素",
            en="There is no such attribute",
        )
    return api.history(
        context=context,
        entity=entity_id,
        attribute=attribute,
        cursor=request.GET.get("cursor", ""),
        limit=HISTORY if request.GET.get("format") == "csv" else PER_PAGE,
    )


def _reading_cells(reading: contracts.Observation) -> list[Any]:
    return [
        {"moment": reading.observed_at},
        words.value(reading),
        words.provenance(reading.provenance),
        {"moment": reading.recorded_at},
    ]


def _csv(history: contracts.History) -> HttpResponse:
    names = contracts.Observation.__struct_fields__
    rows = ([getattr(reading, name) for name in names] for reading in history.items)
    return csv_response("observations.csv", names, rows, goes_on=bool(history.following))


@page(permission="sensing.desk.enter")
@require_GET
@never_cache
def limits(request: HttpRequest) -> HttpResponse:
    """The threshold rules."""
    rows = [
        [
            words.named(limit),
            words.condition(limit),
            f"{limit.clear_at:g}",
            _("%(hold)d min / %(clear)d min")
            % {"hold": limit.hold_seconds // 60, "clear": limit.clear_hold_seconds // 60},
            {"text": words.severity(limit.severity), "kind": _kind(limit.severity)},
            words.basis(limit),
        ]
        for limit in api.limits(context=_context(request))
    ]
    columns = [
        {"title": title}
        for title in (
            _("Limit"),
            _("Condition"),
            _("Clears at"),
            _("Must hold to raise / to clear"),
            _("Severity"),
            _("Basis"),
        )
    ]
    return render(request, "sensing/limits.html", {"columns": columns, "rows": rows})


def _kind(severity: contracts.Severity) -> str:
    return {"minor": "neutral", "moderate": "warn", "severe": "bad", "extreme": "bad"}[severity]


@page(permission="sensing.replay.control")
@require_POST
def control(request: HttpRequest, replay_id: str) -> HttpResponse:
    """Pause a replay or let it go on."""
    phase: contracts.ReplayPhase = "paused" if request.POST.get("to") == "paused" else "running"
    api.control_replay(context=_context(request), replay_id=replay_id, phase=phase)
    messages.success(
        request, _("The replay is paused.") if phase == "paused" else _("The replay goes on.")
    )
    return redirect("sensing:desk")
