"""Boxed expressions of every kind."""

from __future__ import annotations

from typing import Any

import pytest

from pengcheng.kit.dmn import Model
from tests.kit.dmn.models import component, data, decision, item, knowledge, literal, model


def boxed(expression: str, type_ref: str = "", before: str = "") -> Model:
    return model(
        before + data("x") + decision("result of it", expression, inputs=["x"], type_ref=type_ref)
    )


def value(expression: str, x: Any = None, **options: str) -> Any:
    return boxed(expression, **options).evaluate("result of it", {"x": x})


def entry(name: str, expression: str, type_ref: str = "") -> str:
    variable = f'<variable name="{name}" typeRef="{type_ref}"/>' if name else ""
    return f"<contextEntry>{variable}{expression}</contextEntry>"


def test_context_entries_see_those_before_them() -> None:
    found = value(
        f"<context>{entry('first part', literal('x + 1'))}"
        f"{entry('second', literal('first part * 2'))}</context>",
        3,
    )
    assert found == {"first part": 4, "second": 8}


def test_the_last_entry_without_a_name_is_the_result() -> None:
    found = value(f"<context>{entry('a', literal('x'))}{entry('', literal('a + a'))}</context>", 3)
    assert found == 6


def test_an_entry_is_coerced_to_its_type() -> None:
    expression = f"<context>{entry('a', literal('x'), 'number')}</context>"
    assert value(expression, [3]) == {"a": 3}
    assert value(expression, "text") == {"a": None}


def test_lists_and_relations() -> None:
    assert value(f"<list>{literal('x')}{literal('x + 1')}</list>", 1) == [1, 2]
    rows = "".join(
        f"<row>{literal(name)}{literal(price)}</row>"
        for name, price in (('"tea"', "2"), ('"rice"', "x"))
    )
    relation = f'<relation><column name="item name"/><column name="price"/>{rows}</relation>'
    assert value(relation, 5) == [
        {"item name": "tea", "price": 2},
        {"item name": "rice", "price": 5},
    ]


def test_names_of_a_relation_are_known_in_other_decisions() -> None:
    relation = f'<relation><column name="unit price"/><row>{literal("7")}</row></relation>'
    found = model(
        decision("prices", relation)
        + decision("sum of it", literal("sum(prices.unit price) + 1"), decisions=["prices"])
        + decision("some", literal("prices[unit price > 5].unit price"), decisions=["prices"])
    )
    assert found.evaluate("sum of it") == 8
    assert found.evaluate("some") == [7]


def test_functions_and_invocations() -> None:
    function = (
        '<functionDefinition><formalParameter name="rate" typeRef="number"/>'
        f"{literal('rate * x')}</functionDefinition>"
    )
    call = entry("", literal("f(2) + f(rate: 3)"))
    assert value(f"<context>{entry('f', function)}{call}</context>", 10) == 50
    assert (
        value(f"<context>{entry('f', function)}{entry('', literal('f(true)'))}</context>") is None
    )


def invocation(callee: str, **bindings: str) -> str:
    inside = "".join(
        f'<binding><parameter name="{name}"/>{literal(text)}</binding>'
        for name, text in bindings.items()
    )
    return f"<invocation>{literal(callee)}{inside}</invocation>"


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (invocation("area", width="x", height="2"), 6),
        (invocation("area", width="x"), None),
        (invocation("area", width="x", depth="2"), None),
        (invocation("area", width='"3"', height="2"), None),
        (invocation("abs", n="-x"), 3),
        (invocation("no such", n="1"), None),
    ],
)
def test_invocations_bind_by_name(call: str, wanted: Any) -> None:
    area = knowledge("area", [("width", "number"), ("height", "number")], literal("width * height"))
    found = model(area + data("x") + decision("it", call, inputs=["x"], knowledge=["area"]))
    assert found.evaluate("it", {"x": 3}) == wanted


def test_conditional() -> None:
    expression = (
        f"<conditional><if>{literal('x > 1')}</if><then>{literal('1 / 0')}</then>"
        f"<else>{literal('x')}</else></conditional>"
    )
    found = boxed(expression)
    assert found.explain("result of it", {"x": 0}).diagnostics == ()
    assert found.evaluate("result of it", {"x": 0}) == 0
    assert found.evaluate("result of it", {"x": 2}) is None
    assert found.evaluate("result of it", {"x": None}) is None


def test_filter() -> None:
    by_item = f"<filter><in>{literal('x')}</in><match>{literal('item > 1')}</match></filter>"
    assert value(by_item, [1, 2, 3]) == [2, 3]
    by_entry = f"<filter><in>{literal('x')}</in><match>{literal('age >= 18')}</match></filter>"
    assert value(by_entry, [{"age": 3}, {"age": 20}]) == [{"age": 20}]
    by_place = f"<filter><in>{literal('x')}</in><match>{literal('-1')}</match></filter>"
    assert value(by_place, [1, 2, 3]) == 3


def loop(tag: str, body: str, inner: str, domain: str = "x") -> str:
    return (
        f'<{tag} iteratorVariable="each one"><in>{literal(domain)}</in>'
        f"<{inner}>{literal(body)}</{inner}></{tag}>"
    )


def test_for_some_every() -> None:
    assert value(loop("for", "each one * 2", "return"), [1, 2]) == [2, 4]
    assert value(loop("for", "each one + count(partial)", "return", "[1..3]")) == [1, 3, 5]
    assert value(loop("some", "each one > 1", "satisfies"), [1, 2]) is True
    assert value(loop("every", "each one > 1", "satisfies"), [1, 2]) is False
    assert value(loop("every", "each one > 1", "satisfies")) is None


def test_a_decision_is_coerced_to_its_type() -> None:
    assert value(literal("x"), [3], type_ref="number") == 3
    assert value(literal("x"), "3", type_ref="number") is None
    many = item("tNumbers", "<typeRef>number</typeRef>", collection=True)
    assert value(literal("x"), 3, type_ref="tNumbers", before=many) == [3]
    pair = item("tPair", component("a", "number") + component("b", "string"))
    assert value(literal("x"), {"a": 1, "b": "x"}, type_ref="tPair", before=pair) == {
        "a": 1,
        "b": "x",
    }
    assert value(literal("x"), {"a": 1}, type_ref="tPair", before=pair) is None
    assert value(literal("x"), {"a": "1", "b": "x"}, type_ref="tPair", before=pair) is None


def test_functions_outside_feel_are_never_run() -> None:
    java = '{class: "java.lang.System", method signature: "exit(int)"}'
    foreign = knowledge("leave", [("code", "number")], literal(java), kind="Java")
    found = model(foreign + decision("it", literal("leave(1)"), knowledge=["leave"]))
    assert found.evaluate("it") is None
    assert "not run" in str(found.explain("it").diagnostics)
    external = literal('(function(a) external {java: {class: "C"}})(1)')
    assert value(external) is None


def test_a_decision_without_logic_is_null() -> None:
    assert value("") is None


def test_another_expression_language_is_not_guessed() -> None:
    foreign = (
        '<literalExpression expressionLanguage="urn:python"><text>1+1</text></literalExpression>'
    )
    found = boxed(foreign)
    assert found.evaluate("result of it") is None
    assert found.findings
