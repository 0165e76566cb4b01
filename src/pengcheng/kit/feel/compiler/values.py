"""Literals, names, paths, and the brackets that build values."""

from __future__ import annotations

from typing import Any

from pengcheng.kit.feel.builtins.registry import BUILTINS
from pengcheng.kit.feel.compiler.core import compile_node, compiles
from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.functions import Parameter, user_function
from pengcheng.kit.feel.inference import infer
from pengcheng.kit.feel.properties import PROPERTIES
from pengcheng.kit.feel.ranges import Range
from pengcheng.kit.feel.runtime import Closure, Run, Scope
from pengcheng.kit.feel.syntax.nodes import (
    BadLiteral,
    ContextNode,
    FunctionNode,
    Interval,
    ListNode,
    Literal,
    Name,
    OperatorRange,
    Path,
)
from pengcheng.kit.feel.types import ANY

_MISSING: Any = object()


@compiles(Literal)
def literal(node: Literal) -> Closure:
    value = node.value
    return lambda scope: value


@compiles(BadLiteral)
def bad_literal(node: BadLiteral) -> Closure:
    message = f'@"{node.text}" is not a date, a time or a duration'

    def closure(scope: Scope) -> None:
        scope.run.note("value", message)

    return closure


@compiles(Name)
def name(node: Name) -> Closure:
    key = node.name
    builtin = BUILTINS.get(key)

    def closure(scope: Scope) -> Any:
        current: Scope | None = scope
        while current is not None:
            names = current.names
            if key in names:
                return names[key]
            current = current.parent
        if builtin is None:
            scope.run.note("name", f"{key!r} is not known here")
        return builtin

    return closure


@compiles(Path)
def path(node: Path) -> Closure:
    base, key = compile_node(node.base), node.name

    def closure(scope: Scope) -> Any:
        return member(base(scope), key, scope.run)

    return closure


def member(value: Any, key: str, run: Run) -> Any:
    """An entry, a property, or for a list the same of each element."""
    if type(value) is dict:
        found = value.get(key, _MISSING)
        if found is not _MISSING:
            return found
    elif type(value) is list:
        run.spend(len(value))
        return [member(item, key, run) for item in value]
    else:
        getter = PROPERTIES.get(type(value), {}).get(key)
        if getter is not None:
            return getter(value)
    run.note("path", f"there is no {key!r} in this value")
    return None


@compiles(ListNode)
def list_literal(node: ListNode) -> Closure:
    items = tuple(compile_node(item) for item in node.items)
    return lambda scope: [item(scope) for item in items]


@compiles(ContextNode)
def context_literal(node: ContextNode) -> Closure:
    entries = tuple((key, compile_node(value)) for key, value in node.entries)

    def closure(scope: Scope) -> dict[str, Any]:
        result: dict[str, Any] = {}
        inner = Scope(result, scope.run, scope)  # entries see the ones before them
        for key, value in entries:
            result[key] = value(inner)
        return result

    return closure


@compiles(Interval)
def interval(node: Interval) -> Closure:
    low, high = compile_node(node.low), compile_node(node.high)

    def closure(scope: Scope) -> Range | None:
        try:
            return make_range(low(scope), high(scope), node.low_closed, node.high_closed)
        except FeelError as error:
            scope.run.note(error.code, error.message)
            return None

    return closure


def make_range(low: Any, high: Any, low_closed: bool, high_closed: bool) -> Range:
    if (low is None and low_closed) or (high is None and high_closed):
        raise FeelError("a closed end of a range cannot be null")
    if low is not None and high is not None and type(low) is not type(high):
        raise FeelError("the ends of a range are of different kinds")
    return Range(low, high, low_closed, high_closed)


@compiles(OperatorRange)
def operator_range(node: OperatorRange) -> Closure:
    end, operator = compile_node(node.end), node.operator
    return lambda scope: Range.of_operator(operator, end(scope))


@compiles(FunctionNode)
def function(node: FunctionNode) -> Closure:
    parameters = tuple(Parameter(name, kind) for name, kind in node.parameters)
    body = refuse_external if node.external else compile_node(node.body)
    result = ANY if node.external else infer(node.body, dict(node.parameters))
    return lambda scope: user_function(parameters, body, scope, result)


def refuse_external(scope: Scope) -> None:
    raise FeelError("functions outside FEEL are not run", "external")
