"""A form together with its answers: which pages and questions apply, what is missing, what goes in.

One walk from the first page to the last decides everything, because conditions look back only. A
question that does not apply counts as unanswered for all that follow it, yet its answer is kept
for a person who changes their mind again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pengcheng.kernel import clock
from pengcheng.kit.forms import checking, conditions
from pengcheng.kit.forms.answer import (
    COMPUTED,
    Answer,
    Answers,
    has,
    holds,
    key_of,
    rows_of,
)
from pengcheng.kit.forms.parts import (
    SILENT,
    Condition,
    Definition,
    Page,
    Question,
    Text,
    Trust,
    When,
)
from pengcheng.kit.forms.shown import shown


class Line(Struct, frozen=True):
    """An answered question: its key, the member of the group it belongs to, and the answer."""

    page: Page
    question: Question
    key: str
    row: int = 0
    place: int = 0
    answer: Answer | None = None


class Gap(Struct, frozen=True):
    """Something still to be done: a question to answer, or a group with too few members."""

    page: Page
    question: Question | None = None
    row: int = 0
    unseen: bool = False

    @property
    def key(self) -> str:
        return key_of(self.page, self.question.id, self.row) if self.question else self.page.id


class Fault(Struct, frozen=True):
    """An answer that a check of the form does not let pass."""

    page: Page
    question: Question
    message: Text
    row: int = 0

    @property
    def key(self) -> str:
        return key_of(self.page, self.question.id, self.row)


@lru_cache(maxsize=512)
def ready(definition: Definition) -> tuple[Definition, tuple[str, ...]]:
    """The form with each question holding the options of its list, and its names in FEEL."""
    pages = tuple(
        replace(page, questions=tuple(_with_options(definition, q) for q in page.questions))
        for page in definition.pages
    )
    return replace(definition, pages=pages), checking.names(definition)


def _with_options(definition: Definition, question: Question) -> Question:
    if not question.list or question.options:
        return question
    return replace(question, options=checking.options_of(definition, question))


def knows(definition: Definition, key: str) -> bool:
    """Whether the form has a question whose answer is stored under this key."""
    page_id, _, rest = key.partition(".")
    if not rest:
        return any(not p.repeat and any(q.id == key for q in p.questions) for p in definition.pages)
    row, _, question_id = rest.partition(".")
    page = definition.page(page_id)
    fits = page is not None and page.repeat is not None and re.fullmatch(r"[1-9]\d{0,3}", row)
    return bool(page and fits and any(q.id == question_id for q in page.questions))


class Filling:
    """What the answers so far make of the form; with other answers, make another."""

    def __init__(self, definition: Definition, answers: Answers, today: date | None = None) -> None:
        self.definition, self._names = ready(definition)
        self.answers = answers
        self.today = today or clock.today()

    # --- which pages and questions apply ------------------------------------------------

    @cached_property
    def _walk(self) -> _Walk:
        return _Walk(self)

    def pages(self) -> tuple[Page, ...]:
        """The pages that apply; each with at least one question."""
        return self._walk.pages

    def page(self, page_id: str) -> Page | None:
        return next((page for page in self.pages() if page.id == page_id), None)

    def rows(self, page: Page) -> tuple[int, ...]:
        """The members of a group; a page that is none has the one row 0."""
        return rows_of(page, self.answers)

    def next_row(self, page: Page) -> int:
        return max(self.rows(page), default=0) + 1

    def asked(self, page: Page, row: int = 0) -> tuple[Question, ...]:
        """The questions of the page that apply, with the options that apply."""
        found = self._walk.asked.get((page.id, row))
        return self._walk.questions(self.page(page.id) or page, row) if found is None else found

    def after(self, page_id: str) -> Page | None:
        pages = self.pages()
        places = [place for place, page in enumerate(pages) if page.id == page_id]
        return pages[places[0] + 1] if places and places[0] + 1 < len(pages) else None

    def before(self, page_id: str) -> Page | None:
        pages = self.pages()
        places = [place for place, page in enumerate(pages) if page.id == page_id]
        return pages[places[0] - 1] if places and places[0] > 0 else None

    # --- what the answers say -----------------------------------------------------------

    @property
    def values(self) -> dict[str, Any]:
        """The answers that apply as values of FEEL, under the ids of their questions."""
        return self._walk.values

    def values_of(self, page: Page, row: int = 0) -> dict[str, Any]:
        """The same with the answers of one member of a group in sight."""
        return self._walk.scopes.get((page.id, row), self.values)

    def value(self, expression: str, page: Page | None = None, row: int = 0) -> Any:
        """What a FEEL expression comes to."""
        seen = self.values if page is None else self.values_of(page, row)
        return conditions.evaluate(expression, self._names, seen)

    def required(self, page: Page, question: Question, row: int = 0) -> bool:
        if question.kind in SILENT:
            return False
        if isinstance(question.required, str):
            return self.value(question.required, page, row) is True
        return question.required

    def computed(self, page: Page, question: Question, row: int = 0) -> Answer:
        """What the form works out, as good as the weakest answer it rests on."""
        value = self.value(question.formula, page, row)
        text = conditions.written(value, question.shown_as)
        return Answer(value=text, source=COMPUTED, trust=self._trust(page, question, row))

    def _trust(self, page: Page, question: Question, row: int) -> Trust:
        used = conditions.uses(question.formula, self._names)
        grades = {
            line.answer.trust
            for line in self.lines()
            if line.answer and (line.question.id in used or line.page.id in used)
        }
        return max(grades, default="D")

    def summary(self, page: Page, row: int, language: str) -> str:
        """A member of a group in one line."""
        if page.repeat and page.repeat.summary:
            return conditions.written(self.value(page.repeat.summary, page, row), "text")
        told = (
            shown(question, self.answers.get(key_of(page, question.id, row)), language)
            for question in self.asked(page, row)
            if question.kind not in SILENT
        )
        return " · ".join(list(filter(None, told))[:2])

    # --- what is left to do, and what goes in -------------------------------------------

    def lines(self) -> Iterator[Line]:
        """Every question that applies, in order, with its answer if there is one."""
        return iter(self._lines)

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        return tuple(self._found())

    def _found(self) -> Iterator[Line]:
        for page in self.pages():
            for place, row in enumerate(self.rows(page), 1 if page.repeat else 0):
                for question in self.asked(page, row):
                    key = key_of(page, question.id, row)
                    found = None if question.kind in SILENT else self.answers.get(key)
                    yield Line(page, question, key, row, place, found)

    def told(self) -> Iterator[Line]:
        """The same without words between questions, and with what the form works out."""
        return iter(self._told)

    @cached_property
    def _told(self) -> tuple[Line, ...]:
        return tuple(self._worked_out())

    def _worked_out(self) -> Iterator[Line]:
        for line in self.lines():
            if line.question.kind == "computed":
                worked = self.computed(line.page, line.question, line.row)
                yield replace(line, answer=worked)
            elif line.question.kind != "note":
                yield line

    def applying(self) -> dict[str, Answer]:
        """Only the answers to questions that apply: a changed mind leaves nothing behind."""
        return {line.key: line.answer for line in self.told() if line.answer is not None}

    def gaps(self) -> tuple[Gap, ...]:
        """What must still be answered or confirmed, page by page."""
        return tuple(gap for page in self.pages() for gap in self._gaps_of(page))

    def _gaps_of(self, page: Page) -> Iterator[Gap]:
        rows = self.rows(page)
        if page.repeat and len(rows) < page.repeat.minimum:
            yield Gap(page)
        for row in rows:
            for question in self.asked(page, row):
                key = key_of(page, question.id, row)
                answer = self.answers.get(key)
                if answer is not None and (answer.waits or answer.unseen):
                    if answer.unseen:
                        yield Gap(page, question, row, True)
                elif not has(self.answers, key) and self.required(page, question, row):
                    yield Gap(page, question, row)

    def faults(self) -> tuple[Fault, ...]:
        """Answers that the form's own checks do not let pass, as things stand today."""
        return tuple(
            Fault(line.page, line.question, message, line.row)
            for line in self.lines()
            for message in self.complaints(line)
        )

    def complaints(self, line: Line) -> Iterator[Text]:
        """What the checks say to one answer; nothing to one that is not there."""
        if not line.question.checks:
            return
        value = conditions.typed(line.question, line.answer.value if line.answer else None)
        if value is None or value == []:
            return
        seen = {**self.values_of(line.page, line.row), "value": value}
        for check in line.question.checks:
            if conditions.evaluate(check.valid, self._names, seen) is not True:
                yield check.message
                return


