"""The parts a form is made of, as they stand in its JSON file. docs/forms.md explains each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import msgspec
from msgspec import Struct, field

Kind = Literal[
    "text",
    "textarea",
    "number",
    "integer",
    "money",
    "date",
    "month",
    "choice",
    "choices",
    "lookup",
    "yesno",
    "mobile",
    "phone",
    "email",
    "account_number",
    "resident_id",
    "organisation_code",
    "address",
    "file",
    "declaration",
    "computed",
    "note",
]
Trust = Literal["A", "B", "C", "D"]
"""A issued by the authority, B verified, C uploaded, D declared by the person."""

SILENT = frozenset({"note", "computed"})
"""Kinds that nobody answers: words between the questions, and values the form works out."""


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
    """The short way to say when something is asked: one answer compared, or several joined."""

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


When = Condition | str | None
"""A condition, or the same in FEEL: ``"age >= 18 and residence = \\"elsewhere\\""``."""


class Option(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of the answers to choose from. ``words`` are further words to find it by."""

    value: str
    label: Text
    hint: Text = NO_TEXT
    when: When = None
    words: tuple[str, ...] = ()


class OptionList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Options that several questions share. ``source`` names who supplies them, if not the file."""

    id: str
    options: tuple[Option, ...] = ()
    source: str = ""


class Binding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The register that knows the answer already.

    ``lock``: what it says is shown to be confirmed and cannot be typed over. ``on_missing``: what
    happens when it has nothing: ``ask`` the person, ``block`` the application, or leave it to the
    ``counter``.
    """

    registry: str
    attribute: str
    trust: Trust = "A"
    lock: bool = False
    on_missing: Literal["ask", "block", "counter"] = "ask"


class Check(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A FEEL expression that must be true of an answer (``value``), and what to say when not."""

    valid: str
    message: Text


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that is asked. ``binding`` names the register that may answer it beforehand."""

    id: str
    kind: Kind
    label: Text
    hint: Text = NO_TEXT
    required: bool | str = True
    options: tuple[Option, ...] = ()
    list: str = ""
    when: When = None
    checks: tuple[Check, ...] = ()
    max_length: int = 200
    minimum: float | None = None
    maximum: float | None = None
    decimals: int | None = None
    unit: Text = NO_TEXT
    pattern: str = ""
    complaint: Text = NO_TEXT
    autocomplete: str = ""
    formula: str = ""
    shown_as: Literal["text", "number", "money", "date", "yesno"] = "text"
    binding: Binding | str = ""

    @property
    def bound(self) -> Binding | None:
        """The binding in full; the short ``"account.name"`` is no register, only a suggestion."""
        return self.binding if isinstance(self.binding, Binding) else None


class Repeat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Makes a page a group: asked once for each child, partner or vehicle.

    ``summary`` is FEEL over the questions of one of them and gives its line in the list; without
    it the first answers do.
    """

    item: Text
    add: Text = NO_TEXT
    minimum: int = 0
    maximum: int = 10
    summary: str = ""


class Page(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is asked at once; with ``repeat``, once for each member of a group."""

    id: str
    title: Text
    intro: Text = NO_TEXT
    questions: tuple[Question, ...]
    when: When = None
    repeat: Repeat | None = None


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line of the task list: some pages, begun when the sections in ``after`` are done."""

    id: str
    title: Text
    pages: tuple[str, ...]
    hint: Text = NO_TEXT
    after: tuple[str, ...] = ()


class Definition(
    Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    cache_hash=True,
):
    """A form. ``about`` says what it applies for; ``decision`` names a decision model, if any."""

    id: str
    title: Text
    about: str = ""
    decision: str = ""
    before: tuple[Text, ...] = ()
    pages: tuple[Page, ...]
    sections: tuple[Section, ...] = ()
    lists: tuple[OptionList, ...] = ()

    def questions(self) -> Iterator[Question]:
        for page in self.pages:
            yield from page.questions

    def question(self, id: str) -> Question | None:
        return next((question for question in self.questions() if question.id == id), None)

    def page(self, id: str) -> Page | None:
        return next((page for page in self.pages if page.id == id), None)

    def option_list(self, id: str) -> OptionList | None:
        return next((each for each in self.lists if each.id == id), None)

    def sha256(self) -> str:
        """The address of exactly this form."""
        return _address(self)

    def encoded(self) -> bytes:
        """The form as JSON, always the same bytes for the same form."""
        return msgspec.json.encode(self, order="deterministic")


@lru_cache(maxsize=512)
def _address(form: Definition) -> str:
    return hashlib.sha256(form.encoded()).hexdigest()
