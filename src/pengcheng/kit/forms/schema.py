"""JSON Schema as a contract: of the form files themselves, and of what a form brings in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from pengcheng.kit.forms import conditions
from pengcheng.kit.forms.answer import key_of
from pengcheng.kit.forms.filling import Filling, ready
from pengcheng.kit.forms.parts import SILENT, Definition, Page, Question

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string", "minLength": 1}
_PLAIN: dict[str, dict[str, Any]] = {
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "money": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "date": {"type": "string", "format": "date"},
    "month": {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"},
    "yesno": {"type": "boolean"},
    "declaration": {"type": "boolean"},
    "mobile": {"type": "string", "pattern": r"^1[3-9]\d{9}$"},
    "email": {"type": "string", "format": "email"},
    "account_number": {"type": "string", "pattern": r"^\d{8,30}$"},
    "resident_id": {"type": "string", "pattern": r"^[1-9]\d{16}[\dX]$"},
    "organisation_code": {"type": "string", "pattern": r"^[0-9A-HJ-NPQRTUWXY]{18}$"},
}


def of_definitions() -> dict[str, Any]:
    """What a form file must look like; conditions and references are checked beyond it."""
    return {"$schema": DIALECT, **msgspec.json.schema(Definition)}


def of_answers(definition: Definition) -> dict[str, Any]:
    """What the form brings in: an object with an entry for each answer."""
    whole, _names = ready(definition)
    properties: dict[str, Any] = {}
    needed: list[str] = []
    for page in whole.pages:
        inner = {q.id: _of(q) for q in page.questions if q.kind not in SILENT}
        always = [q.id for q in page.questions if _always(q)]
        if page.repeat:
            properties[page.id] = _group(page, inner, always)
        else:
            properties |= inner
            needed += [] if page.when else always
    return {
        "$schema": DIALECT,
        "title": definition.title.text("en"),
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def _always(question: Question) -> bool:
    waits = question.bound is not None  # a register may be silent, or leave it to the counter
    return question.required is True and not question.when and not waits and _asks(question)


def _asks(question: Question) -> bool:
    return question.kind not in SILENT


def _group(page: Page, inner: dict[str, Any], always: list[str]) -> dict[str, Any]:
    member = {
        "type": "object",
        "properties": inner,
        "required": always,
        "additionalProperties": False,
    }
    most = page.repeat.maximum if page.repeat else 1
    return {"type": "array", "items": member, "maxItems": most}


def _of(question: Question) -> dict[str, Any]:
    values = [option.value for option in question.options]
    found: dict[str, Any] = dict(_PLAIN.get(question.kind, _TEXT))
    if question.kind in {"choice", "lookup"}:
        found = {"enum": values}
    elif question.kind == "choices":
        found = {"type": "array", "items": {"enum": values}, "uniqueItems": True}
    elif question.kind == "address" and values:
        found = {"type": "array", "prefixItems": [{"enum": values}, _TEXT], "maxItems": 2}
    elif question.kind in {"text", "textarea"}:
        found["maxLength"] = question.max_length
    elif question.kind in {"number", "integer"}:
        found |= {} if question.minimum is None else {"minimum": question.minimum}
        found |= {} if question.maximum is None else {"maximum": question.maximum}
    return {"title": question.label.text("en"), **found}


def exported(filling: Filling) -> dict[str, Any]:
    """The answers that apply, in the form that `of_answers` describes."""
    found: dict[str, Any] = {}
    for page in filling.pages():
        rows = [_row(filling, page, row) for row in filling.rows(page)]
        if page.repeat:
            found[page.id] = rows
        else:
            found |= rows[0]
    return found


def _row(filling: Filling, page: Page, row: int) -> dict[str, Any]:
    told = {}
    for question in filling.asked(page, row):
        answer = filling.answers.get(key_of(page, question.id, row))
        if answer is not None and answer.value and question.kind not in SILENT:
            told[question.id] = _plain(question, answer.value)
    return told


def _plain(question: Question, value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if question.kind not in {"number", "integer", "yesno", "declaration"}:
        return value
    typed = conditions.typed(question, value)
    if isinstance(typed, Decimal):
        return int(typed) if typed == typed.to_integral_value() else float(typed)
    return typed
