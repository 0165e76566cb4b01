"""The inbox: my desk, my group, everything; claim many at once, undo, take the list away."""

import re
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import CaseQuery, CaseRow, ClockState, State, TaskQuery
from pengcheng.domains.casework.web import shown, words
from pengcheng.domains.casework.web.forms import FilterForm
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.web import page
from pengcheng.kit.pages import listing
from pengcheng.kit.pages.sheets import csv_response

TABS = ("mine", "group", "all")
UNDO = "casework_undo"
RESULTS = "casework_results"
ASKED = ("tab", "q", "state", "clock", "group", "kind", "assignee", "free", "sort")
PER_PAGE = 20
MOST_AT_ONCE = 50
KEY = re.compile(r"[0-9a-f-]{36}")


def official(request: HttpRequest) -> Context:
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose("service.handling")


def asked(request: HttpRequest) -> CaseQuery:
    """The list that the address asks for; words that mean nothing are left out."""
    form = FilterForm(request.GET)
    form.is_valid()
    told = form.cleaned_data
    number = request.GET.get("page", "1")
    return CaseQuery(
        scope=tab(request),  # type: ignore[arg-type]
        states=frozenset({State(told["state"])} if told.get("state") else ()),
        clock=ClockState(told["clock"]) if told.get("clock") else None,
        group=request.GET.get("group", "")[:120],
        kind=request.GET.get("kind", "")[:80],
        text=told.get("q", ""),
        assignee=request.GET.get("assignee", "")[:80],
        unassigned=request.GET.get("free") == "1",
        sort=request.GET.get("sort", "due")[:20],
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        size=PER_PAGE,
    )


def tab(request: HttpRequest) -> str:
    wanted = request.GET.get("tab", "group")
    return wanted if wanted in TABS else "group"


@page(permission="casework.case.list")
@require_GET
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Cases that wait, most urgent first."""
    context = official(request)
    query = asked(request)
    found = api.list_cases(context=context, query=query)
    facts = {
        "form": FilterForm(request.GET),
        "tabs": _tabs(context, query),
        "tab": query.scope,
        "filtered": bool(query.text or query.states or query.clock or query.group or query.kind)
        or bool(query.assignee or query.unassigned),
        "group": words.group_name(query.group) if query.group else "",
        "total": found.total,
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
        "rows": [shown.row(each, context.language, context.actor.id) for each in found.rows],
        "undo": request.session.pop(UNDO, None),
        "results": request.session.pop(RESULTS, None),
        "views": _views(context, request),
        "question": question(request),
        "keys": _keys(),
        "export": f"{reverse('casework:export')}?{request.GET.urlencode()}",
    }
    facts["heads"] = [listing.column(request, each) for each in _heads()]
    facts["claimable"] = any(line["claimable"] for line in facts["rows"])
    return render(request, "casework/inbox.html", facts)


def _keys() -> list[dict[str, str]]:
    """What the script beside the page listens to."""
    return [
        {"key": "j k", "text": _("next and previous case")},
        {"key": "x", "text": _("tick it")},
        {"key": "Enter", "text": _("open it")},
        {"key": "/", "text": pgettext("key", "search")},
    ]


def question(request: HttpRequest) -> str:
    """What the address asks for, without the page: what a kept view holds."""
    told = {name: request.GET.get(name, "")[:120] for name in ASKED}
    return urlencode({name: value for name, value in told.items() if value})[:500]


def _views(context: Context, request: HttpRequest) -> list[dict[str, Any]]:
    now = question(request)
    return [
        {"id": each.id, "name": each.name, "url": f"?{each.query}", "current": each.query == now}
        for each in api.saved_views(context=context)
    ]


def _heads() -> list[dict[str, str]]:
    return [
        {"title": _("Case"), "sort": "title"},
        {"title": _("Applicant"), "sort": "owner"},
        {"title": _("State"), "sort": "state"},
        {"title": _("Time"), "sort": "due"},
        {"title": _("Official")},
        {"title": pgettext("case", "Received"), "sort": "opened"},
    ]


def _tabs(context: Context, query: CaseQuery) -> list[dict[str, Any]]:
    titles = {"mine": _("My desk"), "group": _("My groups"), "all": _("All, also ended")}
    found = []
    for name, title in titles.items():
        count = api.list_cases(context=context, query=CaseQuery(scope=name, size=1)).total  # type: ignore[arg-type]
        found.append(
            {"title": title, "url": f"?tab={name}", "count": count, "current": name == query.scope}
        )
    tasks = api.list_tasks(context=context, query=TaskQuery(size=1)).total
    found.append({"title": _("Tasks"), "url": reverse("casework:tasks"), "count": tasks})
    return found


def version_of(text: str) -> int | None:
    """The version that a form names; a number of a thousand digits is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def ticked(request: HttpRequest) -> list[tuple[str, int]]:
    """The cases of a form, each with the version that was looked at."""
    pairs = [key.partition(":") for key in request.POST.getlist("case")[:MOST_AT_ONCE]]
    told = [(pk, version_of(text)) for pk, _, text in pairs if KEY.fullmatch(pk)]
    return [(pk, version) for pk, version in told if version is not None]


@page(permission="casework.case.export")
@require_GET
@never_cache
def export(request: HttpRequest) -> HttpResponse:
    """The list as CSV, in UTF-8 with the mark that spreadsheet programs look for."""
    context = official(request)
    found = api.export_cases(context=context, query=asked(request))
    rows = [_export_row(each, context) for each in found[: api.LARGEST_EXPORT]]
    return csv_response(
        f"cases-{clock.today().isoformat()}.csv",
        _export_head(),
        rows,
        goes_on=len(found) > len(rows),
    )


def _export_head() -> list[str]:
    return [
        _("Number"),
        _("Service"),
        _("Applicant"),
        _("State"),
        _("Time"),
        _("Due"),
        _("Group"),
        _("Official"),
        pgettext("case", "Received"),
    ]


def _export_row(each: CaseRow, context: Context) -> list[str]:
    line = shown.row(each, context.language, context.actor.id)
    return [
        line["reference"],
        line["title"],
        line["owner"],
        line["state"]["text"],
        line["clock"]["text"],
        each.clock.due_on.isoformat() if each.clock.due_on else "",
        line["group"],
        line["assignee"],
        clock.local(each.opened_at).isoformat(timespec="minutes"),
    ]
