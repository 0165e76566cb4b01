"""A page of a form as a Django form: drawn by `{% fieldset %}`, checked by Django and by us."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.utils.html import format_html
from django.utils.translation import gettext as _

from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms import checks, uploads
from pengcheng.kit.forms.answers import Answer, Answers
from pengcheng.kit.forms.definition import Page, Question
from pengcheng.kit.pages.fields import DayField

Maker = Callable[[Question, dict[str, Any], str], forms.Field]


class CheckedField(forms.CharField):
    """Text that must pass a check; spaces and small letters are forgiven."""

    def __init__(self, check: Callable[[str], bool], message: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._check, self._message = check, message

    def clean(self, value: Any) -> str:
        text: str = super().clean(re.sub(r"[\s-]+", "", str(value or "")).upper())
        if text and not self._check(text):
            raise forms.ValidationError(self._message)
        return text


class MaterialField(forms.FileField):
    """A file that is looked into: size, ending and content must agree."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if isinstance(file, UploadedFile):
            try:
                file.checked = uploads.check(file.name or "", file)  # type: ignore[attr-defined]
            except uploads.UploadRefused as refused:
                raise forms.ValidationError(refused.message()) from refused
        return file


def page_form(
    page: Page,
    answers: Answers,
    language: str,
    data: Mapping[str, Any] | None = None,
    files: Any = None,
) -> forms.Form:
    """The form of a page, filled with what is known, or bound to what was sent."""
    questions = answering.asked(page, answers)
    fields = {q.id: field_of(q, language, answered=answering.has(answers, q)) for q in questions}
    made: type[forms.Form] = type("PageForm", (forms.Form,), fields)
    initial = {q.id: _initial(q, answers.get(q.id)) for q in questions}
    return made(data=data, files=files, initial=initial, use_required_attribute=False)


def field_of(question: Question, language: str, *, answered: bool = False) -> forms.Field:
    """The Django field of a question. A file that was handed in need not come again."""
    required = question.required and not (question.kind == "file" and answered)
    common: dict[str, Any] = {
        "label": _label(question, language),
        "help_text": question.hint.text(language),
        "required": required,
        "error_messages": {"required": _required(question, language)},
    }
    field = _MAKERS[question.kind](question, common, language)
    if question.autocomplete:
        field.widget.attrs["autocomplete"] = question.autocomplete
    return field


def _label(question: Question, language: str) -> str:
    """The label; one that exists only in Chinese says so to a screen reader."""
    label = question.label.text(language)
    if language.startswith("en") and not question.label.en:
        return format_html('<span lang="zh-Hans">{}</span>', label)
    return label


def cleaned(form: forms.Form, page: Page, answers: Answers) -> dict[str, Answer]:
    """The answers of a valid page, without its files (they are stored elsewhere first)."""
    found: dict[str, Answer] = {}
    for question in answering.asked(page, answers):
        if question.kind == "file":
            continue
        value = _value(question, form.cleaned_data[question.id])
        found[question.id] = answering.given(question, value, answers.get(question.id))
    return found


def _value(question: Question, value: Any) -> answering.Value:
    if question.kind == "choices":
        return tuple(value)
    if question.kind == "declaration":
        return "yes" if value else ""
    if question.kind == "date":
        return value.isoformat() if value else ""
    if question.kind == "number" and value is not None:
        return str(int(value)) if value == int(value) else str(value)
    return "" if value is None else str(value).strip()


def _initial(question: Question, answer: Answer | None) -> Any:
    if answer is None or question.kind == "file":
        return None
    if question.kind == "declaration":
        return answer.value == "yes"
    return list(answer.value) if isinstance(answer.value, tuple) else answer.value


def _required(question: Question, language: str) -> str:
    label = question.label.text(language)
    if question.kind in {"choice", "yesno", "choices"}:
        return _("Choose an answer: %(label)s") % {"label": label}
    if question.kind == "file":
        return _("Choose a file: %(label)s") % {"label": label}
    if question.kind == "declaration":
        return _("Tick the box to go on: %(label)s") % {"label": label}
    return _("Fill in: %(label)s") % {"label": label}


# --- one maker a kind -------------------------------------------------------------------


def _complaint(question: Question, language: str, otherwise: str) -> str:
    return question.complaint.text(language) or otherwise


def _text(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    field = forms.CharField(max_length=question.max_length, **common)
    if question.pattern:
        message = _complaint(question, language, _("Check this: it has not the expected form."))
        field.validators.append(RegexValidator(rf"\A(?:{question.pattern})\Z", message))
    return field


def _textarea(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(max_length=question.max_length, widget=widget, **common)


def _number(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return forms.FloatField(
        min_value=question.minimum,
        max_value=question.maximum,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        **common,
    )


def _date(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return DayField(**common)


def _options(question: Question, language: str) -> list[tuple[str, str]]:
    return [(option.value, option.label.text(language)) for option in question.options]


def _choice(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    options = _options(question, language)
    if len(options) > 8:
        return forms.ChoiceField(choices=[("", "–"), *options], **common)
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)


def _choices(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=_options(question, language), widget=forms.CheckboxSelectMultiple, **common
    )


def _yesno(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    options = [("yes", _("Yes")), ("no", _("No"))]
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)


def _mobile(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    message = _("Write a mobile number of 11 digits, such as 13800000000.")
    field = CheckedField(checks.mobile, message, **common)
    field.widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    return field


def _email(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return forms.EmailField(max_length=120, **common)


def _resident_id(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    message = _("Check the ID number: it has 18 characters and the last one is a check character.")
    return CheckedField(checks.resident_id, message, **common)


def _organisation(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    message = _("Check the unified social credit code: it has 18 characters.")
    return CheckedField(checks.organisation_code, message, **common)


def _file(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    hint = _("PDF, JPG or PNG, at most %(size)s MB.") % {"size": uploads.MAX_BYTES // 2**20}
    common["help_text"] = " ".join(filter(None, (common["help_text"], hint)))
    widget = forms.FileInput(attrs={"accept": ",".join(uploads.ENDINGS)})
    return MaterialField(widget=widget, max_length=120, **common)


def _declaration(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return forms.BooleanField(**common)


_MAKERS: dict[str, Maker] = {
    "text": _text,
    "textarea": _textarea,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "yesno": _yesno,
    "mobile": _mobile,
    "email": _email,
    "resident_id": _resident_id,
    "organisation_code": _organisation,
    "file": _file,
    "declaration": _declaration,
}

__all__ = ["CheckedField", "MaterialField", "cleaned", "field_of", "page_form"]