class _Walk:
    """The one pass: pages and questions that apply, and the values seen on the way."""

    def __init__(self, filling: Filling) -> None:
        self._filling, self._names = filling, filling._names
        self._kept: dict[str, Answer] = {}
        self.values: dict[str, Any] = dict.fromkeys(self._names)
        self.values["today"] = filling.today
        self.asked: dict[tuple[str, int], tuple[Question, ...]] = {}
        self.scopes: dict[tuple[str, int], dict[str, Any]] = {}
        self.pages = tuple(page for page in filling.definition.pages if self._take(page))

    def _take(self, page: Page) -> bool:
        if not self._holds(page.when, self.values):
            return False
        if page.repeat:
            self._take_group(page)
            return True
        self.asked[page.id, 0] = self._take_row(page, 0, self.values, self._kept)
        only_words = all(question.kind == "note" for question in page.questions)
        return any(only_words or q.kind != "note" for q in self.asked[page.id, 0])

    def _take_group(self, page: Page) -> None:
        members = []
        for row in rows_of(page, self._filling.answers):
            scope, kept = {**self.values, "row": row}, dict(self._kept)
            self.asked[page.id, row] = self._take_row(page, row, scope, kept)
            self.scopes[page.id, row] = scope
            members.append({q.id: scope.get(q.id) for q in page.questions if q.kind != "note"})
        self.values[page.id] = members

    def _take_row(
        self, page: Page, row: int, scope: dict[str, Any], kept: dict[str, Answer]
    ) -> tuple[Question, ...]:
        found = []
        for question in page.questions:
            if not self._holds(question.when, scope, kept):
                continue
            found.append(self._with_options(question, scope, kept))
            answer = self._filling.answers.get(key_of(page, question.id, row))
            if question.kind == "computed":
                scope[question.id] = conditions.evaluate(question.formula, self._names, scope)
            elif answer is not None:
                kept[question.id] = answer
                scope[question.id] = conditions.typed(question, answer.value)
        return tuple(found)

    def questions(self, page: Page, row: int) -> tuple[Question, ...]:
        """Those of a member that is only being added."""
        return self._take_row(page, row, {**self.values, "row": row}, dict(self._kept))

    def _with_options(
        self, question: Question, scope: dict[str, Any], kept: dict[str, Answer]
    ) -> Question:
        if all(option.when is None for option in question.options):
            return question
        fitting = tuple(o for o in question.options if self._holds(o.when, scope, kept))
        return replace(question, options=fitting)

    def _holds(
        self, when: When, scope: dict[str, Any], kept: dict[str, Answer] | None = None
    ) -> bool:
        if when is None or when == "":
            return True
        if isinstance(when, Condition):
            return holds(when, self._kept if kept is None else kept)
        return conditions.evaluate(when, self._names, scope) is True
