"""Definitions in the workbench: the list, one item with its versions, what differs, take away."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.api import studio as api
from pengcheng.domains.casework.contracts import Definition, Version
from pengcheng.domains.casework.web import studio_shown as shown
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.web import page

EDIT = "casework.definition.edit"
PER_PAGE = 20


def editor(request: HttpRequest) -> Context:
    context: Context = request.context  # type: ignore[attr-defined]
    return context


@page(permission=EDIT)
@require_GET
@never_cache
def listing(request: HttpRequest) -> HttpResponse:
    """Every item whose cases have a definition."""
    context, text = editor(request), request.GET.get("q", "")[:100]
    found = api.list_definitions(context=context, text=text)
    part = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    facts = {
        "q": text,
        "total": len(found),
        "page": part,
        "columns": shown.list_columns(),
        "awaiting": [
            shown.awaiting_row(each, context) for each in api.awaiting_approval(context=context)
        ],
        "rows": [shown.list_row(row, context.language) for row in part],
    }
    return render(request, "casework/studio/list.html", facts)


@page(permission=EDIT)
@require_GET
@never_cache
def item(request: HttpRequest, kind: str, item_code: str) -> HttpResponse:
    """What is in force for an item, and how it came to be so."""
    context = editor(request)
    row = api.definition_row(context=context, kind=kind, item_code=item_code)
    definition = casework.get_definition(context=context, sha256=row.sha256)
    versions = casework.versions(context=context, kind=kind, item_code=item_code)
    facts = {
        "row": row,
        "title": row.title.text(context.language),
        "summary": shown.summary(definition, context.language),
        "picture": shown.picture(definition, context.language),
        "versions": [shown.version_row(each, row) for each in versions],
        "comparable": len(versions) > 1,
        "may_move": "supervisor" in context.actor.roles,
        "numbers": [each.number for each in versions],
        "decisions": shown.decision_links(definition),
    }
    return render(request, "casework/studio/item.html", facts)


@page(permission=EDIT)
@require_POST
def begin(request: HttpRequest, kind: str, item_code: str) -> HttpResponse:
    draft = api.begin_draft(context=editor(request), kind=kind, item_code=item_code)
    return redirect("casework:draft", draft_id=draft.id)


@page(permission=EDIT)
@require_GET
@never_cache
def compare(request: HttpRequest, kind: str, item_code: str) -> HttpResponse:
    """What one version says differently from another."""
    context = editor(request)
    row = api.definition_row(context=context, kind=kind, item_code=item_code)
    versions = casework.versions(context=context, kind=kind, item_code=item_code)
    old, new = (_numbered(versions, request.GET.get(name, "")) for name in ("old", "new"))
    found = api.compare_definitions(context=context, old=old.sha256, new=new.sha256)
    facts = {
        "row": row,
        "title": row.title.text(context.language),
        "old": old,
        "new": new,
        "columns": shown.difference_columns(),
        "rows": shown.differences(found, context.language),
    }
    return render(request, "casework/studio/compare.html", facts)


def _numbered(versions: tuple[Version, ...], number: str) -> Version:
    for version in versions:
        if str(version.number) == number:
            return version
    raise NotFound(
        code="casework.version.not_found",
        zh="没有该版本",
        en="There is no such version",
        next_zh="请在版本列表中选择。",
        next_en="Choose one of the list.",
    )


# --- taking away ------------------------------------------------------------------------


@page(permission=EDIT)
@require_GET
def bpmn(request: HttpRequest, kind: str, item_code: str) -> HttpResponse:
    """The process in force as a BPMN file."""
    return bpmn_file(_in_force(request, kind, item_code), editor(request))


@page(permission=EDIT)
@require_GET
def dmn(request: HttpRequest, kind: str, item_code: str, number: int) -> HttpResponse:
    """A decision in force as a DMN file; 0 is the one that the case hangs on."""
    return dmn_file(_in_force(request, kind, item_code), number)


def _in_force(request: HttpRequest, kind: str, item_code: str) -> Definition:
    context = editor(request)
    row = api.definition_row(context=context, kind=kind, item_code=item_code)
    return casework.get_definition(context=context, sha256=row.sha256)


def bpmn_file(definition: Definition, context: Context) -> HttpResponse:
    body = api.process_xml(context=context, definition=definition)
    return _file(body.encode(), f"{definition.item_code}.bpmn")


def dmn_file(definition: Definition, number: int) -> HttpResponse:
    model = shown.decision_at(definition, number)
    return _file(model.dmn, f"{definition.item_code}-{number}.dmn")


def _file(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="application/xml; charset=utf-8")
    safe = "".join(
        letter for letter in name if letter.isascii() and (letter.isalnum() or letter in "-_.")
    )
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response
