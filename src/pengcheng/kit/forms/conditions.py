"""FEEL in forms: compiled once for each set of names, evaluated over typed answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from pengcheng.kit import feel
from pengcheng.kit.feel import builtins
from pengcheng.kit.feel.errors import FeelSyntaxError
from pengcheng.kit.feel.expression import Expression, member_tree
from pengcheng.kit.feel.syntax import nodes
from pengcheng.kit.feel.syntax.names import Names, NameTree
from pengcheng.kit.feel.syntax.parser import parse_expression
from pengcheng.kit.forms.parts import Question

ALWAYS = ("today", "value", "row")
"""Names that every expression may use: the day in the city, the answer a check is about, and the
number of the member of a group."""

Value = str | tuple[str, ...]


@lru_cache(maxsize=4096)
def compiled(text: str, names: tuple[str, ...]) -> Expression:
    """Raises FeelSyntaxError."""
    return feel.compile_expression(text, (*names, *ALWAYS), names)


def evaluate(text: str, names: tuple[str, ...], values: Mapping[str, Any]) -> Any:
    """The value of the expression; None where it has none."""
    return compiled(text, names).evaluate(values)


# --- what a form's author got wrong -----------------------------------------------------


def complaint(text: str, names: Iterable[str]) -> str:
    """Why the expression cannot be used, in words; empty when it can."""
    known = (*names, *ALWAYS)
    try:
        tree = parse_expression(text, Names((builtins.NAMES, NameTree(known)), member_tree(known)))
    except FeelSyntaxError as error:
        return str(error)
    except RecursionError:
        return "the expression is nested too deeply"
    used, bound = set(_names(tree)), set(_bound(tree))
    unknown = sorted(used - bound - set(known) - {"item"} - _functions())
    if unknown:
        return f"it asks {unknown[0]!r}, which no earlier page or question asks"
    return ""


@lru_cache(maxsize=1)
def _functions() -> frozenset[str]:
    return frozenset(builtins.BUILTINS)


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for inner in node:
            yield from _nodes(inner)
    elif isinstance(node, nodes.Node) and is_dataclass(node):
        yield node
        for each in fields(node):
            yield from _nodes(getattr(node, each.name))


def _names(tree: nodes.Node) -> Iterator[str]:
    return (node.name for node in _nodes(tree) if isinstance(node, nodes.Name))


def _bound(tree: nodes.Node) -> Iterator[str]:
    """The names that the expression itself gives meaning to."""
    for node in _nodes(tree):
        if isinstance(node, nodes.Iterator):
            yield node.name
        elif isinstance(node, nodes.FunctionNode):
            yield from (name for name, _ in node.parameters)
        elif isinstance(node, nodes.ContextNode):
            yield from (name for name, _ in node.entries)


def uses(text: str, names: Iterable[str]) -> frozenset[str]:
    """Which of the names the expression looks at; none when it cannot be read."""
    known = tuple(names)
    scopes = Names((builtins.NAMES, NameTree((*known, *ALWAYS))), member_tree(known))
    try:
        tree = parse_expression(text, scopes)
    except (FeelSyntaxError, RecursionError):
        return frozenset()
    return frozenset(_names(tree)) & frozenset(known)


# --- an answer as a value ---------------------------------------------------------------


def typed(question: Question, value: Value | None) -> Any:
    """The answer as FEEL sees it; what was not answered, or is not of its kind, is null."""
    if question.kind == "choices":
        return list(value) if isinstance(value, tuple) else None
    if question.kind == "address":
        return _address(value)
    if not value or not isinstance(value, str):
        return None
    make = _TYPED.get(question.kind)
    return make(value) if make else value


def _address(value: Value | None) -> dict[str, str] | None:
    if not isinstance(value, tuple) or len(value) != 2:
        return None
    return {"area": value[0], "detail": value[1]}


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _month(text: str) -> date | None:
    return _day(f"{text}-01") if re.fullmatch(r"\d{4}-\d{2}", text) else None


def _yes(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


_TYPED: dict[str, Any] = {
    "number": _number,
    "integer": _number,
    "money": _number,
    "date": _day,
    "month": _month,
    "yesno": _yes,
    "declaration": _yes,
    "file": lambda text: True,
}


def written(value: Any, shown_as: str) -> str:
    """A computed value in the canonical form in which answers are stored."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return _figure(value, shown_as)
    if isinstance(value, list | tuple):
        return "、".join(written(each, shown_as) for each in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _figure(value: Decimal, shown_as: str) -> str:
    if abs(value) >= Decimal(10) ** 18:
        return str(value)
    if shown_as == "money":
        return format(value.quantize(Decimal("0.01")), "f")
    return format(value.normalize(), "f")
