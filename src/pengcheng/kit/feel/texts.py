"""How values read as text, as `string(…)` gives it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pengcheng.kit.feel.numbers import to_text as number_text


def to_text(value: Any, quoted: bool = False) -> str:
    """`quoted` puts strings in quotation marks, as inside a list or a context."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return f'"{_escaped(value)}"' if quoted else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, list):
        return "[" + ", ".join(to_text(item, True) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {to_text(v, True)}" for k, v in value.items()) + "}"
    return str(value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
