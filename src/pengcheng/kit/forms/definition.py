"""What a form is: pages, questions, conditions. A wrong file is refused with the place named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import Struct, field

Kind = Literal[
    "text",
    "textarea",
    "number",
    "date",
    "choice",
    "choices",
    "yesno",
    "mobile",
    "email",
    "resident_id",
    "organisation_code",
    "file",
    "declaration",
]


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """Words in both languages."""

    zh: str = ""
    en: str = ""

    def text(self, language: str) -> str:
        return (self.en if language.startswith("en") else self.zh) or self.zh or self.en

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


NO_TEXT = Text()


class Condition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When something is asked: one answer compared, or several conditions joined."""

    question: str = ""
    equals: str | None = field(default=None, name="is")
    one_of: tuple[str, ...] = field(default=(), name="in")
    negated: bool = field(default=False, name="not")
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()

    def asks(self) -> Iterator[str]:
        """The ids of all questions that the condition looks at."""
        if self.question:
            yield self.question
        for inner in (*self.all, *self.any):
            yield from inner.asks()


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the answers to choose from."""

    value: str
    label: Text


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that is asked. ``binding`` names the register that may answer it beforehand."""

    id: str
    kind: Kind
    label: Text
    hint: Text = NO_TEXT
    required: bool = True
    options: tuple[Option, ...] = ()
    when: Condition | None = None
    max_length: int = 200
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    complaint: Text = NO_TEXT
    autocomplete: str = ""
    binding: str = ""


class Page(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is asked at once."""

    id: str
    title: Text
    intro: Text = NO_TEXT
    questions: tuple[Question, ...]
    when: Condition | None = None


class Definition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A form. ``about`` says what it applies for; ``decision`` names a decision model, if any."""

    id: str
    title: Text
    about: str = ""
    decision: str = ""
    before: tuple[Text, ...] = ()
    pages: tuple[Page, ...]

    def questions(self) -> Iterator[Question]:
        for page in self.pages:
            yield from page.questions

    def page(self, id: str) -> Page | None:
        return next((page for page in self.pages if page.id == id), None)

    def sha256(self) -> str:
        """The address of exactly this form."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


class FormError(ValueError):
    """A form file cannot be used; says where and why."""


def load(data: bytes) -> Definition:
    """Read a form. Raises FormError."""
    try:
        definition = msgspec.json.decode(data, type=Definition)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise FormError(str(error)) from error
    check(definition)
    return definition


def check(definition: Definition) -> None:
    """Ids are unique, choices have options, conditions look back at an earlier page."""
    seen: set[str] = set()
    pages: set[str] = set()
    for page in definition.pages:
        if page.id in pages:
            raise FormError(f"page {page.id}: the id is used twice")
        pages.add(page.id)
        _check_condition(f"page {page.id}", page.when, seen)
        for question in page.questions:
            _check_question(page, question, seen)
        seen |= {question.id for question in page.questions}


def _check_question(page: Page, question: Question, seen: set[str]) -> None:
    where = f"page {page.id}, question {question.id}"
    twice = sum(other.id == question.id for other in page.questions) > 1
    if question.id in seen or twice:
        raise FormError(f"{where}: the id is used twice")
    if question.kind in {"choice", "choices"} and len(question.options) < 2:
        raise FormError(f"{where}: a choice needs two options or more")
    if not (question.label.zh and question.label.en):
        raise FormError(f"{where}: the label is missing in one language")
    _check_condition(where, question.when, seen)


def _check_condition(where: str, condition: Condition | None, seen: set[str]) -> None:
    for asked in condition.asks() if condition else ():
        if asked not in seen:
            raise FormError(f"{where}: its condition asks {asked!r}, which no earlier page asks")
