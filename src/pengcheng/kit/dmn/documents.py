"""Values of a model as JSON: dates and durations travel as text and are read by their type."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from pengcheng.kit.dmn.model import Model
from pengcheng.kit.feel.plain import from_python
from pengcheng.kit.feel.temporal import texts
from pengcheng.kit.feel.texts import to_text
from pengcheng.kit.feel.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAY_TIME,
    NUMBER,
    TIME,
    YEAR_MONTH,
    Constrained,
    ContextOf,
    FeelType,
    ListOf,
    Simple,
)

_READERS: dict[FeelType, Callable[[str], Any]] = {
    DATE: texts.parse_date,
    TIME: texts.parse_time,
    DATE_TIME: texts.parse_date_time,
    DAY_TIME: texts.parse_duration,
    YEAR_MONTH: texts.parse_duration,
}


def read_inputs(model: Model, document: str) -> dict[str, Any]:
    """Inputs from a JSON object, by the types of the model. Raises ValueError."""
    given = json.loads(document, parse_float=Decimal, parse_int=Decimal)
    if not isinstance(given, dict):
        raise ValueError("the inputs must be a JSON object")
    kinds = {node.name: node.type for node, prefix in model.input_nodes() if not prefix}
    return {name: _typed(value, kinds.get(name)) for name, value in given.items()}


def _typed(value: Any, kind: FeelType | None) -> Any:
    while isinstance(kind, Constrained):
        kind = kind.base
    if isinstance(value, str):
        reader = _READERS.get(kind) if isinstance(kind, Simple) else None
        found = None if reader is None else reader(value)
        return value if found is None else found
    if isinstance(value, list):
        item = kind.item if isinstance(kind, ListOf) else None
        return [_typed(part, item) for part in value]
    if isinstance(value, dict):
        fields = kind.fields if isinstance(kind, ContextOf) else {}
        return {name: _typed(part, fields.get(name)) for name, part in value.items()}
    return value


def typed(value: Any, kind: FeelType | None) -> Any:
    """A value that was kept as text, as its type asks; what does not fit stays as it is."""
    while isinstance(kind, Constrained):
        kind = kind.base
    if not isinstance(value, str) or kind not in (NUMBER, BOOLEAN):
        return _typed(value, kind)
    text = value.strip().lower()
    if kind is BOOLEAN:
        return {"true": True, "yes": True, "false": False, "no": False}.get(text, value)
    try:
        return Decimal(text)
    except InvalidOperation:
        return value


def write_value(value: Any) -> str:
    """A result as JSON; what JSON cannot hold is written as FEEL text."""
    return json.dumps(_jsonable(value), ensure_ascii=False, indent=2)


def _jsonable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, dict):
        return {name: _jsonable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(part) for part in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    return to_text(from_python(value))


def _number(value: Decimal) -> int | float | str:
    """A JSON number where readers will get the same value back, else text."""
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else to_text(value)
