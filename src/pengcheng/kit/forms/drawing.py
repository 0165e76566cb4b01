"""A page of a form as a Django form: drawn by `{% fieldset %}`, checked by Django and by us."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from pengcheng.kit.forms import answer as answering
from pengcheng.kit.forms import makers
from pengcheng.kit.forms.answer import COMPUTED, DECLARED, Answer, Answers
from pengcheng.kit.forms.fields import (
    CheckedField,
    MaterialField,
    ShownField,
    ShownWidget,
    is_silent,
)
from pengcheng.kit.forms.filling import Filling, Line
from pengcheng.kit.forms.parts import SILENT, Page, Question
from pengcheng.kit.forms.shown import shown

Wrong = Callable[[Question], str]
"""The address under which somebody says that what the register knows is wrong."""


WAITS = {
    "register": gettext_noop(
        "The register does not answer at the moment. Go on: your application waits for it."
    ),
    "counter": gettext_noop("The counter looks at the original."),
}


class PageForm(forms.Form):
    """One page, or one member of a group, with the answers so far behind it."""

    def __init__(
        self, *, filling: Filling, page: Page, row: int, language: str, **kwargs: Any
    ) -> None:
        self.filling, self.page, self.row, self.language = filling, page, row, language
        super().__init__(**kwargs)

    def clean(self) -> dict[str, Any] | None:
        """What hangs together: conditions within the page, what they make compulsory, checks."""
        now = Filling(self.filling.definition, self.merged(), self.filling.today)
        asked = {question.id: question for question in now.asked(self.page, self.row)}
        for name in set(self.errors) - asked.keys():
            del self.errors[name]
        for name, question in asked.items():
            if name in self.fields and name not in self.errors:
                self._judge(now, question)
        return self.cleaned_data

    def _judge(self, now: Filling, question: Question) -> None:
        key = answering.key_of(self.page, question.id, self.row)
        answer = now.answers.get(key)
        if isinstance(question.required, str):
            needed = now.required(self.page, question, self.row)
            self.fields[question.id].needed = needed  # type: ignore[attr-defined]
            if needed and not (answer and answer.value):
                self.add_error(question.id, required_message(question, self.language))
                return
        line = Line(self.page, question, key, self.row, 0, answer)
        for message in now.complaints(line):
            self.add_error(question.id, message.text(self.language))

    def merged(self) -> dict[str, Answer]:
        """The answers so far with those of this page that are valid over them."""
        return {**self.filling.answers, **self.answers()}

    def answers(self) -> dict[str, Answer]:
        """The answers of this page by key, without its files (they are stored elsewhere first)."""
        found: dict[str, Answer] = {}
        for question in self.filling.asked(self.page, self.row):
            known = question.id in self.cleaned_data and question.id not in self.errors
            key = answering.key_of(self.page, question.id, self.row)
            before = self.filling.answers.get(key)
            if question.kind in SILENT or question.kind == "file" or not known:
                continue
            if is_silent(self.fields[question.id]):
                if before is not None and before.unseen:
                    found[key] = answering.given(question, before.value, before)
                continue
            value = _value(question, self.cleaned_data[question.id])
            found[key] = answering.given(question, value, before)
        return found

    def handed_in(self) -> dict[str, Any]:
        """The files of this page by key."""
        return {
            answering.key_of(self.page, question.id, self.row): self.cleaned_data[question.id]
            for question in self.filling.asked(self.page, self.row)
            if question.kind == "file" and self.cleaned_data.get(question.id)
        }


def page_form(
    filling: Filling,
    page: Page,
    language: str,
    data: Mapping[str, Any] | None = None,
    files: Any = None,
    *,
    row: int = 0,
    wrong: Wrong | None = None,
) -> PageForm:
    """The form of a page, filled with what is known, or bound to what was sent."""
    questions = filling.asked(page, row)
    drawn = {q.id: _drawn(filling, page, q, row, language, wrong) for q in questions}
    made: type[PageForm] = type("PageForm", (PageForm,), drawn)
    initial = {
        q.id: _initial(q, filling.answers.get(answering.key_of(page, q.id, row))) for q in questions
    }
    return made(
        filling=filling,
        page=page,
        row=row,
        language=language,
        data=data,
        files=files,
        initial=initial,
        use_required_attribute=False,
    )


def _drawn(
    filling: Filling, page: Page, question: Question, row: int, language: str, wrong: Wrong | None
) -> forms.Field:
    key = answering.key_of(page, question.id, row)
    answer = filling.answers.get(key)
    if question.kind == "computed":
        return _told(question, filling.computed(page, question, row), language, "")
    if is_fact(question, answer):
        link = wrong(question) if wrong and answer and answer.value else ""
        return _told(question, answer, language, link)
    if _refused(question, answer):
        nothing = _("The register has nothing about you here. Ask at a counter.")
        return _told(question, None, language, "", nothing)
    answered = answering.has(filling.answers, key)
    needed = filling.required(page, question, row)
    return field_of(question, language, answered=answered, needed=needed)


def _refused(question: Question, answer: Answer | None) -> bool:
    """Whether only the register may answer, and it has nothing."""
    bound = question.bound
    return answer is None and bound is not None and bound.on_missing == "block"


def is_fact(question: Question, answer: Answer | None) -> bool:
    """Whether the answer is shown to be confirmed rather than typed: the register vouches."""
    if answer is None or answer.source in {DECLARED, COMPUTED} or question.bound is None:
        return False
    return question.bound.lock or answer.trust == "A"


def _told(
    question: Question, answer: Answer | None, language: str, wrong: str, instead: str = ""
) -> forms.Field:
    waits = WAITS.get(answer.waits, "") if answer else ""
    widget = ShownWidget(
        text=shown(question, answer, language) or instead or (_(waits) if waits else ""),
        source=answer.label.text(language) if answer else "",
        retrieved_at=answer.retrieved_at if answer else "",
        wrong=wrong,
    )
    return ShownField(label_of(question, language), widget, question.hint.text(language))


def field_of(
    question: Question, language: str, *, answered: bool = False, needed: bool | None = None
) -> forms.Field:
    """The Django field of a question. A file that was handed in need not come again."""
    required = question.required is True
    common: dict[str, Any] = {
        "label": label_of(question, language),
        "help_text": question.hint.text(language),
        "required": required and not (question.kind == "file" and answered),
        "error_messages": {"required": required_message(question, language)},
    }
    field = makers.field_for(question, common, language)
    if isinstance(question.required, str):
        field.needed = bool(needed)  # type: ignore[attr-defined]
    if question.autocomplete:
        field.widget.attrs["autocomplete"] = question.autocomplete
    return field


def label_of(question: Question, language: str) -> str:
    """The label; one that exists only in Chinese says so to a screen reader."""
    label = question.label.text(language)
    if language.startswith("en") and not question.label.en:
        return format_html('<span lang="zh-Hans">{}</span>', label)
    return label


def canonical(question: Question, text: str) -> answering.Value | None:
    """A register's value as a person's answer would be kept; None when it is not of the kind."""
    try:
        value = _value(question, field_of(question, "zh-hans").clean(_raw(question, text)))
    except forms.ValidationError:
        return None
    return value or None


def _raw(question: Question, text: str) -> Any:
    return text.split("\n") if question.kind == "choices" else text


def _value(question: Question, value: Any) -> answering.Value:
    if question.kind in {"choices", "address"} and not isinstance(value, str):
        return tuple(value or ())
    if question.kind == "declaration":
        return "yes" if value else ""
    if question.kind == "date":
        return value.isoformat() if value else ""
    if isinstance(value, Decimal):
        return _figure(question, value)
    if value is None:
        return ""
    return makers.SEPARATORS.sub("", str(value)).strip()


def _figure(question: Question, value: Decimal) -> str:
    if question.kind == "money":
        return format(value.quantize(Decimal(1).scaleb(-(question.decimals or 2))), "f")
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _initial(question: Question, answer: Answer | None) -> Any:
    if answer is None or question.kind == "file":
        return None
    if question.kind == "declaration":
        return answer.value == "yes"
    return list(answer.value) if isinstance(answer.value, tuple) else answer.value


def required_message(question: Question, language: str) -> str:
    label = question.label.text(language)
    if question.kind in {"choice", "yesno", "choices"}:
        return _("Choose an answer: %(label)s") % {"label": label}
    if question.kind == "file":
        return _("Choose a file: %(label)s") % {"label": label}
    if question.kind == "declaration":
        return _("Tick the box to go on: %(label)s") % {"label": label}
    return _("Fill in: %(label)s") % {"label": label}


__all__ = [
    "Answers",
    "CheckedField",
    "MaterialField",
    "PageForm",
    "field_of",
    "is_fact",
    "page_form",
]
