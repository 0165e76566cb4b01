"""Applying: one page of questions at a time, saved as one goes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pengcheng.domains.services import api
from pengcheng.domains.services.api import registers
from pengcheng.domains.services.web import asking, said
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.domains.services.web.sheet import Sheet
from pengcheng.kernel.problems import TooMany
from pengcheng.kernel.web import page
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms import drawing
from pengcheng.kit.forms.definition import Page, Text
from pengcheng.kit.forms.tasks import tasks

FORM = require_http_methods(["GET", "HEAD", "POST"])
RIGHT = "services.application.start"


@FORM
@page(public=True)
def before(request: HttpRequest, code: str) -> HttpResponse:
    """What to have at hand; the button begins (or takes up) the draft. Signing in comes here."""
    item = api.get_item(code=code)
    if request.method == "POST":
        return _begin(request, code)
    tongue = language(request)
    form = api.form_for(code=code)
    facts = {
        "item": item,
        "title": said.title(item, tongue),
        "department": said.department(item, tongue),
        "before": [text.text(tongue) for text in form.before],
        "materials": [said.zh(name, tongue) for name in item.materials],
        "pages": [one.title.text(tongue) for one in form.pages],
        "instant": api.decided_instantly(code=code),
        "own_form": api.has_own_form(code=code),
        "how_long": said.how_long(item),
        "signed_in": asker(request).actor.kind != "anonymous",
    }
    return asking.show(request, "before.html", facts)


def _begin(request: HttpRequest, code: str) -> HttpResponse:
    if asker(request).actor.kind == "anonymous":  # signed out meanwhile: come back here
        return redirect_to_login(request.path)
    draft = api.start_application(context=asker(request), code=code)
    return redirect("services:apply", draft.id)


@FORM
@never_cache
@page(permission=RIGHT)
def resume(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Go on where one stopped."""
    return redirect(Sheet(request, str(draft_id)).begin())


TASKS = {
    "not_started": (gettext_lazy("Not started"), "neutral"),
    "in_progress": (gettext_lazy("In progress"), "active"),
    "done": (gettext_lazy("Done"), "good"),
    "cannot_start": (gettext_lazy("Cannot start yet"), "waiting"),
}


@never_cache
@page(permission=RIGHT)
def task_list(request: HttpRequest, draft_id: str) -> HttpResponse:
    """The sections of a long form and how each stands."""
    sheet = Sheet(request, str(draft_id))
    rows = [
        {
            "title": task.section.title.text(sheet.tongue),
            "hint": task.section.hint.text(sheet.tongue),
            "url": "" if task.state == "cannot_start" else sheet.url(task.page.id),
            "state": str(TASKS[task.state][0]),
            "kind": TASKS[task.state][1],
        }
        for task in tasks(sheet.filling)
    ]
    facts = {
        "draft": sheet.draft,
        "title": sheet.title(),
        "tasks": rows,
        "ready": not sheet.filling.gaps(),
        "check": sheet.check_url(),
    }
    return asking.show(request, "tasks.html", facts)


# --- one page of questions --------------------------------------------------------------


@FORM
@never_cache
@page(permission=RIGHT)
def question_page(request: HttpRequest, draft_id: str, page_id: str, row: int = 0) -> HttpResponse:
    down: tuple[Text, ...] = ()
    if request.method != "POST":  # what registers know is fetched when a page is first seen
        down = registers.refresh_facts(context=asker(request), draft_id=str(draft_id), page=page_id)
    sheet = Sheet(request, str(draft_id))
    current = sheet.page(page_id)
    if current.repeat and not row:
        return _group(request, sheet, current)
    if not _may_fill(sheet, current, row):
        return redirect(sheet.url(page_id))
    if request.method != "POST":
        return _draw(request, sheet, current, _form(sheet, current, row), down=down)
    form = _form(sheet, current, row, request.POST, request.FILES)
    whole = form.is_valid()
    leaving = "leave" in request.POST  # what is right is kept, the rest can wait
    kept = (whole or leaving) and _keep(sheet, form)
    if not kept:
        return _draw(request, sheet, current, form, status=422)
    if leaving:
        return _left(request)
    return HttpResponseRedirect(_after(request, str(draft_id), current, row))


def _form(sheet: Sheet, current: Page, row: int, *sent: Any) -> drawing.PageForm:
    return drawing.page_form(
        sheet.filling, current, sheet.tongue, *sent, row=row, wrong=sheet.wrong_url
    )


def _may_fill(sheet: Sheet, current: Page, row: int) -> bool:
    """A page as such; of a group a member that there is, or the next one while there is room."""
    if not current.repeat:
        return row == 0
    rows = sheet.filling.rows(current)
    new = row == sheet.filling.next_row(current) and len(rows) < current.repeat.maximum
    return row in rows or new


