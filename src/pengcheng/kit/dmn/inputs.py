"""The caller's values as the inputs of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pengcheng.kit.dmn.graph import Node
from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.plain import from_python
from pengcheng.kit.feel.runtime import Run
from pengcheng.kit.feel.types import ANY, MISMATCH, Constrained, ContextOf, FeelType, ListOf

_ABSENT: Any = object()


def input_values(
    nodes: Iterable[tuple[Node, str]], given: Mapping[str, Any], run: Run
) -> dict[Node, Any]:
    """Values by node; one that does not fit its type is null, with a diagnostic."""
    values: dict[Node, Any] = {}
    for node, prefix in nodes:
        raw = _look_up(given, node.name, prefix)
        if raw is not _ABSENT:
            values[node] = _fitted(node, raw, run)
    return values


def _look_up(given: Mapping[str, Any], name: str, prefix: str) -> Any:
    """Inputs of an imported model are given nested, dotted, or by their plain name."""
    if not prefix:
        return given.get(name, _ABSENT)
    inner: Any = given
    for part in prefix.split("."):
        inner = inner.get(part) if isinstance(inner, Mapping) else None
    if isinstance(inner, Mapping) and name in inner:
        return inner[name]
    return given.get(f"{prefix}.{name}", given.get(name, _ABSENT))


def _fitted(node: Node, raw: Any, run: Run) -> Any:
    try:
        value = from_python(raw)
    except FeelError as error:
        run.note(error.code, f"{node.name}: {error.message}")
        return None
    if node.type is ANY or value is None:
        return value
    fitted = node.type.coerce(value)
    if fitted is MISMATCH:
        fitted = node.type.coerce(completed(node.type, value))
    if fitted is MISMATCH:
        run.note("type", f"the input {node.name} is not of type {node.type}")
        return None
    return fitted


def completed(kind: FeelType, value: Any) -> Any:
    """Entries a caller left out are null: forms do not send what nobody answered."""
    while isinstance(kind, Constrained):
        kind = kind.base
    if isinstance(kind, ListOf) and type(value) is list:
        return [completed(kind.item, item) for item in value]
    if isinstance(kind, ContextOf) and type(value) is dict:
        entries = {name: completed(part, value.get(name)) for name, part in kind.fields.items()}
        return {**value, **entries}
    return value
