"""The type an expression will have, where the text alone says so; Any where it does not.

Used for the results of functions, so that `instance of function<string> -> string` can tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pengcheng.kit.feel.syntax import nodes
from pengcheng.kit.feel.types import (
    ANY,
    BOOLEAN,
    NAMED,
    NULL,
    NUMBER,
    STRING,
    ContextOf,
    FeelType,
    FunctionOf,
    ListOf,
    NullType,
)

Known = Mapping[str, FeelType]
_BOOLEANS = (
    nodes.Comparison,
    nodes.Between,
    nodes.In,
    nodes.InstanceOf,
    nodes.Logic,
    nodes.Quantified,
)


def infer(node: nodes.Node, known: Known) -> FeelType:
    if isinstance(node, nodes.Literal):
        return type_of(node.value)
    if isinstance(node, nodes.Name):
        return known.get(node.name, ANY)
    if isinstance(node, _BOOLEANS):
        return BOOLEAN
    if isinstance(node, nodes.Arithmetic):
        return _arithmetic(node, known)
    if isinstance(node, nodes.If):
        return _joined(infer(node.then, known), infer(node.otherwise, known))
    return _bracket(node, known)


def _bracket(node: nodes.Node, known: Known) -> FeelType:
    if isinstance(node, nodes.ListNode):
        kinds = [infer(item, known) for item in node.items]
        return ListOf(kinds[0] if kinds and all(kind == kinds[0] for kind in kinds) else ANY)
    if isinstance(node, nodes.ContextNode):
        return ContextOf({key: infer(value, known) for key, value in node.entries})
    if isinstance(node, nodes.FunctionNode):
        inner = {**known, **dict(node.parameters)}
        return FunctionOf(tuple(kind for _, kind in node.parameters), infer(node.body, inner))
    return ANY


def _arithmetic(node: nodes.Arithmetic, known: Known) -> FeelType:
    left, right = infer(node.left, known), infer(node.right, known)
    return left if left == right and left in (NUMBER, STRING) else ANY


def _joined(left: FeelType, right: FeelType) -> FeelType:
    if isinstance(left, NullType):
        return right
    return left if left == right or isinstance(right, NullType) else ANY


def type_of(value: Any) -> FeelType:
    if value is None:
        return NULL
    return next(
        (kind for kind in NAMED.values() if kind != ANY and kind.holds(value)),
        ANY,
    )
