"""Decisions that need others, knowledge models, decision services."""

from __future__ import annotations

from tests.kit.dmn.models import data, decision, knowledge, literal, model


def service(
    name: str,
    outputs: list[str],
    decisions: tuple[str, ...] = (),
    inputs: tuple[str, ...] = (),
) -> str:
    parts = "".join(f'<outputDecision href="#d-{name}"/>' for name in outputs)
    parts += "".join(f'<inputDecision href="#d-{name}"/>' for name in decisions)
    parts += "".join(f'<inputData href="#i-{name}"/>' for name in inputs)
    return (
        f'<decisionService id="k-{name}" name="{name}"><variable name="{name}"/>{parts}'
        "</decisionService>"
    )


PRICES = (
    data("net price", "number")
    + data("rate", "number")
    + decision("tax", literal("net price * rate"), inputs=["net price", "rate"])
    + decision("gross", literal("net price + tax"), inputs=["net price"], decisions=["tax"])
    + service("tax service", ["tax"], inputs=("net price", "rate"))
    + service("gross service", ["gross"], decisions=("tax",), inputs=("net price",))
    + service("both", ["tax", "gross"], inputs=("net price", "rate"))
    + decision(
        "by service",
        literal("gross service(100, 5) + tax service(net price: 10, rate: 2)"),
        knowledge=["gross service", "tax service"],
    )
)


def test_decisions_are_computed_from_what_they_need() -> None:
    found = model(PRICES)
    assert found.evaluate("gross", {"net price": 100, "rate": 0.19}) == 119
    assert found.decisions == ("tax", "gross", "by service")
    assert found.inputs == ("net price", "rate")
    assert found.services == ("tax service", "gross service", "both")


def test_a_shared_decision_is_computed_once() -> None:
    found = model(
        data("x")
        + decision("a", literal("x + 1"), inputs=["x"])
        + decision("b", literal("a"), decisions=["a"])
        + decision("c", literal("a + b"), decisions=["a", "b"])
    )
    result = found.explain("c", {"x": 1}, trace=True)
    assert result.value == 4
    assert result.trace is not None
    assert [step.decision for step in result.trace.steps] == ["a", "b", "c"]


def test_a_decision_sees_only_what_it_requires() -> None:
    found = model(data("x") + decision("a", literal("1")) + decision("b", literal("[x, a]")))
    result = found.explain("b", {"x": 5})
    assert result.value == [None, None]
    assert {diagnostic.where for diagnostic in result.diagnostics} == {"b"}


def test_a_missing_input_is_null() -> None:
    assert model(PRICES).evaluate("tax", {"net price": 1}) is None


def test_an_unknown_decision_is_null_and_said() -> None:
    result = model(PRICES).explain("taxes", {})
    assert result.value is None
    assert "no decision 'taxes'" in result.diagnostics[0].message


def test_decisions_that_need_each_other_end() -> None:
    found = model(
        decision("a", literal("b"), decisions=["b"]) + decision("b", literal("a"), decisions=["a"])
    )
    result = found.explain("a")
    assert result.value is None
    assert result.diagnostics[0].code == "cycle"


def test_a_long_chain_of_decisions_ends() -> None:
    chain = decision("n0", literal("1")) + "".join(
        decision(f"n{i}", literal(f"n{i - 1} + 1"), decisions=[f"n{i - 1}"]) for i in range(1, 500)
    )
    found = model(chain)
    assert found.evaluate("n60") == 61
    assert found.explain("n499").diagnostics[0].code == "limit"


def test_services_take_inputs_and_decisions() -> None:
    found = model(PRICES)
    assert found.evaluate_service("tax service", {"net price": 10, "rate": 2}) == 20
    assert found.evaluate_service("gross service", {"net price": 10, "tax": 1}) == 11
    assert found.evaluate_service("both", {"net price": 10, "rate": 2}) == {"tax": 20, "gross": 30}
    assert found.evaluate("by service") == 125
    assert found.explain_service("no such", {}).diagnostics[0].code == "name"


def test_a_service_sees_nothing_it_was_not_given() -> None:
    found = model(
        data("x")
        + decision("inner", literal("x"), inputs=["x"])
        + service("closed", ["inner"])
        + decision("outer", literal("[x, closed()]"), inputs=["x"], knowledge=["closed"])
    )
    assert found.evaluate("outer", {"x": 1}) == [1, None]


def test_services_refuse_arguments_of_the_wrong_type_or_number() -> None:
    found = model(
        PRICES
        + decision("wrong type", literal('tax service("a", 1)'))
        + decision("too many", literal("tax service(1, 2, 3)"))
        + decision("wrong name", literal("tax service(a: 1, b: 2)"))
    )
    for name in ("wrong type", "too many", "wrong name"):
        assert found.evaluate(name) is None


def test_knowledge_models_call_each_other_and_themselves() -> None:
    found = model(
        knowledge(
            "factorial of",
            [("n", "number")],
            literal("if n < 2 then 1 else n * factorial of(n - 1)", "number"),
        )
        + knowledge("twice", [("n", "number")], literal("2 * factorial of(n)"))
        + decision("it", literal("twice(5)"), knowledge=["twice"])
    )
    assert found.evaluate("it") == 240
    assert found.evaluate_service("factorial of", {"n": 4}) == 24


def test_knowledge_models_coerce_their_result() -> None:
    found = model(
        knowledge("f", [("x", "Any")], literal("x", "string"))
        + decision("good", literal('f(["a"])'))
        + decision("bad", literal("f(1)"))
    )
    assert found.evaluate("good") == "a"
    assert found.evaluate("bad") is None


def test_runaway_recursion_ends() -> None:
    found = model(
        knowledge("f", [("n", "number")], literal("f(n + 1)")) + decision("it", literal("f(1)"))
    )
    assert found.explain("it").diagnostics[0].code == "limit"
