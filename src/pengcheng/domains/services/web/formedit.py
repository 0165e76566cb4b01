"""The form editor: which forms there are, one form with its preview, back and forth, publish."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.casework.api import studio
from pengcheng.domains.casework.contracts import Label
from pengcheng.domains.services import api as services
from pengcheng.domains.services.api import editing as api
from pengcheng.domains.services.api.editing import Editing
from pengcheng.domains.services.contracts import SearchQuery
from pengcheng.domains.services.web import formedit_shown as shown
from pengcheng.domains.services.web import said
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kernel.problems import Conflict, Invalid, Problem
from pengcheng.kernel.web import page
from pengcheng.kit.forms import editing
from pengcheng.kit.forms.parts import Definition

RIGHT = "services.form.edit"


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def revision_of(request: HttpRequest) -> int:
    return number(request.POST.get("revision", ""))


def found(request: HttpRequest, draft_id: str) -> Editing:
    return api.get_edit(context=asker(request), draft_id=str(draft_id))


def told(request: HttpRequest, problem: Problem) -> None:
    """What went wrong, as a message on the next page."""
    tongue = language(request)
    messages.error(request, f"{problem.title(tongue)} {problem.next_step(tongue)}".strip())


def keep(request: HttpRequest, now: Editing, form: Definition, what: Label) -> bool:
    """Save; what a colleague did meanwhile is told instead of an error page."""
    try:
        api.save_edit(
            context=asker(request),
            draft_id=now.draft.id,
            revision=revision_of(request),
            form=form,
            what=what,
        )
    except (Conflict, Invalid) as problem:
        told(request, problem)
        return False
    return True


def address(draft_id: str, page_id: str = "") -> str:
    place = reverse("services:form-edit", args=[draft_id])
    return f"{place}?page={page_id}" if page_id else place


# --- the list ---------------------------------------------------------------------------


@page(permission=RIGHT)
@require_safe
@never_cache
def forms_list(request: HttpRequest) -> HttpResponse:
    """The forms that items have; any other item is found by its name."""
    tongue, words = language(request), request.GET.get("q", "").strip()[:80]
    codes: tuple[str, ...] = ()
    if words:
        hits = services.search_items(query=SearchQuery(text=words, language=tongue)).hits
        codes = tuple(hit.item.task_code for hit in hits)
    rows = api.list_forms(context=asker(request), codes=codes) if codes or not words else ()
    facts = {
        "q": words,
        "rows": [
            {
                "code": row.item.task_code,
                "title": said.title(row.item, tongue),
                "department": said.department(row.item, tongue),
                "questions": row.questions,
                "own": row.own,
                "version": row.version,
            }
            for row in rows
        ],
    }
    return render(request, "services/formedit/list.html", facts)


@page(permission=RIGHT)
@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    return redirect(address(api.begin_edit(context=asker(request), code=code)))


# --- one form ---------------------------------------------------------------------------


def common(request: HttpRequest, now: Editing) -> dict[str, Any]:
    """What every page of the editor shows."""
    tongue, draft = language(request), now.draft
    undo = next((one for one in draft.history if one.number == draft.revision - 1), None)
    redo = next((one for one in draft.history if one.number == draft.revision + 1), None)
    current = next(one for one in draft.history if one.current)
    return {
        "draft": draft,
        "title": said.title(now.item, tongue),
        "undo": undo and undo.number,
        "undone": current.what.text(tongue),
        "redo": redo and redo.number,
        "redone": redo.what.text(tongue) if redo else "",
        "approval": draft.approval,
        "alone": not studio.may_publish(context=asker(request), draft=draft),
    }


def preview_language(request: HttpRequest) -> str:
    asked = request.GET.get("preview") or request.POST.get("preview")
    return asked if asked in {"zh", "en"} else language(request)[:2]


@page(permission=RIGHT)
@require_safe
@never_cache
def edit(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Pages and questions at the left, the chosen page as people see it at the right."""
    now, tongue = found(request, draft_id), language(request)
    chosen = now.form.page(request.GET.get("page", "")) or next(iter(now.form.pages), None)
    seen = preview_language(request)
    facts = common(request, now) | {
        "pages": shown.pages(now, tongue),
        "lists": now.form.lists,
        "faults": shown.summary(now, tongue),
        "chosen": chosen.id if chosen else "",
        "seen": seen,
        "preview": shown.preview(request, now.form, chosen, seen),
    }
    return render(request, "services/formedit/edit.html", facts)


