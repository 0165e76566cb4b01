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
from pengcheng.domains.casework.contracts import Board, GroupLoad, State
from pengcheng.domains.casework.web import words
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page


@page(permission="casework.board.read")
@require_GET
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    found = api.board(context=context)
    linked = "official" in context.actor.roles
    facts = {
        "board": found,
        "figures": _figures(found),
        "groups": [_group(each, linked) for each in found.groups],
        "officials": [
            {"name": each.official.name, "open": each.open, "overdue": _late(each.overdue)}
            for each in found.officials
        ],
        "states": _states(found),
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
