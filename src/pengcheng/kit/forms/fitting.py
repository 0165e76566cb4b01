"""Whether a value that comes without a page, from a program, can be the answer to a question.

Pages forgive (spaces, full-width digits, dates written in many ways); a program has to write the
value as it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from pengcheng.kit.forms import checks
from pengcheng.kit.forms.answer import Value
from pengcheng.kit.forms.parts import SILENT, Question

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,}")
_MONTH = re.compile(r"[1-9]\d{3}-(0[1-9]|1[0-2])")
_DECIMALS = {"integer": 0, "money": 2, "number": 6}


def fits(question: Question, value: Value) -> bool:
    """Whether the value has the form of an answer; an empty one fits everywhere."""
    if question.kind in SILENT or question.kind == "file":
        return not value
    if not value:
        return True
    if question.kind == "choices":
        chosen = {value} if isinstance(value, str) else set(value)
        return not isinstance(value, str) and chosen <= _options(question)
    if question.kind == "address" and question.options:
        pair = isinstance(value, tuple) and len(value) == 2
        return pair and value[0] in _options(question) and _text(question, value[1])
    if not isinstance(value, str) or _CONTROL.search(value):
        return False
    return _FITS[question.kind](question, value)


def _options(question: Question) -> set[str]:
    return {option.value for option in question.options}


def _chosen(question: Question, text: str) -> bool:
    return text in _options(question)


def _text(question: Question, text: str) -> bool:
    if len(text) > question.max_length or text != text.strip():
        return False
    return not question.pattern or re.fullmatch(question.pattern, text) is not None


def _figure(question: Question, text: str) -> bool:
    try:
        figure = Decimal(text)
    except InvalidOperation:
        return False
    if not figure.is_finite() or not re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", text):
        return False
    places = _DECIMALS[question.kind] if question.decimals is None else question.decimals
    low, high = question.minimum, question.maximum
    within = (low is None or figure >= low) and (high is None or figure <= high)
    return within and len(text.partition(".")[2]) <= places


def _date(question: Question, text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _checked(check: Callable[[str], bool]) -> Callable[[Question, str], bool]:
    return lambda question, text: check(text)


_FITS: dict[str, Callable[[Question, str], bool]] = {
    "text": _text,
    "textarea": _text,
    "address": _text,
    "number": _figure,
    "integer": _figure,
    "money": _figure,
    "date": _date,
    "month": _checked(lambda text: _MONTH.fullmatch(text) is not None),
    "choice": _chosen,
    "lookup": _chosen,
    "yesno": _checked(lambda text: text in {"yes", "no"}),
    "declaration": _checked(lambda text: text == "yes"),
    "mobile": _checked(checks.mobile),
    "phone": _checked(checks.phone),
    "email": _checked(lambda text: _EMAIL.fullmatch(text) is not None),
    "account_number": _checked(checks.account_number),
    "resident_id": _checked(checks.resident_id),
    "organisation_code": _checked(checks.organisation_code),
}
