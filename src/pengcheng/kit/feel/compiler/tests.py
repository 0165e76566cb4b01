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
from pengcheng.kit.feel.syntax.nodes import In, Interval, Literal, Node, OperatorRange, UnaryTests

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
    if isinstance(node, Interval) and _is_number(node.low) and _is_number(node.high):
        return _interval_test(node)
    expression = compile_node(node)
    ranged = isinstance(node, Interval)

    def test(scope: Scope, value: Any) -> bool | None:
        target = expression(scope)
        if target is None and ranged:
            return None  # a range that is none
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


def _is_number(node: Node) -> bool:
    return isinstance(node, Literal) and type(node.value) is Decimal


def _interval_test(node: Interval) -> Test:
    """`[18..65]` with numbers at both ends: no range is built for each question."""
    low: Decimal = node.low.value  # type: ignore[attr-defined]
    high: Decimal = node.high.value  # type: ignore[attr-defined]
    bounds = Range(low, high, node.low_closed, node.high_closed)
    above = low.__le__ if node.low_closed else low.__lt__
    below = high.__ge__ if node.high_closed else high.__gt__

    def test(scope: Scope, value: Any) -> bool | None:
        if type(value) is Decimal:
            return above(value) and below(value)
        return belongs(value, bounds)

    return test


def _texts_test(texts: frozenset[str]) -> Test:
    """`"a", "b", "c"` as one look-up."""
    return lambda scope, value: (
        value in texts if type(value) is str else (None if value is not None else False)
    )


def compile_tests(nodes: tuple[Node, ...]) -> Test:
    texts = [node.value for node in nodes if isinstance(node, Literal) and type(node.value) is str]
    if 1 < len(texts) == len(nodes):
        return _texts_test(frozenset(texts))
    return _any_of(tuple(compile_test(node) for node in nodes))


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


def _any_of(tests: tuple[Test, ...]) -> Test:
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
    test = compile_tests(node.tests)
    if not node.negated:
        return test

    def negated(scope: Scope, value: Any) -> bool | None:
        answer = test(scope, value)
        return None if answer is None else not answer

    return negated


@compiles(In)
def in_operator(node: In) -> Closure:
    value = compile_node(node.value)
    test = compile_tests(node.tests)

    def closure(scope: Scope) -> bool | None:
        answer = test(scope, value(scope))
        if answer is None:
            scope.run.note("type", "the value and the test of 'in' do not compare")
        return answer

    return closure
