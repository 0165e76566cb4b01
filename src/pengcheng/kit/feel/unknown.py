"""Names that an expression uses and nobody gives it: a slip an editor can point at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from pengcheng.kit.feel import builtins
from pengcheng.kit.feel.expression import member_tree
from pengcheng.kit.feel.syntax import nodes
from pengcheng.kit.feel.syntax.names import Names, NameTree
from pengcheng.kit.feel.syntax.parser import parse_expression, parse_unary_tests


def unknown_names(text: str, names: Iterable[str] = (), members: Iterable[str] = ()) -> set[str]:
    """Raises FeelSyntaxError. What a filter's condition may find in its items is not counted."""
    known = tuple(names)
    scope = Names((builtins.NAMES, NameTree(known)), member_tree(members))
    return set(_free(parse_expression(text, scope), frozenset({*known, *builtins.BUILTINS})))


def unknown_in_tests(text: str, names: Iterable[str] = ()) -> set[str]:
    """The same for unary tests, the cells of a decision table."""
    known = (*names, "?")
    scope = Names((builtins.NAMES, NameTree(known)), member_tree())
    tests = parse_unary_tests(text, scope)
    return set(_free(tests, frozenset({*known, *builtins.BUILTINS})))


def _free(node: Any, bound: frozenset[str]) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        if node.name not in bound:
            yield node.name
    elif isinstance(node, nodes.Filter):
        yield from _free(node.base, bound)
    else:
        inner = bound | _binds(node)
        for part in _parts(node):
            yield from _free(part, inner)


def _binds(node: Any) -> frozenset[str]:
    if isinstance(node, nodes.For):
        return frozenset({*(each.name for each in node.iterators), "partial"})
    if isinstance(node, nodes.Quantified):
        return frozenset(each.name for each in node.iterators)
    if isinstance(node, nodes.FunctionNode):
        return frozenset(name for name, _ in node.parameters)
    if isinstance(node, nodes.ContextNode):
        return frozenset(name for name, _ in node.entries)
    return frozenset()


def _parts(node: Any) -> Iterator[Any]:
    if is_dataclass(node) and not isinstance(node, nodes.Literal):
        yield from (getattr(node, each.name) for each in fields(node))
    elif isinstance(node, tuple):
        yield from node
