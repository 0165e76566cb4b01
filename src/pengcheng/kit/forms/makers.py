"""One maker a kind: from a question to the Django field that asks it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _

from pengcheng.kit.forms import checks, uploads
from pengcheng.kit.forms.fields import (
    AddressField,
    CheckedField,
    FigureField,
    LookupField,
    MaterialField,
    MonthField,
    NoteWidget,
    PhoneField,
    ShownField,
    ShownWidget,
    options_in,
)
from pengcheng.kit.forms.parts import Question
from pengcheng.kit.pages.fields import DayField

Maker = Callable[[Question, dict[str, Any], str], forms.Field]
FIGURES = 18
"""Digits before the point that a number may have."""


def field_for(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return _MAKERS[question.kind](question, common, language)


def _complaint(question: Question, language: str, otherwise: str) -> str:
    return question.complaint.text(language) or otherwise


def _text(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    field = forms.CharField(max_length=question.max_length, **common)
    _shape(field, question, language)
    return field


def _shape(field: forms.Field, question: Question, language: str) -> None:
    if question.pattern:
        message = _complaint(question, language, _("Check this: it has not the expected form."))
        field.validators.append(RegexValidator(rf"\A(?:{question.pattern})\Z", message))


def _textarea(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(max_length=question.max_length, widget=widget, **common)


def _bound(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))


def _figure(places: int, mode: str) -> Maker:
    def make(question: Question, common: dict[str, Any], language: str) -> forms.Field:
        decimals = places if question.decimals is None else question.decimals
        unit = question.unit.text(language)
        if unit:
            common["help_text"] = " ".join(filter(None, (common["help_text"], f"({unit})")))
        attrs = {"inputmode": mode, "autocomplete": "off"}
        common["error_messages"].update(_figure_messages(question, language, decimals))
        return FigureField(
            min_value=_bound(question.minimum),
            max_value=_bound(question.maximum),
            max_digits=FIGURES + decimals,
            decimal_places=decimals,
            widget=forms.TextInput(attrs=attrs),
            **common,
        )

    return make


def _figure_messages(question: Question, language: str, decimals: int) -> dict[str, str]:
    otherwise = _("Write a whole number.") if decimals == 0 else _("Write a number.")
    wrong = _complaint(question, language, otherwise)
    return {"invalid": wrong, "max_decimal_places": wrong} if decimals == 0 else {"invalid": wrong}


def _date(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return DayField(**common)


def _month(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-11"})
    return MonthField(max_length=12, widget=widget, **common)


def _choice(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    options = options_in(question, language)
    if len(options) > 8:
        return forms.ChoiceField(choices=[("", "–"), *options], **common)
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)


def _choices(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=options_in(question, language), widget=forms.CheckboxSelectMultiple, **common
    )


def _lookup(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    hint = _("Type a part of it; if several fit, you choose then.")
    common["help_text"] = common["help_text"] or hint
    return LookupField(question.options, language, **common)


def _yesno(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    options = [("yes", _("Yes")), ("no", _("No"))]
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)


def _mobile(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    message = _("Write a mobile number of 11 digits, such as 13800000000.")
    field = CheckedField(checks.mobile, message, **common)
    field.widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    return field


def _phone(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    message = _("Write a telephone number with its area code, such as 0755-12345678.")
    field = PhoneField(checks.phone, message, **common)
    field.widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    return field


def _email(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return forms.EmailField(max_length=120, **common)


def _account(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    message = _("Check the account number: it has 8 to 30 digits.")
    field = CheckedField(checks.account_number, message, **common)
    field.widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return field


def _resident_id(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    message = _("Check the ID number: it has 18 characters and the last one is a check character.")
    return CheckedField(checks.resident_id, message, **common)


def _organisation(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    message = _("Check the unified social credit code: it has 18 characters.")
    return CheckedField(checks.organisation_code, message, **common)


def _address(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    if not question.options:  # no list of areas: the whole address is one text
        return forms.CharField(max_length=question.max_length, **common)
    return AddressField(options_in(question, language), question.max_length, **common)


def _file(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    hint = _("PDF, JPG or PNG, at most %(size)s MB.") % {"size": uploads.MAX_BYTES // 2**20}
    common["help_text"] = " ".join(filter(None, (common["help_text"], hint)))
    widget = forms.FileInput(attrs={"accept": ",".join(uploads.ENDINGS)})
    return MaterialField(widget=widget, max_length=120, **common)


def _declaration(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return forms.BooleanField(**common)


def _note(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return ShownField(common["label"], NoteWidget(), common["help_text"])


def _computed(question: Question, common: dict[str, Any], language: str) -> forms.Field:
    return ShownField(common["label"], ShownWidget(), common["help_text"])


_MAKERS: dict[str, Maker] = {
    "text": _text,
    "textarea": _textarea,
    "number": _figure(6, "decimal"),
    "integer": _figure(0, "numeric"),
    "money": _figure(2, "decimal"),
    "date": _date,
    "month": _month,
    "choice": _choice,
    "choices": _choices,
    "lookup": _lookup,
    "yesno": _yesno,
    "mobile": _mobile,
    "phone": _phone,
    "email": _email,
    "account_number": _account,
    "resident_id": _resident_id,
    "organisation_code": _organisation,
    "address": _address,
    "file": _file,
    "declaration": _declaration,
    "note": _note,
    "computed": _computed,
}

SEPARATORS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Control characters: no answer keeps them."""
