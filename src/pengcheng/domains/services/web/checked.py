"""Checking the answers, and sending them once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from pengcheng.domains.services import api
from pengcheng.domains.services.api import lifeevents, registers
from pengcheng.domains.services.contracts import UploadView
from pengcheng.domains.services.web import asking, said
from pengcheng.domains.services.web.apply import FORM, RIGHT
from pengcheng.domains.services.web.sheet import Sheet
from pengcheng.kernel.problems import Invalid
from pengcheng.kernel.web import page
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms import drawing
from pengcheng.kit.forms.answers import Answer, Line
from pengcheng.kit.forms.definition import Page

CODES = "services.codes"
"""Where a session keeps look-up codes, so that the receipt can be read again until signing out."""


@FORM
@never_cache
@page(permission=RIGHT)
def check(request: HttpRequest, draft_id: str) -> HttpResponse:
    sheet = Sheet(request, str(draft_id))
    if request.method == "POST":
        return _send(request, sheet)
    if sheet.draft.case_id and not _correcting(sheet):
        return redirect(_place(sheet, sheet.draft.case_id))
    return _check_page(request, sheet, [])


def _correcting(sheet: Sheet) -> bool:
    if _of_event(sheet):
        found = lifeevents.get_filing(context=sheet.context, filing_id=sheet.draft.case_id)
        return bool(found.mending)
    case, _history = api.get_matter(context=sheet.context, case_id=sheet.draft.case_id)
    return bool(case.state == "correction_requested")


def _check_page(
    request: HttpRequest, sheet: Sheet, errors: list[dict[str, str]], status: int = 200
) -> HttpResponse:
    facts = {
        "draft": sheet.draft,
        "title": sheet.title(),
        "sections": list(_sections(sheet)),
        "errors": errors,
        "ready": not sheet.filling.gaps(),
        "instant": api.decided_instantly(code=sheet.item.task_code),
        "correcting": bool(sheet.draft.case_id),
        "back": sheet.tasks_url() if sheet.form.sections else sheet.url(sheet.pages()[-1].id),
    }
    return asking.show(request, "check.html", facts, status)


def _sections(sheet: Sheet) -> Iterator[dict[str, Any]]:
    """A heading with its answers for each page, and for each member of a group."""
    files, gaps = sheet.files(), {gap.key for gap in sheet.filling.gaps()}
    parts: dict[tuple[str, int], dict[str, Any]] = {}
    for line in sheet.filling.told():
        part = parts.setdefault((line.page.id, line.row), {"page": line.page, "rows": []})
        part.setdefault("title", _title(line, sheet.tongue))
        part["rows"].append(_row(sheet, line, files, line.key in gaps))
    for current in sheet.pages():
        own = [part for key, part in parts.items() if key[0] == current.id]
        yield from own
        if current.repeat:
            yield _members(sheet, current, len(own))


def _title(line: Line, tongue: str) -> str:
    if not line.page.repeat:
        return line.page.title.text(tongue)
    return f"{line.page.title.text(tongue)}: {line.page.repeat.item.text(tongue)} {line.place}"


def _members(sheet: Sheet, current: Page, count: int) -> dict[str, Any]:
    """A group's own line, from which members are added and removed."""
    change = {"url": f"{sheet.url(current.id)}?from=check", "text": _("Change")}
    row = {"key": current.title.text(sheet.tongue), "value": str(count), "actions": [change]}
    return {"title": "", "rows": [row]}


def _row(sheet: Sheet, line: Line, files: dict[str, UploadView], missing: bool) -> dict[str, Any]:
    question, answer = line.question, line.answer
    text: Any = answering.shown(question, answer, sheet.tongue)
    if question.kind == "file" and line.key in files:
        text = _file_line(files[line.key])
    if answer is not None and answer.waits:
        text = _(drawing.WAITS[answer.waits])
    if not text:
        text = _("Still to be answered") if missing else _("Nothing given")
    label = question.label.text(sheet.tongue)
    only_chinese = said.english(sheet.tongue) and not question.label.en
    change = f"{sheet.url(line.page.id, line.row)}?from=check#id_{question.id}"
    actions = [{"url": change, "text": _("Change"), "hidden": label}]
    return {
        "key": said.zh(label, sheet.tongue) if only_chinese else label,
        "value": format_html("{} · {}", text, origin(answer)) if origin(answer) else text,
        "actions": [] if question.kind == "computed" else actions,
    }


def origin(answer: Answer | None) -> str:
    """Where an answer comes from when it was not typed by the person."""
    if answer is None or answer.source == answering.DECLARED:
        if answer is not None and answer.correction:
            return _("your own statement; the register is being corrected")
        return _("changed by you") if answer is not None and answer.edited_by_user else ""
    if answer.label:
        return answer.label.text(get_language() or "zh")
    return {"account": _("from your account"), "upload": ""}.get(answer.source, "")


def _file_line(file: UploadView) -> str:
    return f"{file.name} ({max(1, file.size // 1024)} kB)"


def _send(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    try:
        if sheet.draft.case_id and _correcting(sheet):
            return _add(request, sheet)
        registers.refresh_facts(context=sheet.context, draft_id=sheet.draft.id)
        applied = api.submit(context=sheet.context, draft_id=sheet.draft.id)
    except Invalid as problem:
        now = Sheet(request, sheet.draft.id)
        return _check_page(request, now, _errors(now, problem), status=422)
    if applied.code:
        kept = request.session.get(CODES, {})
        request.session[CODES] = {**kept, applied.case_id: applied.code}
    return redirect(_place(sheet, applied.case_id, sent=True))


def _of_event(sheet: Sheet) -> bool:
    """Whether this is the one form of a life event."""
    return lifeevents.event_of_item(code=sheet.item.task_code) is not None


def _place(sheet: Sheet, case_id: str, *, sent: bool = False) -> str:
    """Where to follow what was sent: the matter, or all parts of an event together."""
    if _of_event(sheet):
        place = reverse("services:event-filing", args=[case_id])
        return f"{place}?sent=1" if sent else place
    return reverse("services:done" if sent else "services:matter", args=[case_id])


def _add(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    note = request.POST.get("note", "")[:1000]
    if _of_event(sheet):
        lifeevents.resend(context=sheet.context, draft_id=sheet.draft.id, note=note)
        messages.success(request, _("Only the parts that had to be mended were sent again."))
        return redirect(_place(sheet, sheet.draft.case_id))
    api.supplement(context=sheet.context, case_id=sheet.draft.case_id, note=note)
    messages.success(request, _("Your addition was sent."))
    return redirect("services:matter", sheet.draft.case_id)


def _errors(sheet: Sheet, problem: Invalid) -> list[dict[str, str]]:
    """Each missing or wrong answer with a link to its page."""
    places = {line.key: line for line in sheet.filling.told()}
    groups = {page.id for page in sheet.pages() if page.repeat}
    found = []
    for error in problem.errors:
        key = error.pointer.rsplit("/", 1)[-1]
        text = error.en if said.english(sheet.tongue) else error.zh
        href = ""
        if key in places:
            line = places[key]
            href = f"{sheet.url(line.page.id, line.row)}?from=check#id_{line.question.id}"
        elif key in groups:
            href = f"{sheet.url(key)}?from=check"
        found.append({"text": text, "href": href})
    return found
