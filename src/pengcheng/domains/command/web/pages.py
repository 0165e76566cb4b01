"""Workbench pages: the list of incidents, one incident with its steps, and its chain."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from pengcheng.domains.command import api, contracts
from pengcheng.domains.command.web import shown, words
from pengcheng.domains.command.web.forms import FilterForm, MoveForm
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, allowed
from pengcheng.kernel.problems import Conflict, NotFound
from pengcheng.kernel.web import page
from pengcheng.kit.pages.sheets import csv_response

PER_PAGE = 25
CSV_MOST = 5000


def asker(request: HttpRequest) -> Context:
    """Who asks, handling incidents."""
    context: Context = request.context  # type: ignore[attr-defined]
    return context.for_purpose("incident.handling")


def number(text: str) -> int:
    """A page number; nonsense is the first page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@page(permission="command.incident.read")
@require_GET
@never_cache
def incidents(request: HttpRequest) -> HttpResponse:
    """The list, to filter, search, sort and download."""
    context = asker(request)
    form = FilterForm(request.GET or {})
    query = form.query(sort=request.GET.get("sort", "-raised_at"))
    if request.GET.get("format") == "csv":
        return _csv(*api.incidents(context=context, query=query, limit=CSV_MOST))
    wanted = number(request.GET.get("page", "1"))
    items, total = api.incidents(
        context=context, query=query, offset=(wanted - 1) * PER_PAGE, limit=PER_PAGE
    )
    facts = {
        "form": form,
        "total": total,
        "page": Paginator(range(total), PER_PAGE).get_page(wanted),
        "columns": shown.list_columns(),
        "rows": [shown.list_cells(item) for item in items],
        "csv_url": f"?{_with_csv(request)}",
    }
    return render(request, "command/incidents.html", facts)


def _with_csv(request: HttpRequest) -> str:
    asked = request.GET.copy()
    asked["format"] = "csv"
    return asked.urlencode()


def _csv(items: tuple[contracts.Incident, ...], total: int) -> HttpResponse:
    names = contracts.Incident.__struct_fields__
    rows = ([getattr(item, name) for name in names] for item in items)
    return csv_response("incidents.csv", names, rows, goes_on=total > len(items))


@page(permission="command.incident.read")
@require_GET
@never_cache
def incident(request: HttpRequest, incident_id: object) -> HttpResponse:
    """One incident: facts, what can be done, and its journal."""
    return _detail(request, str(incident_id))


def _detail(request: HttpRequest, incident_id: str, tried: MoveForm | None = None) -> HttpResponse:
    context = asker(request)
    item = api.incident(context=context, incident_id=incident_id)
    resource = Resource(kind="incident", id=item.id)
    may = allowed(context, "command.incident.handle", resource)
    facts = {
        "incident": item,
        "title": words.title(item),
        "state": words.state_tag(item),
        "level": words.level_tag(item),
        "facts": shown.fact_rows(item, shown.unit_names(api.units(context=context))),
        "forms": _forms(context, item, tried) if may else [],
        "tried": tried,
        "entries": shown.timeline(
            api.journal(context=context, incident_id=item.id),
            shown.unit_names(api.units(context=context)),
        ),
    }
    status = 422 if tried is not None else 200
    return render(request, "command/incident.html", facts, status=status)


def _forms(
    context: Context, item: contracts.Incident, tried: MoveForm | None
) -> list[dict[str, Any]]:
    units = shown.unit_choices(api.units_for(context=context, incident=item))
    found = []
    for transition in api.steps(incident=item):
        same = tried is not None and tried.transition.step == transition.step
        form = tried if same else _form(item, transition, units)
        found.append(
            {
                "step": transition.step,
                "text": words.step(transition.step),
                "kind": "warning" if transition.step in ("dismiss", "reopen") else "primary",
                "form": form,
            }
        )
    return found


def _form(
    item: contracts.Incident,
    transition: contracts.Transition,
    units: list[tuple[str, str]],
    data: Any = None,
) -> MoveForm:
    return MoveForm(data, transition=transition, units=units, initial={"version": item.version})


@page(permission="command.incident.handle")
@require_POST
def move(request: HttpRequest, incident_id: object, step: str) -> HttpResponse:
    """Take a step; someone faster or a state that does not allow it is told on the page."""
    context = asker(request)
    item = api.incident(context=context, incident_id=str(incident_id))
    transition = next((row for row in api.all_steps() if row.step == step), None)
    if transition is None:
        raise NotFound(code="command.step.not_found", zh="没有这个操作", en="There is no such step")
    units = shown.unit_choices(api.units_for(context=context, incident=item))
    form = _form(item, transition, units, request.POST)
    if not form.is_valid():
        return _detail(request, item.id, form)
    try:
        api.move(context=context, incident_id=item.id, move=form.move())
    except Conflict as problem:
        said = f"{problem.title(context.language)}。{problem.next_step(context.language)}"
        messages.error(request, said if not words.english() else said.replace("。", ". "))
    else:
        messages.success(request, _("Done: %(step)s.") % {"step": words.action(step)})
    return _back(request, item.id)


def _back(request: HttpRequest, incident_id: str) -> HttpResponse:
    if request.POST.get("back") == "screen":
        return redirect("command:screen")
    return redirect(reverse("command:incident", args=[incident_id]))


@page(permission="command.incident.read")
@require_GET
@never_cache
def chain(request: HttpRequest, incident_id: object) -> HttpResponse:
    """From the incident back to the observation, in words and as a picture."""
    context = asker(request)
    item = api.incident(context=context, incident_id=str(incident_id))
    links = api.chain(context=context, incident_id=item.id)
    facts = {
        "incident": item,
        "title": words.title(item),
        "links": [shown.chain_link(link) for link in links],
        "sentence": shown.chain_sentence(links),
    }
    return render(request, "command/chain.html", facts)
