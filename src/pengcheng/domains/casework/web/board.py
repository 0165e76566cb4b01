"""The board: how much waits where, and what is late."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import Board, ClockState, GroupLoad, OfficialLoad, State
from pengcheng.domains.casework.contracts.desk import AGES, Ageing, Trend
from pengcheng.domains.casework.web import words
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page


@page(permission="casework.board.read")
@require_GET
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    found, past = api.board(context=context), api.trend(context=context)
    linked = "official" in context.actor.roles
    facts = {
        "board": found,
        "figures": _figures(found),
        "groups": [_group(each, linked) for each in found.groups],
        "officials": [_official(each, linked) for each in found.officials],
        "states": _states(found),
        "trend": _trend(past),
        "ages": [_age(each, linked) for each in past.ageing],
        "age_columns": _age_columns(),
        "group_columns": _group_columns(),
        "official_columns": [
            {"key": "name", "title": _("Official")},
            {"key": "open", "title": _("Open"), "numeric": True},
            {"key": "overdue", "title": _("Overdue"), "numeric": True},
        ],
        "state_columns": [
            {"key": "state", "title": _("State")},
            {"key": "count", "title": _("Cases"), "numeric": True},
        ],
    }
    return render(request, "casework/board.html", facts)


def _figures(found: Board) -> list[dict[str, Any]]:
    share = round(100 * found.automatic_30_days / (found.decided_30_days or 1))
    return [
        {"label": _("Open cases"), "value": sum(g.open for g in found.groups)},
        {"label": _("Overdue"), "value": sum(g.overdue for g in found.groups)},
        {"label": _("Nobody's yet"), "value": sum(g.unassigned for g in found.groups)},
        {"label": _("Decided in 30 days"), "value": found.decided_30_days},
        {"label": _("Of these by rule"), "value": share, "unit": "%"},
    ]


def _group(each: GroupLoad, linked: bool) -> dict[str, Any]:
    url = f"{reverse('casework:inbox')}?{urlencode({'tab': 'group', 'group': each.group})}"
    name = words.group_name(each.group)
    return {
        "group": {"text": name, "url": url} if linked else name,
        "open": each.open,
        "free": each.unassigned,
        "warning": each.warning,
        "overdue": _late(each.overdue),
        "paused": each.paused,
    }


def _official(each: OfficialLoad, linked: bool) -> dict[str, Any]:
    """With the way to the very cases, for those who may see them."""
    url = f"{reverse('casework:inbox')}?{urlencode({'tab': 'group', 'assignee': each.official.id})}"
    late = f"{url}&{urlencode({'clock': ClockState.OVERDUE.value})}"
    return {
        "name": {"text": each.official.name, "url": url} if linked else each.official.name,
        "open": each.open,
        "overdue": {"text": str(each.overdue), "url": late}
        if linked and each.overdue
        else _late(each.overdue),
    }


def _age(each: Ageing, linked: bool) -> dict[str, Any]:
    url = f"{reverse('casework:inbox')}?{urlencode({'group': each.group, 'sort': 'opened'})}"
    name = words.group_name(each.group)
    bands = {f"band{place}": count for place, count in enumerate(each.counts)}
    return {"group": {"text": name, "url": url} if linked else name, **bands}


def _age_columns() -> list[dict[str, Any]]:
    first, second, third = AGES
    titles = {
        "group": _("Group"),
        "band0": _("Up to %(n)d days") % {"n": first},
        "band1": _("%(a)d to %(b)d days") % {"a": first + 1, "b": second},
        "band2": _("%(a)d to %(b)d days") % {"a": second + 1, "b": third},
        "band3": _("More than %(n)d days") % {"n": third},
    }
    return [
        {"key": key, "title": title, "numeric": key != "group"} for key, title in titles.items()
    ]


HIGH, STEP = 80, 10
"""Size of the little chart: its height, and what a day takes of its width."""


def _trend(past: Trend) -> dict[str, Any]:
    """Bars of opened and decided side by side, drawn to the highest of the thirty days."""
    top = max((max(d.opened, d.decided, d.overrun) for d in past.days), default=0) or 1
    return {
        "days": [
            {
                "x": place * STEP,
                "x2": place * STEP + STEP // 2 - 1,
                "opened": round(HIGH * day.opened / top),
                "opened_y": HIGH - round(HIGH * day.opened / top),
                "decided": round(HIGH * day.decided / top),
                "decided_y": HIGH - round(HIGH * day.decided / top),
                "facts": day,
            }
            for place, day in enumerate(past.days)
        ],
        "width": STEP * len(past.days),
        "height": HIGH,
        "opened": sum(day.opened for day in past.days),
        "decided": sum(day.decided for day in past.days),
        "overrun": sum(day.overrun for day in past.days),
    }


def _late(count: int) -> Any:
    return {"text": str(count), "kind": "bad"} if count else 0


def _group_columns() -> list[dict[str, Any]]:
    titles = {
        "group": _("Group"),
        "open": _("Open"),
        "free": _("Nobody's yet"),
        "warning": _("Nearly due"),
        "overdue": _("Overdue"),
        "paused": _("Stopped for correction"),
    }
    return [
        {"key": key, "title": title, "numeric": key != "group"} for key, title in titles.items()
    ]


def _states(found: Board) -> list[dict[str, Any]]:
    return [
        {"state": words.state_tag(state), "count": found.states[state]}
        for state in State
        if found.states.get(state)
    ]
