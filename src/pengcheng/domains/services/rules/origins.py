"""Where the inputs of a table come from: an answer as it is, or a measure taken from it today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from pengcheng.kit.forms.answers import Answers

Fact = str | int | bool | date | Decimal | None


def fact(origin: str, answers: Answers, today: date) -> Fact:
    """The value of one input; what was not asked or makes no sense is None.

    An origin is a word, perhaps a number, and a question: ``answer:arrears``, ``given:consent``,
    ``age:birthday``, ``days_past:60:birthday``, or ``today`` alone.
    """
    how, *more = origin.split(":")
    if how == "today":
        return today
    question, numbers = more[-1], more[:-1]
    answer = answers.get(question)
    value = answer.value if answer is not None else ""
    if how == "given":
        return bool(value)
    if not value or not isinstance(value, str):
        return None
    return _READ[how](value, today, *numbers)


def origin_question(origin: str) -> str:
    """The question that an origin looks at; empty for ``today``."""
    return "" if origin == "today" else origin.rsplit(":", 1)[-1]


def feel_of(origin: str) -> str:
    """The same in FEEL, over the answers by their keys and today: what editors see and change."""
    how, *more = origin.split(":")
    if how == "today":
        return "today"
    question, numbers = more[-1], more[:-1]
    return _IN_FEEL[how].format(question, *numbers)


_IN_FEEL = {
    "given": "{0} != null",
    "answer": "{0}",
    "number": "{0}",
    "date": "{0}",
    "days_until": "(date({0}) - today).days",
    "age": "years and months duration(date({0}), today).years",
    "years_since": "years and months duration(date({0}), today).years",
    "months_since": 'years and months duration(date({0}), today) / duration("P1M")',
    "days_past": '(today - (date({0}) + duration("P{1}Y"))).days',
}


def whole_years(since: date, today: date) -> int:
    """Completed years; whoever is born on 29 February completes one on 1 March."""
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))


def whole_months(since: date, today: date) -> int:
    """Completed months; from the 31st, a shorter month completes none before its end is past."""
    months = (today.year - since.year) * 12 + today.month - since.month
    return months - (today.day < since.day)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _measured(measure: Callable[[date, date], int]) -> Callable[..., Fact]:
    def read(text: str, today: date) -> Fact:
        day = _day(text)
        return None if day is None else measure(day, today)

    return read


def _days_past(text: str, today: date, years: str) -> Fact:
    """Days since the anniversary of so many years; below zero before it."""
    day = _day(text)
    if day is None:
        return None
    month, of_month = (3, 1) if (day.month, day.day) == (2, 29) else (day.month, day.day)
    return (today - date(day.year + int(years), month, of_month)).days


def _number(text: str, today: date) -> Fact:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


_READ: dict[str, Callable[..., Fact]] = {
    "answer": lambda text, today: text,
    "number": _number,
    "date": lambda text, today: _day(text),
    "days_until": _measured(lambda day, today: (day - today).days),
    "age": _measured(whole_years),
    "years_since": _measured(whole_years),
    "months_since": _measured(whole_months),
    "days_past": _days_past,
}
WORDS = frozenset({"given", "today", *_READ})
