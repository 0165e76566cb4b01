"""Item definitions: structure, collections, allowed values, constraints."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.kit.dmn.models import allowed, component, data, decision, item, literal, model

GRADE = item("tGrade", "<typeRef>string</typeRef>" + allowed('"low", "high"'))
AGE = item("tAge", "<typeRef>number</typeRef>" + allowed("[0..150]"))
AGES = item("tAges", "<typeRef>number</typeRef>" + allowed("[0..150]"), collection=True)
FEW = item(
    "tFew", "<typeRef>number</typeRef>" + allowed("count(?) < 3", "typeConstraint"), collection=True
)
PERSON = item("tPerson", component("name", "string") + component("age", "tAge"))
PEOPLE = item("tPeople", "<typeRef>tPerson</typeRef>", collection=True)
TREE = item(
    "tTree",
    component("value", "number")
    + '<itemComponent name="children" isCollection="true"><typeRef>tTree</typeRef></itemComponent>',
)
FUNCTION = item(
    "tRule",
    '<functionItem outputTypeRef="boolean"><parameters name="x" typeRef="number"/></functionItem>',
)
ALL = GRADE + AGE + AGES + FEW + PERSON + PEOPLE + TREE + FUNCTION
ANN: dict[str, Any] = {"name": "Ann", "age": 30}


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("tGrade", "low", "low"),
        ("tGrade", "middle", None),
        ("tGrade", 1, None),
        ("tGrade", None, None),
        ("tAge", 150, 150),
        ("tAge", 151, None),
        ("tAge", [7], 7),
        ("tAges", [1, 2], [1, 2]),
        ("tAges", 5, [5]),
        ("tAges", [1, 999], None),
        ("tAges", [1, "a"], None),
        ("tFew", [1, 2], [1, 2]),
        ("tFew", [1, 2, 3], None),
        ("tPerson", ANN, ANN),
        ("tPerson", {**ANN, "more": 1}, {**ANN, "more": 1}),
        ("tPerson", {**ANN, "age": 999}, None),
        ("tPerson", "Ann", None),
        ("tPeople", [ANN, ANN], [ANN, ANN]),
        ("tPeople", ANN, [ANN]),
        ("tTree", {"value": 1, "children": []}, {"value": 1, "children": []}),
        ("tTree", {"value": 1, "children": [{"value": "x", "children": []}]}, None),
        ("string", "a", "a"),
        ("string", 1, None),
        ("boolean", True, True),
        ("number", True, None),
        ("Any", [1, "a"], [1, "a"]),
        ("date", "2020-01-01", None),
        ("context", ANN, ANN),
        ("list", 1, [1]),
    ],
)
def test_an_input_fits_its_type_or_is_null(kind: str, given: Any, wanted: Any) -> None:
    found = model(ALL + data("x", kind) + decision("it", literal("x"), inputs=["x"]))
    result = found.explain("it", {"x": given})
    assert result.value == wanted
    assert bool(result.diagnostics) is (wanted is None and given is not None)


def test_entries_a_caller_leaves_out_are_null() -> None:
    found = model(PERSON + AGE + data("x", "tPerson") + decision("it", literal("x"), inputs=["x"]))
    assert found.evaluate("it", {"x": {"name": "Ann"}}) == {"name": "Ann", "age": None}


def test_a_date_is_read_as_date_and_time_where_one_is_asked() -> None:
    found = model(decision("it", literal('date("2020-01-02")'), type_ref="date and time"))
    assert str(found.evaluate("it")) == "2020-01-02 00:00:00+00:00"


def test_types_of_the_model_are_known_to_instance_of_and_to_functions() -> None:
    found = model(
        ALL
        + decision("a", literal('{name: "Ann", age: 30} instance of tPerson'))
        + decision("b", literal('{name: "Ann", age: 300} instance of tPerson'))
        + decision("c", literal('(function(p: tPerson) p.age + 1)({name: "Ann", age: 30})'))
        + decision("d", literal("(function(p: tPerson) p.age + 1)(5)"))
        + decision("e", literal("(function(x: number) x > 1) instance of tRule"))
        + decision("f", literal("(function(x: string) 1) instance of tRule"))
    )
    wanted = {"a": True, "b": False, "c": Decimal(31), "d": None, "e": True, "f": False}
    assert {name: found.evaluate(name) for name in wanted} == wanted


def test_allowed_values_rank_the_outputs_of_a_table() -> None:
    body = (
        '<decisionTable hitPolicy="PRIORITY"><input><inputExpression><text>x</text>'
        '</inputExpression></input><output typeRef="tGrade"/>'
        '<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"high"</text>'
        "</outputEntry></rule>"
        '<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"low"</text>'
        "</outputEntry></rule></decisionTable>"
    )
    found = model(GRADE + data("x") + decision("it", body, inputs=["x"]))
    assert found.evaluate("it", {"x": 1}) == "low"


def test_a_column_may_carry_the_type_of_the_whole_result() -> None:
    names = item("tNames", "<typeRef>string</typeRef>", collection=True)
    body = (
        '<decisionTable hitPolicy="COLLECT"><output typeRef="tNames"/>'
        '<rule><outputEntry><text>"a"</text></outputEntry></rule>'
        '<rule><outputEntry><text>"b"</text></outputEntry></rule></decisionTable>'
    )
    assert model(names + decision("it", body, type_ref="tNames")).evaluate("it") == ["a", "b"]


def test_an_unknown_type_is_found_and_taken_as_any() -> None:
    found = model(data("x", "tNobody") + decision("it", literal("x"), inputs=["x"]))
    assert found.evaluate("it", {"x": 1}) == 1
    assert "unknown type 'tNobody'" in str(found.findings[0])
