"""Models that import models."""

from __future__ import annotations

import pytest

from pengcheng.kit.dmn import ModelError, load_model
from tests.kit.dmn.models import (
    DMN15,
    component,
    data,
    decision,
    document,
    item,
    knowledge,
    literal,
    model,
)

BASE = document(
    item("tPerson", component("full name", "string") + component("age", "number"))
    + data("Person", "tPerson")
    + knowledge("Say hello", [("who", "tPerson")], literal('"Hello " + who.full name'))
    + decision(
        "Greeting", literal("Say hello(Person)"), inputs=["Person"], knowledge=["Say hello"]
    ),
    namespace="urn:base",
)
ANN = {"full name": "Ann", "age": 30}


def importing(name: str, body: str, namespace: str = "urn:test") -> bytes:
    head = f'<import name="{name}" namespace="urn:base" importType="{DMN15}"/>'
    return document(head + body, namespace=namespace)


def test_types_functions_and_decisions_of_an_import_go_by_its_name() -> None:
    found = load_model(
        importing(
            "base",
            data("Guest", "base.tPerson")
            + decision("hello", literal("base.Say hello(Guest)"), inputs=["Guest"])
            + decision(
                "both",
                literal('base.Greeting + "!" + string(base.Person.age)'),
                inputs=["urn:base#i-Person"],
                decisions=["urn:base#d-Greeting"],
            ),
        ),
        [BASE],
    )
    assert found.evaluate("hello", {"Guest": ANN}) == "Hello Ann"
    assert found.evaluate("both", {"base": {"Person": ANN}}) == "Hello Ann!30"
    assert found.evaluate("both", {"base.Person": ANN}) == "Hello Ann!30"
    assert found.evaluate("both", {"Person": ANN}) == "Hello Ann!30"
    assert found.evaluate("hello", {"Guest": "not a person"}) is None


def test_an_import_without_a_name_needs_no_prefix() -> None:
    found = load_model(
        importing(
            "",
            data("Guest", "tPerson")
            + decision("hello", literal("Say hello(Guest)"), inputs=["Guest"])
            + decision("again", literal("Greeting"), decisions=["urn:base#d-Greeting"]),
        ),
        [BASE],
    )
    assert found.evaluate("hello", {"Guest": ANN}) == "Hello Ann"
    assert found.evaluate("again", {"Person": ANN}) == "Hello Ann"


def test_two_ways_to_one_model_keep_their_own_inputs() -> None:
    def middle(letter: str) -> bytes:
        body = decision(
            "said", literal(f'"{letter}: " + base.Greeting'), decisions=["urn:base#d-Greeting"]
        )
        return importing("base", body, namespace=f"urn:{letter}")

    top = document(
        f'<import name="A" namespace="urn:a" importType="{DMN15}"/>'
        f'<import name="B" namespace="urn:b" importType="{DMN15}"/>'
        + decision(
            "all",
            literal("[A.said, B.said]"),
            decisions=["urn:a#d-said", "urn:b#d-said"],
        )
    )
    found = load_model(top, [middle("b"), middle("a"), BASE])
    bob = {"full name": "Bob", "age": 1}
    inputs = {"A": {"base": {"Person": ANN}}, "B": {"base": {"Person": bob}}}
    assert found.evaluate("all", inputs) == ["a: Hello Ann", "b: Hello Bob"]


def test_a_reference_with_the_models_own_namespace_is_its_own() -> None:
    found = model(data("x") + decision("a", literal("x + 1"), inputs=["urn:test#i-x"]))
    assert found.evaluate("a", {"x": 1}) == 2


def test_a_loaded_model_can_be_imported() -> None:
    found = load_model(
        importing("base", decision("it", literal('base.Say hello({full name: "X", age: 1})'))),
        [load_model(BASE)],
    )
    assert found.evaluate("it") == "Hello X"


def test_a_missing_import_is_a_clear_error() -> None:
    with pytest.raises(ModelError, match="line 1: import: the imported model urn:base is missing"):
        load_model(importing("base", ""))


def test_imports_in_a_circle_are_a_clear_error() -> None:
    def one(own: str, other: str) -> bytes:
        head = f'<import name="x" namespace="urn:{other}" importType="{DMN15}"/>'
        return document(head, namespace=f"urn:{own}")

    with pytest.raises(ModelError, match="circle"):
        load_model(one("a", "b"), [one("a", "b"), one("b", "a")])


def test_imports_that_are_no_models_are_passed_over() -> None:
    head = (
        '<import name="s" namespace="urn:s" importType="http://www.w3.org/2001/XMLSchema" '
        'locationURI="file:///etc/passwd"/>'
    )
    assert model(head + decision("it", literal("1"))).evaluate("it") == 1


def test_names_of_dmn_1_1_types_with_a_prefix() -> None:
    found = load_model(
        document(
            data("x", "feel:number") + decision("it", literal("x + 1"), inputs=["x"]),
            version="http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        )
    )
    assert found.version == "1.1"
    assert found.evaluate("it", {"x": 1}) == 2
    assert found.evaluate("it", {"x": "1"}) is None
    assert not found.findings
