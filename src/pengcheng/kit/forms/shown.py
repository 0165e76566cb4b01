"""Answers in words, for check-answers pages, cases and letters."""

from __future__ import annotations

from typing import Any, Protocol

from pengcheng.kit.forms.parts import Question

_YES_NO = {"yes": ("是", "Yes"), "no": ("否", "No")}


class _Answered(Protocol):
    @property
    def value(self) -> Any: ...


def shown(question: Question, answer: _Answered | None, language: str) -> str:
    """The answer in words, in the reader's language where the form has them."""
    if answer is None or not answer.value:
        return ""
    if question.kind == "address":
        return _address(question, answer.value, language)
    values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    return "\n".join(_word(question, value, language) for value in values)


def _word(question: Question, value: str, language: str) -> str:
    if question.kind in {"yesno", "declaration"} or question.shown_as == "yesno":
        if value in _YES_NO:
            return _YES_NO[value][1 if language.startswith("en") else 0]
        return _plain(question, value, language)
    for option in question.options:
        if option.value == value:
            return option.label.text(language)
    return _plain(question, value, language)


def _plain(question: Question, value: str, language: str) -> str:
    kind = question.shown_as if question.kind == "computed" else question.kind
    if kind == "money":
        return _money(value, question.unit.text(language), language)
    if kind in {"number", "integer"} and question.unit:
        return f"{value} {question.unit.text(language)}"
    return value


def _money(value: str, unit: str, language: str) -> str:
    whole, _, cents = value.partition(".")
    grouped = f"{int(whole):,}" if whole.lstrip("-").isdigit() else whole
    figure = f"{grouped}.{cents}" if cents else grouped
    english = language.startswith("en")
    return f"{unit or 'CNY'} {figure}" if english else f"{figure} {unit or '元'}"


def _address(question: Question, value: Any, language: str) -> str:
    if not isinstance(value, tuple) or len(value) != 2:
        return str(value)
    areas = {option.value: option.label.text(language) for option in question.options}
    area = areas.get(value[0], value[0])
    if language.startswith("en"):
        return ", ".join(filter(None, (value[1], area)))
    return f"{area}{value[1]}"
