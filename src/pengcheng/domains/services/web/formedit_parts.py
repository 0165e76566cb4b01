"""The form editor's pages for one question, one page and one list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pengcheng.domains.casework.contracts import Label
from pengcheng.domains.services.api.editing import Editing
from pengcheng.domains.services.web import formedit_shown as shown
from pengcheng.domains.services.web.asking import language
from pengcheng.domains.services.web.formedit import (
    RIGHT,
    address,
    common,
    found,
    keep,
    preview_language,
)
from pengcheng.domains.services.web.formedit_forms import (
    ListFields,
    PageFields,
    QuestionForm,
    page_facts,
    question_facts,
    write_options,
)
from pengcheng.kernel.web import page
from pengcheng.kit.forms import checking, chinese, editing
from pengcheng.kit.forms.checking import Fault
from pengcheng.kit.forms.parts import Definition, Page, Question, Text

FORM = require_http_methods(["GET", "HEAD", "POST"])
AT = {
    "label": "label_zh",
    "title": "title_zh",
    "checks": "valid",
    "repeat": "least",
    "summary": "repeat",
    "required": "required_when",
}
"""Where the editor shows a fault of a part that has several fields."""
NEW = "new"


def show_faults(form: forms.Form, faults: list[Fault], tongue: str) -> None:
    """Each fault at its field, so that a wrong condition is read where it is written."""
    for fault in faults:
        name = AT.get(fault.field, fault.field)
        form.add_error(name if name in form.fields else None, chinese.said(fault.message, tongue))


# --- a question -------------------------------------------------------------------------


@page(permission=RIGHT)
@FORM
@never_cache
def question(request: HttpRequest, draft_id: str, page_id: str, question_id: str) -> HttpResponse:
    """Change a question or add one. ``look`` shows what it would look like, nothing is saved."""
    now = found(request, draft_id)
    home = now.form.page(page_id)
    before = next((q for q in home.questions if q.id == question_id), None) if home else None
    if home is None or (before is None and question_id != NEW):
        raise Http404
    if request.method != "POST":
        start = before or _new(now.form)
        form = QuestionForm(now.form, initial=question_facts(now.form, start))
        return _show_question(request, now, home, form, now.form)
    form = QuestionForm(now.form, request.POST)
    made = now.form
    if form.is_valid():
        made = _with(now, home, before, form)
        show_faults(form, _own_faults(made, form.cleaned_data["id"]), language(request))
    if "look" in request.POST:
        return _show_question(request, now, home, form, made)
    what = Label(f"修改问题：{request.POST.get('label_zh', '')[:100]}", "Changed a question")
    if form.errors or not keep(request, now, made, what):
        return _show_question(request, now, home, form, made, status=422)
    return redirect(address(now.draft.id, home.id))


def _new(form: Definition) -> Question:
    return Question(id=editing.fresh_id(form, "question"), kind="text", label=Text())


def _with(now: Editing, home: Page, before: Question | None, form: QuestionForm) -> Definition:
    made = form.question(before)
    return editing.put_question(now.form, home.id, before.id if before else "", made)


def _own_faults(form: Definition, id: str) -> list[Fault]:
    return [fault for fault in checking.faults(form) if fault.question == id]


def _show_question(
    request: HttpRequest,
    now: Editing,
    home: Page,
    form: QuestionForm,
    made: Definition,
    status: int = 200,
) -> HttpResponse:
    seen = preview_language(request)
    facts = common(request, now) | {
        "form": form,
        "heading": _("One question"),
        "home": home,
        "seen": seen,
        "live": True,
        "preview": shown.preview(request, made, made.page(home.id), seen),
        "back": address(now.draft.id, home.id),
    }
    part = "look" in request.POST and request.headers.get("HX-Request")
    template = "preview_frame.html" if part else "part.html"
    return render(request, f"services/formedit/{template}", facts, status=status)


# --- a page, a list ---------------------------------------------------------------------


@page(permission=RIGHT)
@FORM
@never_cache
def page_part(request: HttpRequest, draft_id: str, page_id: str) -> HttpResponse:
    now = found(request, draft_id)
    before = now.form.page(page_id)
    if before is None and page_id != NEW:
        raise Http404
    empty = {"id": editing.fresh_id(now.form, "page"), "least": 0, "most": 10}
    start = page_facts(now.form, before) if before else empty
    form = PageFields(request.POST or None, initial=start, use_required_attribute=False)

    def made() -> tuple[Definition, list[Fault]]:
        fresh = form.page(before)
        changed = editing.put_page(now.form, before.id if before else "", fresh)
        own = [f for f in checking.faults(changed) if (f.page, f.question) == (fresh.id, "")]
        return changed, own

    return _part(request, now, form, made, Label("修改页面", "Changed a page"), _("Page"))


@page(permission=RIGHT)
@FORM
@never_cache
def list_part(request: HttpRequest, draft_id: str, list_id: str) -> HttpResponse:
    now = found(request, draft_id)
    before = now.form.option_list(list_id)
    if before is None and list_id != NEW:
        raise Http404
    start: dict[str, Any] = {"id": editing.fresh_id(now.form, "list")}
    if before is not None:
        lines = write_options(before.options)
        start = {"id": before.id, "options": lines, "source": before.source}
    form = ListFields(request.POST or None, initial=start, use_required_attribute=False)

    def made() -> tuple[Definition, list[Fault]]:
        fresh = form.options_list(before)
        changed = editing.put_list(now.form, before.id if before else "", fresh)
        return changed, [f for f in checking.faults(changed) if f.where == f"list {fresh.id}"]

    return _part(
        request, now, form, made, Label("修改列表", "Changed a list"), _("List of options")
    )


def _part(
    request: HttpRequest,
    now: Editing,
    form: Any,
    made: Callable[[], tuple[Definition, list[Fault]]],
    what: Label,
    heading: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        changed, own = made()
        show_faults(form, own, language(request))
        if not own and keep(request, now, changed, what):
            return redirect(address(now.draft.id, form.cleaned_data["id"]))
    facts = common(request, now) | {
        "form": form,
        "heading": heading,
        "back": address(now.draft.id),
    }
    status = 422 if form.errors else 200
    return render(request, "services/formedit/part.html", facts, status=status)
