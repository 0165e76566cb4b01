"""The task list: how each section of a form stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from pengcheng.kit.forms.answer import key_of
from pengcheng.kit.forms.filling import Filling
from pengcheng.kit.forms.parts import SILENT, Page, Section

State = Literal["not_started", "in_progress", "done", "cannot_start"]


class Task(Struct, frozen=True):
    """A section with its state and the page on which to go on."""

    section: Section
    state: State
    page: Page
    pages: tuple[Page, ...]


def tasks(filling: Filling) -> tuple[Task, ...]:
    """The sections that apply, in order. A section whose pages are all skipped is left out."""
    found: dict[str, Task] = {}
    for section in filling.definition.sections:
        pages = tuple(page for page in filling.pages() if page.id in section.pages)
        if pages:
            blocked = any(found[id].state != "done" for id in section.after if id in found)
            found[section.id] = _task(filling, section, pages, blocked)
    return tuple(found.values())


def _task(filling: Filling, section: Section, pages: tuple[Page, ...], blocked: bool) -> Task:
    if blocked:
        return Task(section, "cannot_start", pages[0], pages)
    begun = [page for page in pages if _visited(filling, page)]
    gaps = [gap.page for gap in filling.gaps() if gap.page.id in section.pages]
    waiting = [page for page in pages if page in gaps or page not in begun]
    if not waiting:
        return Task(section, "done", pages[0], pages)
    return Task(section, "in_progress" if begun else "not_started", waiting[0], pages)


def _visited(filling: Filling, page: Page) -> bool:
    """Whether the page was sent once; an answer fetched and not confirmed does not count."""
    return next(_kept(filling, page), False) or _silent(page) or _empty_group(filling, page)


def _kept(filling: Filling, page: Page) -> Iterator[bool]:
    for row in filling.rows(page):
        for question in filling.asked(page, row):
            answer = filling.answers.get(key_of(page, question.id, row))
            if answer is not None and not answer.unseen:
                yield True


def _silent(page: Page) -> bool:
    return all(question.kind in SILENT or not question.required for question in page.questions)


def _empty_group(filling: Filling, page: Page) -> bool:
    return page.repeat is not None and page.repeat.minimum == 0


def section_of(filling: Filling, page_id: str) -> Task | None:
    """The task to which a page belongs, if the form has a task list."""
    return next((t for t in tasks(filling) if page_id in t.section.pages), None)
