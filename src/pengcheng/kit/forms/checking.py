"""What is wrong with a form: everything its author should know, with the place of each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from pengcheng.kit.forms import conditions
from pengcheng.kit.forms.parts import (
    Condition,
    Definition,
    Option,
    Page,
    Question,
    Section,
    When,
)

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_CHOOSING = {"choice", "choices", "lookup"}
MOST_PATTERN = 300


class Fault(Struct, frozen=True):
    """``where`` is in words, ``page``, ``question`` and ``field`` lead an editor to it."""

    where: str
    message: str
    page: str = ""
    question: str = ""
    field: str = ""


class _Place(Struct, frozen=True):
    page: str
    question: str = ""

    def __call__(self, message: str, field: str = "") -> Fault:
        where = f"page {self.page}"
        if self.question:
            where += f", question {self.question}"
        return Fault(where, message, self.page, self.question, field)


def faults(definition: Definition) -> Iterator[Fault]:
    """Ids are unique, choices have options, expressions are FEEL and look back."""
    seen: list[str] = []
    pages: set[str] = set()
    for page in definition.pages:
        place = _Place(page.id)
        if page.id in pages:
            yield place("the id is used twice", "id")
        pages.add(page.id)
        yield from _page(definition, page, seen)
    yield from _lists(definition)
    yield from _sections(definition)


def names(definition: Definition) -> tuple[str, ...]:
    """All names that answers have in FEEL: questions, and groups by the id of their page."""
    groups = (page.id for page in definition.pages if page.repeat)
    asked = (q.id for q in definition.questions() if q.kind != "note")
    return (*asked, *groups)


# --- pages and groups -------------------------------------------------------------------


def _page(definition: Definition, page: Page, seen: list[str]) -> Iterator[Fault]:
    place = _Place(page.id)
    if not _ID.fullmatch(page.id):
        yield place("an id has letters, digits, - and _ and begins with a letter", "id")
    if not (page.title.zh and page.title.en):
        yield place("the title is missing in one language", "title")
    yield from _expression(place, page.when, seen, "when")
    here: list[str] = []
    for question in page.questions:
        yield from _question(definition, page, question, [*seen, *here])
        here.append(question.id)
    seen += here
    if page.repeat:
        yield from _group(page, seen)
        seen.append(page.id)


def _group(page: Page, seen: list[str]) -> Iterator[Fault]:
    place, repeat = _Place(page.id), page.repeat
    if repeat is None:
        return
    if page.id in seen:
        yield place("a group's id is a question's id too", "id")
    if not 0 <= repeat.minimum <= repeat.maximum or not 1 <= repeat.maximum <= 100:
        yield place("a group has from 0 to 100 members, the least not above the most", "repeat")
    if any(question.bound for question in page.questions):
        yield place("what a register knows cannot be asked in a group", "binding")
    if repeat.summary:
        yield from _expression(place, repeat.summary, seen, "summary")


# --- questions --------------------------------------------------------------------------


def _question(
    definition: Definition, page: Page, question: Question, seen: list[str]
) -> Iterator[Fault]:
    place = _Place(page.id, question.id)
    if question.id in seen or sum(q.id == question.id for q in page.questions) > 1:
        yield place("the id is used twice", "id")
    if not _ID.fullmatch(question.id) or question.id in conditions.ALWAYS:
        yield place("an id has letters, digits, - and _ and begins with a letter", "id")
    if not (question.label.zh and question.label.en):
        yield place("the label is missing in one language", "label")
    yield from _choosing(definition, place, question, seen)
    yield from _measures(place, question)
    yield from _expressions(place, question, seen)


def _choosing(
    definition: Definition, place: _Place, question: Question, seen: list[str]
) -> Iterator[Fault]:
    if question.list and definition.option_list(question.list) is None:
        yield place(f"there is no list {question.list!r}", "list")
    options = options_of(definition, question)
    if question.kind in _CHOOSING and not supplied(definition, question) and len(options) < 2:
        yield place("a choice needs two options or more", "options")
    if len({option.value for option in options}) < len(options):
        yield place("two options have the same value", "options")
    for option in question.options:
        yield from _expression(place, option.when, seen, "options")


def options_of(definition: Definition, question: Question) -> tuple[Option, ...]:
    """The options of a question, its own or those of its list."""
    shared = definition.option_list(question.list) if question.list else None
    return question.options or (shared.options if shared else ())


def supplied(definition: Definition, question: Question) -> bool:
    """Whether somebody else supplies the options when the form is drawn."""
    shared = definition.option_list(question.list) if question.list else None
    return bool(shared and shared.source)


def _measures(place: _Place, question: Question) -> Iterator[Fault]:
    low, high = question.minimum, question.maximum
    if low is not None and high is not None and low > high:
        yield place("the minimum is above the maximum", "minimum")
    if not 1 <= question.max_length <= 10_000:
        yield place("a text has from 1 to 10000 characters", "max_length")
    if question.pattern:
        yield from _pattern(place, question.pattern)
    if question.bound is not None and question.kind in {"file", "computed", "note", "address"}:
        yield place("this kind cannot come from a register", "binding")
    if question.kind == "computed" and not question.formula:
        yield place("a computed value needs a formula", "formula")


def _pattern(place: _Place, pattern: str) -> Iterator[Fault]:
    if len(pattern) > MOST_PATTERN:
        yield place("the pattern is too long", "pattern")
        return
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        yield place("the pattern is not a regular expression", "pattern")


def _expressions(place: _Place, question: Question, seen: list[str]) -> Iterator[Fault]:
    yield from _expression(place, question.when, seen, "when")
    if isinstance(question.required, str):
        yield from _expression(place, question.required, seen, "required")
    if question.formula:
        yield from _expression(place, question.formula, seen, "formula")
    for check in question.checks:
        yield from _expression(place, check.valid, [*seen, question.id], "checks")
        if not (check.message.zh and check.message.en):
            yield place("the message of a check is missing in one language", "checks")


def _expression(place: _Place, when: When, seen: list[str], field: str) -> Iterator[Fault]:
    if isinstance(when, Condition):
        for asked in when.asks():
            if asked not in seen:
                message = f"its condition asks {asked!r}, which no earlier page or question asks"
                yield place(message, field)
    elif when:
        wrong = conditions.complaint(when, seen)
        if wrong:
            yield place(wrong, field)


# --- lists and sections -----------------------------------------------------------------


def _lists(definition: Definition) -> Iterator[Fault]:
    ids = [each.id for each in definition.lists]
    for each in definition.lists:
        where = f"list {each.id}"
        if ids.count(each.id) > 1:
            yield Fault(where, "the id is used twice")
        if not each.source and len(each.options) < 2:
            yield Fault(where, "a list needs two options or more, or a source")


def _sections(definition: Definition) -> Iterator[Fault]:
    if not definition.sections:
        return
    held = [page for section in definition.sections for page in section.pages]
    order = [page.id for page in definition.pages]
    before: set[str] = set()
    for section in definition.sections:
        yield from _section(section, order, before)
        before.add(section.id)
    if sorted(held) != sorted(order):
        yield Fault("sections", "each page belongs to one section")
    elif held != order:
        yield Fault("sections", "sections and pages stand in the same order")


def _section(section: Section, order: list[str], before: set[str]) -> Iterator[Fault]:
    where = f"section {section.id}"
    if section.id in before:
        yield Fault(where, "the id is used twice")
    for page in section.pages:
        if page not in order:
            yield Fault(where, f"there is no page {page!r}")
    for other in section.after:
        if other not in before:
            yield Fault(where, f"it waits for {other!r}, which no earlier section is")
