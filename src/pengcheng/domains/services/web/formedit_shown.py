"""What the form editor shows: the pages and questions as a list, and a page as people see it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from msgspec.structs import replace

from pengcheng.domains.services.api.editing import Editing
from pengcheng.domains.services.api.registers import fill_lists
from pengcheng.domains.services.web.formedit_forms import KINDS
from pengcheng.kit.forms import chinese, drawing, editing
from pengcheng.kit.forms.checking import Fault
from pengcheng.kit.forms.filling import Filling
from pengcheng.kit.forms.parts import Definition, Page, Question


def pages(now: Editing, tongue: str) -> list[dict[str, Any]]:
    """Every page with its questions, their conditions and their faults."""
    last = len(now.form.pages) - 1
    return [
        {
            "id": page.id,
            "title": page.title.text(tongue),
            "when": editing.as_feel(now.form, page.when),
            "repeat": page.repeat,
            "up": place > 0,
            "down": place < last,
            "faults": faults(now, tongue, page=page.id, question=""),
            "questions": _questions(now, page, tongue),
        }
        for place, page in enumerate(now.form.pages)
    ]


def _questions(now: Editing, page: Page, tongue: str) -> list[dict[str, Any]]:
    last = len(page.questions) - 1
    return [
        {
            "id": question.id,
            "label": question.label.text(tongue),
            "kind": str(KINDS[question.kind]),
            "optional": question.required is False and question.kind not in {"note", "computed"},
            "when": editing.as_feel(now.form, question.when),
            "bound": question.bound,
            "up": place > 0,
            "down": place < last,
            "faults": faults(now, tongue, page=page.id, question=question.id),
        }
        for place, question in enumerate(page.questions)
    ]


def faults(now: Editing, tongue: str, *, page: str, question: str) -> list[str]:
    return [
        chinese.said(fault.message, tongue)
        for fault in now.faults
        if (fault.page, fault.question) == (page, question)
    ]


def summary(now: Editing, tongue: str) -> list[str]:
    """All faults in one list, each with its place."""
    return [f"{_place(fault)}{chinese.said(fault.message, tongue)}" for fault in now.faults]


def _place(fault: Fault) -> str:
    place = " / ".join(filter(None, (fault.page, fault.question))) or fault.where
    return f"{place}: "


# --- as people see it -------------------------------------------------------------------


def preview(request: HttpRequest, form: Definition, page: Page | None, tongue: str) -> SafeString:
    """The page as it is drawn for a citizen, every question of it, in this language."""
    if page is None:
        return SafeString("")
    alone = _alone(form, page)
    with translation.override("en" if tongue == "en" else "zh-hans"):
        filling = Filling(alone, {})
        drawn = drawing.page_form(filling, alone.pages[0], tongue)
        drawn.auto_id = "preview_%s"
        facts = {
            "form": drawn,
            "title": page.title.text(tongue),
            "intro": page.intro.text(tongue),
            "tongue": "en" if tongue == "en" else "zh-Hans",
            "face": "portal",
        }
        return render_to_string("services/formedit/preview.html", facts, request)


def _alone(form: Definition, page: Page) -> Definition:
    """Only this page, with nothing hidden: an author wants to see all of it."""
    shown = replace(
        page, when=None, repeat=None, questions=tuple(_open(one) for one in page.questions)
    )
    return fill_lists(form=replace(form, pages=(shown,), sections=()))


def _open(question: Question) -> Question:
    options = tuple(replace(option, when=None) for option in question.options)
    formula = "null" if question.kind == "computed" else ""
    required = question.required is not False
    return replace(question, when=None, options=options, formula=formula, required=required)
