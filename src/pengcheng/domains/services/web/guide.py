"""The guide of an item: in plain words at the top, then everything the source says."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pengcheng.domains.services import api
from pengcheng.domains.services.api import lifeevents
from pengcheng.domains.services.contracts import Item
from pengcheng.domains.services.web import asking, said
from pengcheng.domains.services.web.asking import language
from pengcheng.kernel.web import page

PHASES = {
    "受理": "Acceptance",
    "审核": "Review",
    "决定与公开": "Decision and publication",
    "证件制定与送达": "Issue and delivery of the document",
}


@require_safe
@page(public=True)
def guide(request: HttpRequest, code: str) -> HttpResponse:
    tongue = language(request)
    item = api.get_item(code=code)
    event = lifeevents.event_of_item(code=code)
    if event is not None:
        return redirect("services:event", event.id)
    facts = {
        "item": item,
        "ours": lifeevents.is_extra(code=code),
        "title": said.title(item, tongue),
        "department": said.department(item, tongue),
        "summary": summary(item, tongue),
        "steps": steps(item),
        "offices": [_office(step.office, step.phases, tongue) for step in item.other_dept],
        "facts": details(item, tongue),
        "condition": said.zh(item.accept_condition, tongue),
        "laws": [said.zh(f"《{law}》", tongue) for law in item.by_law],
        "materials": [said.zh(name, tongue) for name in item.materials],
        "related": [asking.row(o, tongue) for o in api.related_items(code=code)],
        "instant": api.decided_instantly(code=code),
        "own_form": api.has_own_form(code=code),
        "chinese_only": said.english(tongue) and not item.name_en,
        "themes": [_theme(id, tongue) for id in item.topic_type if id != "other"],
    }
    return asking.show(request, "guide.html", facts)


def summary(item: Item, tongue: str) -> list[dict[str, Any]]:
    """Who, what, how long, how much, where: the five things people come for."""
    return [
        {"icon": "people", "key": _("Who it is for"), "value": said.who(item, tongue)},
        {"icon": "document", "key": _("What you need"), "value": said.needed(item)},
        {"icon": "clock", "key": _("How long it takes"), "value": said.how_long(item)},
        {
            "icon": "key",
            "key": _("What it costs"),
            "value": _("The source data has no fees; ask the department"),
        },
        {"icon": "pin", "key": _("Where"), "value": said.where(item, tongue)},
        {"icon": "home", "key": _("Visits"), "value": said.visits(item)},
    ]


def steps(item: Item) -> list[str]:
    """The usual way of an application; the source describes none of its own."""
    first = _("Get the materials together") if item.materials else _("Ask what is needed")
    how = _("Apply online") if item.is_online else _("Apply at the counter")
    return [
        first,
        how,
        _("The department accepts the application, or says once what is missing"),
        _("It decides within %(time)s") % {"time": said.limit(item.promise or item.anticipate)}
        if item.promise or item.anticipate
        else _("It decides; the source states no time limit"),
        _("You receive the result"),
    ]


def _theme(id: str, tongue: str) -> dict[str, str]:
    return {"id": id, "title": api.term(kind="theme", id=id).text(tongue)}


def _office(office: str, phases: tuple[str, ...], tongue: str) -> dict[str, Any]:
    named = [PHASES.get(phase, phase) if said.english(tongue) else phase for phase in phases]
    return {"office": said.zh(office, tongue), "phases": said.joined(named, tongue)}


def details(item: Item, tongue: str) -> list[dict[str, Any]]:
    """Everything else that the source says, and plainly what it does not."""
    unknown = _("Not stated in the source data")
    phones = said.joined(item.consult_phone, tongue) or unknown
    complaints = said.joined(item.complain_phone, tongue) or unknown
    platform = said.zh(item.platform, tongue) if item.platform else unknown
    level = api.term(kind="level", id=item.use_level).text(tongue)
    region = said.zh(item.region_name, tongue)
    return [
        {"key": _("Department"), "value": said.department(item, tongue)},
        {
            "key": _("Kind of item"),
            "value": api.term(kind="task_type", id=item.task_type).text(tongue),
        },
        {"key": _("Level"), "value": format_html("{} · {}", level, region)},
        {"key": _("Legal time limit"), "value": said.limit(item.anticipate) or unknown},
        {"key": _("Promised time limit"), "value": said.limit(item.promise) or unknown},
        {"key": _("Visits"), "value": said.visits(item)},
        {"key": _("Delivery by post"), "value": said.express(item)},
        {"key": _("Handling system"), "value": platform},
        {"key": _("Questions"), "value": phones},
        {"key": _("Complaints"), "value": complaints},
        {"key": _("Item code"), "value": item.task_code},
        {"key": _("Catalogue code"), "value": item.catalog_code},
    ]