DONE = {
    "page-up": ("page", -1, Label("上移页面", "Moved a page up")),
    "page-down": ("page", 1, Label("下移页面", "Moved a page down")),
    "page-remove": ("page", 0, Label("删除页面", "Removed a page")),
    "question-up": ("question", -1, Label("上移问题", "Moved a question up")),
    "question-down": ("question", 1, Label("下移问题", "Moved a question down")),
    "question-remove": ("question", 0, Label("删除问题", "Removed a question")),
    "list-remove": ("list", 0, Label("删除列表", "Removed a list")),
}


@page(permission=RIGHT)
@require_POST
def act(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Move or remove: ``do`` is ``question-up:name``."""
    now = found(request, draft_id)
    name, _colon, id = request.POST.get("do", "").partition(":")
    kind, by, what = DONE.get(name, ("", 0, Label("", "")))
    home = editing.page_of(now.form, id) if kind == "question" else now.form.page(id)
    if kind:
        keep(request, now, _changed(now.form, kind, id, by), what)
    return redirect(address(now.draft.id, home.id if home else ""))


def _changed(form: Definition, kind: str, id: str, by: int) -> Definition:
    if kind == "list":
        return editing.remove_list(form, id)
    if by:
        move = editing.move_page if kind == "page" else editing.move_question
        return move(form, id, by)
    remove = editing.remove_page if kind == "page" else editing.remove_question
    return remove(form, id)


# --- back and forth, in and out, publish ------------------------------------------------


@page(permission=RIGHT)
@require_POST
def turn(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Undo or redo."""
    try:
        studio.turn_draft(
            context=asker(request),
            draft_id=str(draft_id),
            revision=revision_of(request),
            to=number(request.POST.get("to", "")),
        )
    except Conflict as problem:
        told(request, problem)
    return redirect(address(str(draft_id)))


@page(permission=RIGHT)
@require_POST
def discard(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Give the draft up; what is in force stays."""
    try:
        studio.discard_draft(
            context=asker(request), draft_id=str(draft_id), revision=revision_of(request)
        )
    except Conflict as problem:
        told(request, problem)
        return redirect(address(str(draft_id)))
    messages.success(request, _("The draft was given up. What is in force stays as it is."))
    return redirect("services:forms")


@page(permission=RIGHT)
@require_safe
def export(request: HttpRequest, draft_id: str) -> HttpResponse:
    """The form as a JSON file."""
    now = found(request, draft_id)
    name = re.sub(r"[^A-Za-z0-9_-]", "", now.form.id) or "form"
    answer = HttpResponse(now.form.encoded(), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


@page(permission=RIGHT)
@require_POST
def take_in(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Read a form from a JSON file."""
    file = request.FILES.get("file")
    data = file.read(api.LARGEST + 1) if file else b""
    try:
        api.import_form(
            context=asker(request),
            draft_id=str(draft_id),
            revision=revision_of(request),
            data=data,
        )
    except (Conflict, Invalid) as problem:
        told(request, problem)
    return redirect(address(str(draft_id)))


@page(permission="casework.definition.publish")
@require_POST
def publish(request: HttpRequest, draft_id: str) -> HttpResponse:
    """New applications take the form; begun ones keep theirs."""
    try:
        version = api.publish_form(
            context=asker(request),
            draft_id=str(draft_id),
            revision=revision_of(request),
            note=request.POST.get("note", "")[:300],
        )
    except (Conflict, Invalid) as problem:
        told(request, problem)
        return redirect(address(str(draft_id)))
    if version is None:
        messages.success(request, _("A colleague now finds the draft in the list of approvals."))
        return redirect(address(str(draft_id)))
    said_so = _("Version %(number)d is published. Applications that were begun keep their form.")
    messages.success(request, said_so % {"number": version.number})
    return redirect("services:forms")
