"""Changing a form, one thing at a time: each answers a new form and leaves the old one alone.

What comes out may have faults; an editor shows them, and publishing refuses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from pengcheng.kit.forms.parts import (
    Condition,
    Definition,
    OptionList,
    Page,
    Question,
    Section,
    When,
)

T = TypeVar("T", Page, Question, OptionList)


def _put(items: Sequence[T], id: str, item: T) -> tuple[T, ...]:
    """With the item in the place of the one of that id, or at the end."""
    if any(one.id == id for one in items):
        return tuple(item if one.id == id else one for one in items)
    kept: list[T] = list(items)
    kept.append(item)
    return tuple(kept)


def _moved(items: Sequence[T], id: str, by: int) -> tuple[T, ...]:
    kept = list(items)
    place = next((n for n, one in enumerate(kept) if one.id == id), None)
    if place is None or not 0 <= place + by < len(kept):
        return tuple(kept)
    kept.insert(place + by, kept.pop(place))
    return tuple(kept)


def _without(items: Iterable[T], id: str) -> tuple[T, ...]:
    return tuple(one for one in items if one.id != id)


def fresh_id(form: Definition, base: str) -> str:
    """An id that nothing in the form has."""
    taken = {page.id for page in form.pages} | {question.id for question in form.questions()}
    taken |= {each.id for each in form.lists}
    number = 1
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


# --- pages ------------------------------------------------------------------------------


def put_page(form: Definition, id: str, page: Page) -> Definition:
    """Change a page (also its id), or add it at the end."""
    new = not any(one.id == id for one in form.pages)
    sections = form.sections
    if sections and new:
        sections = (*sections[:-1], _with_page(sections[-1], page.id))
    renamed = tuple(
        replace(one, pages=tuple(page.id if held == id else held for held in one.pages))
        for one in sections
    )
    return replace(form, pages=_put(form.pages, id, page), sections=renamed)


def _with_page(section: Section, id: str) -> Section:
    return replace(section, pages=(*section.pages, id))


def move_page(form: Definition, id: str, by: int) -> Definition:
    """Up or down; the sections keep the order of the pages."""
    pages = _moved(form.pages, id, by)
    order = [page.id for page in pages]
    sections = tuple(
        replace(one, pages=tuple(sorted(one.pages, key=_place(order)))) for one in form.sections
    )
    return replace(form, pages=pages, sections=sections)


def _place(order: list[str]):  # type: ignore[no-untyped-def]
    return lambda id: order.index(id) if id in order else len(order)


def remove_page(form: Definition, id: str) -> Definition:
    sections = tuple(
        replace(one, pages=tuple(held for held in one.pages if held != id)) for one in form.sections
    )
    kept = tuple(one for one in sections if one.pages)
    return replace(form, pages=_without(form.pages, id), sections=kept)


# --- questions --------------------------------------------------------------------------


def page_of(form: Definition, question_id: str) -> Page | None:
    return next((p for p in form.pages if any(q.id == question_id for q in p.questions)), None)


def put_question(form: Definition, page_id: str, id: str, question: Question) -> Definition:
    """Change a question of the page (also its id), or add it at the end."""
    return _on_page(form, page_id, lambda page: _put(page.questions, id, question))


def move_question(form: Definition, id: str, by: int) -> Definition:
    page = page_of(form, id)
    if page is None:
        return form
    return _on_page(form, page.id, lambda one: _moved(one.questions, id, by))


def remove_question(form: Definition, id: str) -> Definition:
    page = page_of(form, id)
    if page is None:
        return form
    return _on_page(form, page.id, lambda one: _without(one.questions, id))


def _on_page(form: Definition, page_id: str, change) -> Definition:  # type: ignore[no-untyped-def]
    pages = tuple(
        replace(page, questions=change(page)) if page.id == page_id else page for page in form.pages
    )
    return replace(form, pages=pages)


# --- lists ------------------------------------------------------------------------------


def put_list(form: Definition, id: str, options: OptionList) -> Definition:
    return replace(form, lists=_put(form.lists, id, options))


def remove_list(form: Definition, id: str) -> Definition:
    return replace(form, lists=_without(form.lists, id))


# --- the short conditions as FEEL -------------------------------------------------------


def as_feel(form: Definition, when: When) -> str:
    """A condition as an editor shows it: always FEEL."""
    if when is None or isinstance(when, str):
        return when or ""
    inner = _condition(form, when)
    return f"not({inner})" if when.negated else inner


def _condition(form: Definition, when: Condition) -> str:
    if when.question:
        return _compared(form, when)
    every = [as_feel(form, one) for one in when.all]
    some = [as_feel(form, one) for one in when.any]
    if some:
        joined = " or ".join(some)
        every.append(f"({joined})" if every and len(some) > 1 else joined)
    return " and ".join(every) or "true"


def _compared(form: Definition, when: Condition) -> str:
    question = form.question(when.question)
    kind = question.kind if question else "text"
    wanted = [*when.one_of, *([when.equals] if when.equals is not None else [])]
    if not wanted:
        return f"{when.question} != null"
    return " or ".join(_equal(when.question, kind, value) for value in wanted)


def _equal(id: str, kind: str, value: str) -> str:
    if kind in {"yesno", "declaration"} and value in {"yes", "no"}:
        return f"{id} = {'true' if value == 'yes' else 'false'}"
    text = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if kind == "choices":
        return f"list contains({id}, {text})"
    return f"{id} = {text}"