def _left(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Your answers are saved. Go on from My matters at any time."))
    return redirect("services:matters")


def _after(request: HttpRequest, draft_id: str, current: Page, row: int) -> str:
    """The next page; what has come up on this one comes first; from the check one goes back."""
    sheet = Sheet(request, draft_id)
    here = [gap for gap in sheet.filling.gaps() if gap.page.id == current.id and gap.row == row]
    if here and here[0].question is not None:
        return sheet.url(current.id, row)
    if row:
        return sheet.url(current.id) + ("?from=check" if _from_check(request) else "")
    return sheet.next_open() if _from_check(request) else sheet.after(current.id)


def _from_check(request: HttpRequest) -> bool:
    return request.GET.get("from") == "check"


def _keep(sheet: Sheet, form: drawing.PageForm) -> bool:
    """Whether everything was taken; a file for which there is no room is told at its field."""
    values = form.answers()
    if values:
        api.save_answers(context=sheet.context, draft_id=sheet.draft.id, answers=values)
    context, draft_id = sheet.context, sheet.draft.id
    for key, file in form.handed_in().items():
        try:
            api.attach_file(
                context=context, draft_id=draft_id, question=key, file=file, checked=file.checked
            )
        except TooMany as full:
            said = f"{full.title(sheet.tongue)} {full.next_step(sheet.tongue)}"
            form.add_error(key.rsplit(".", 1)[-1], said)
            return False
    return True


def _draw(
    request: HttpRequest,
    sheet: Sheet,
    current: Page,
    form: drawing.PageForm,
    *,
    status: int = 200,
    down: tuple[Text, ...] = (),
) -> HttpResponse:
    asked = sheet.filling.asked(current, form.row)
    facts = {
        **_heading(sheet, current),
        "form": form,
        "multipart": any(q.kind == "file" for q in asked),
        "back": sheet.url(current.id) if form.row else sheet.before(current.id),
        "kept": _kept_files(sheet, form),
        "confirmed": _confirmed(current, sheet.answers),
        "facts": any(drawing.is_fact(q, sheet.answers.get(q.id)) for q in asked),
        "down": [title.text(sheet.tongue) for title in down],
    }
    return asking.show(request, "question.html", facts, status)


def _heading(sheet: Sheet, current: Page) -> dict[str, Any]:
    pages = sheet.pages()
    return {
        "draft": sheet.draft,
        "title": sheet.title(),
        "page": current,
        "page_title": current.title.text(sheet.tongue),
        "intro": current.intro.text(sheet.tongue),
        "number": [one.id for one in pages].index(current.id) + 1,
        "count": len(pages) + 1,
    }


def _kept_files(sheet: Sheet, form: drawing.PageForm) -> list[dict[str, Any]]:
    files = sheet.files()
    return [
        {"key": key, "label": question.label.text(sheet.tongue), "file": files[key]}
        for question in sheet.filling.asked(form.page, form.row)
        if (key := answering.key_of(form.page, question.id, form.row)) in files
    ]


def _confirmed(current: Page, answers: answering.Answers) -> bool:
    """Whether the page shows something that the account knew."""
    return any(
        question.id in answers and answers[question.id].source == "account"
        for question in current.questions
    )


# --- groups -----------------------------------------------------------------------------


def _group(request: HttpRequest, sheet: Sheet, current: Page) -> HttpResponse:
    """The members of a group so far, each to be changed or removed, and room for another."""
    rows = sheet.filling.rows(current)
    if request.method == "POST":
        return _group_done(request, sheet, current)
    if current.repeat and not rows and current.repeat.minimum:
        return redirect(sheet.url(current.id, 1))
    return _draw_group(request, sheet, current, [])


def _group_done(request: HttpRequest, sheet: Sheet, current: Page) -> HttpResponse:
    if "leave" in request.POST:
        return _left(request)
    short = [gap for gap in sheet.filling.gaps() if gap.page.id == current.id]
    if short:
        lacking = short[0]
        if lacking.question is not None:
            return redirect(sheet.url_of(lacking))
        least = current.repeat.minimum if current.repeat else 0
        text = _("Add at least %(count)d.") % {"count": least}
        errors = [{"text": text, "href": "#add"}]
        return _draw_group(request, sheet, current, errors, status=422)
    done = sheet.next_open() if _from_check(request) else sheet.after(current.id)
    return HttpResponseRedirect(done)


def _draw_group(
    request: HttpRequest, sheet: Sheet, current: Page, errors: list[Any], status: int = 200
) -> HttpResponse:
    filling, tongue, repeat = sheet.filling, sheet.tongue, current.repeat
    rows = filling.rows(current)
    members = [
        {
            "url": sheet.url(current.id, row),
            "remove": f"{sheet.url(current.id, row)}remove/",
            "title": f"{repeat.item.text(tongue) if repeat else ''} {place}",
            "text": filling.summary(current, row, tongue),
        }
        for place, row in enumerate(rows, 1)
    ]
    room = repeat is not None and len(rows) < repeat.maximum
    facts = {
        **_heading(sheet, current),
        "members": members,
        "errors": errors,
        "add": sheet.url(current.id, filling.next_row(current)) if room else "",
        "add_text": repeat.add.text(tongue) if repeat else "",
        "most": repeat.maximum if repeat else 0,
        "back": sheet.before(current.id),
    }
    return asking.show(request, "group.html", facts, status)


@require_POST
@page(permission=RIGHT)
def remove_row(request: HttpRequest, draft_id: str, page_id: str, row: int) -> HttpResponse:
    sheet = Sheet(request, str(draft_id))
    registers.remove_member(context=sheet.context, draft_id=sheet.draft.id, page=page_id, row=row)
    return redirect(sheet.url(page_id))


# --- files, and throwing away -----------------------------------------------------------


@require_POST
@page(permission=RIGHT)
def remove_file(request: HttpRequest, draft_id: str, question: str) -> HttpResponse:
    sheet = Sheet(request, str(draft_id))
    api.detach_file(context=sheet.context, draft_id=sheet.draft.id, question=question)
    places = [line for line in sheet.filling.lines() if line.key == question]
    return redirect(sheet.url(places[0].page.id, places[0].row) if places else sheet.begin())


@require_POST
@page(permission=RIGHT)
def discard(request: HttpRequest, draft_id: str) -> HttpResponse:
    api.discard_draft(context=asker(request), draft_id=str(draft_id))
    messages.success(request, _("The draft was thrown away."))
    return redirect("services:matters")
