"""Arithmetic, comparison, and three-valued logic."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pengcheng.kit.feel import arithmetic
from pengcheng.kit.feel.comparison import at_most, equal, less
from pengcheng.kit.feel.compiler.core import compile_node, compiles
from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.numbers import CONTEXT
from pengcheng.kit.feel.runtime import Closure, Scope
from pengcheng.kit.feel.syntax.nodes import (
    Arithmetic,
    Between,
    Comparison,
    InstanceOf,
    Logic,
    Negate,
)
from pengcheng.kit.feel.types import FeelType, FunctionOf, NullType

_FAST = {"+": CONTEXT.add, "-": CONTEXT.subtract, "*": CONTEXT.multiply}


@compiles(Arithmetic)
def arithmetic_operator(node: Arithmetic) -> Closure:
    left, right, operator = compile_node(node.left), compile_node(node.right), node.operator
    rules = arithmetic.TABLES[operator]
    fast = _FAST.get(operator)

    def closure(scope: Scope) -> Any:
        a, b = left(scope), right(scope)
        if fast is not None and type(a) is Decimal and type(b) is Decimal:
            result = fast(a, b)
            if result.is_finite():
                return result
        rule = rules.get((type(a), type(b)))
        if rule is None:
            scope.run.note("type", f"{operator} has no meaning for {_kind(a)} and {_kind(b)}")
            return None
        try:
            value = rule(a, b)
        except FeelError as error:
            scope.run.note(error.code, error.message)
            return None
        if type(value) is str:
            _bounded(scope, value)
        return value

    return closure


def _bounded(scope: Scope, text: str) -> None:
    scope.run.spend(len(text) >> 10)
    if len(text) > scope.run.limits.text:
        raise FeelError("the text is too long", "limit")


def _kind(value: Any) -> str:
    names = {Decimal: "a number", str: "a string", bool: "a boolean", list: "a list"}
    if value is None:
        return "null"
    return names.get(type(value), f"a {type(value).__name__}")


@compiles(Negate)
def negation(node: Negate) -> Closure:
    value = compile_node(node.value)

    def closure(scope: Scope) -> Any:
        try:
            return arithmetic.negate(value(scope))
        except FeelError as error:
            scope.run.note(error.code, error.message)
            return None

    return closure


_COMPARE = {
    "=": equal,
    "<": less,
    "<=": at_most,
    ">": lambda a, b: less(b, a),
    ">=": lambda a, b: at_most(b, a),
}


def compare(operator: str, left: Any, right: Any) -> bool | None:
    if operator == "!=":
        same = equal(left, right)
        return None if same is None else not same
    return _COMPARE[operator](left, right)


@compiles(Comparison)
def comparison(node: Comparison) -> Closure:
    left, right, operator = compile_node(node.left), compile_node(node.right), node.operator

    def closure(scope: Scope) -> bool | None:
        a, b = left(scope), right(scope)
        result = compare(operator, a, b)
        if result is None:
            scope.run.note("type", f"{_kind(a)} and {_kind(b)} do not compare with {operator}")
        return result

    return closure


@compiles(Between)
def between(node: Between) -> Closure:
    value, low, high = (compile_node(part) for part in (node.value, node.low, node.high))

    def closure(scope: Scope) -> bool | None:
        middle = value(scope)
        above, below = at_most(low(scope), middle), at_most(middle, high(scope))
        if above is None or below is None:
            scope.run.note("type", "the values of 'between' do not compare")
            return None
        return above and below

    return closure


@compiles(Logic)
def logic(node: Logic) -> Closure:
    left, right = compile_node(node.left), compile_node(node.right)
    decisive = node.operator == "or"

    def closure(scope: Scope) -> bool | None:
        a = left(scope)
        if a is decisive:
            return decisive
        b = right(scope)
        if b is decisive:
            return decisive
        if type(a) is bool and type(b) is bool:
            return not decisive
        return None

    return closure


@compiles(InstanceOf)
def instance_of(node: InstanceOf) -> Closure:
    value, kind = compile_node(node.value), node.type
    return lambda scope: is_instance(value(scope), kind)


def is_instance(value: Any, kind: FeelType) -> bool:
    """Null is an instance of nothing but Null."""
    if value is None:
        return isinstance(kind, NullType)
    if isinstance(kind, FunctionOf) and not hasattr(value, "call_named"):
        return False
    return kind.holds(value)
