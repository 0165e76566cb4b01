"""Unary tests: the cells of decision tables, allowed values, and the right side of `in`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pengcheng.kit.feel.comparison import equal
from pengcheng.kit.feel.compiler.core import compile_node, compiles, mentions
from pengcheng.kit.feel.compiler.operators import compare
from pengcheng.kit.feel.ranges import Range
from pengcheng.kit.feel.runtime import Closure, Scope
from pengcheng.kit.feel.syntax.nodes import In, Literal, Node, OperatorRange, UnaryTests

Test = Callable[[Scope, Any], "bool | None"]


def belongs(value: Any, target: Any) -> bool | None:
    """Equal to it, one of its elements, or within it."""
    if isinstance(target, Range) and not isinstance(value, Range):
        return target.contains(value)
    if type(target) is list:
        if type(value) is list and equal(value, target) is True:
            return True
        return any(
            item.contains(value) is True if isinstance(item, Range) else equal(value, item) is True
            for item in target
        )
    return equal(value, target)


def compile_test(node: Node) -> Test:
    if isinstance(node, OperatorRange):
        return _operator_test(node)
    if mentions(node, "?"):
        return _question_test(compile_node(node))
    if isinstance(node, Literal):
        return _literal_test(node.value)
    expression = compile_node(node)

    def test(scope: Scope, value: Any) -> bool | None:
        target = expression(scope)
        if target is True and type(value) is not bool:
            return True
        return belongs(value, target)

    return test


def _operator_test(node: OperatorRange) -> Test:
    operator = node.operator
    if isinstance(node.end, Literal) and type(node.end.value) is Decimal:
        return _number_test(operator, node.end.value)
    end = compile_node(node.end)
    return lambda scope, value: compare(operator, value, end(scope))


def _number_test(operator: str, end: Decimal) -> Test:
    """The commonest cells, `< 18` and its like, without a detour."""
    direct: dict[str, Callable[[Decimal], bool]] = {
        "<": end.__gt__,
        "<=": end.__ge__,
        ">": end.__lt__,
        ">=": end.__le__,
        "=": end.__eq__,
        "!=": end.__ne__,
    }
    matches = direct[operator]

    def test(scope: Scope, value: Any) -> bool | None:
        if type(value) is Decimal:
            return matches(value)
        return compare(operator, value, end)

    return test


def _literal_test(target: Any) -> Test:
    kind = type(target)
    if kind is str or kind is Decimal:
        return lambda scope, value: value == target if type(value) is kind else equal(value, target)
    return lambda scope, value: equal(value, target)


def _question_test(expression: Closure) -> Test:
    """`?` stands for the value tested; the test is a condition, or gives what to compare with."""

    def test(scope: Scope, value: Any) -> bool | None:
        answer = expression(Scope({"?": value}, scope.run, scope))
        if type(answer) is bool or answer is None:
            return answer
        return belongs(value, answer)

    return test


def any_of(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def test(scope: Scope, value: Any) -> bool | None:
        unknown = False
        for single in tests:
            answer = single(scope, value)
            if answer is True:
                return True
            unknown = unknown or answer is None
        return None if unknown else False

    return test


def compile_unary_tests(node: UnaryTests) -> Test | None:
    """None for `-`, which is true of everything."""
    if node.any:
        return None
    test = any_of(tuple(compile_test(item) for item in node.tests))
    if not node.negated:
        return test

    def negated(scope: Scope, value: Any) -> bool | None:
        answer = test(scope, value)
        return None if answer is None else not answer

    return negated


@compiles(In)
def in_operator(node: In) -> Closure:
    value = compile_node(node.value)
    test = any_of(tuple(compile_test(item) for item in node.tests))

    def closure(scope: Scope) -> bool | None:
        answer = test(scope, value(scope))
        if answer is None:
            scope.run.note("type", "the value and the test of 'in' do not compare")
        return answer

    return closure
