"""The trace: which rules matched, and why."""

from __future__ import annotations

from decimal import Decimal

from pengcheng.kit.dmn.trace import CellTrace, DecisionTrace
from tests.kit.dmn.models import data, decision, literal, model, table

MODEL = model(
    data("age")
    + data("kind")
    + decision("base", literal("age * 2"), inputs=["age"])
    + decision(
        "fee",
        table(
            ["age", "kind"],
            ["fee"],
            ['< 18 ; "a", "b" => 1', ">= 18 ; - => 2", '- ; "c" => base'],
            policy="COLLECT",
        ),
        inputs=["age", "kind"],
        decisions=["base"],
    )
)


def test_a_trace_shows_the_rules_and_their_cells() -> None:
    result = MODEL.explain("fee", {"age": 30, "kind": "c"}, trace=True)
    assert result.value == [2, 60]
    assert result.trace is not None
    (found,) = result.trace.tables()
    assert (found.decision, found.hit_policy, found.matched) == ("fee", "COLLECT", (2, 3))
    assert found.rules[0].cells == (CellTrace("age", Decimal(30), "< 18", False),)
    assert found.rules[1].cells == (CellTrace("age", Decimal(30), ">= 18", True),)
    assert found.rules[2].cells == (CellTrace("kind", "c", '"c"', True),)


def test_a_trace_shows_decisions_in_the_order_they_were_made() -> None:
    result = MODEL.explain("fee", {"age": 30, "kind": "x"}, trace=True)
    assert result.trace is not None
    made = [step for step in result.trace.steps if isinstance(step, DecisionTrace)]
    assert [(step.decision, step.value) for step in made] == [("base", 60), ("fee", [2])]
    assert made[0].id == "d-base"


def test_without_asking_there_is_no_trace() -> None:
    assert MODEL.explain("fee", {"age": 1, "kind": "a"}).trace is None


def test_tracing_changes_neither_value_nor_diagnostics() -> None:
    for inputs in ({"age": 1, "kind": "a"}, {"age": "x"}, {}):
        plain, traced = MODEL.explain("fee", inputs), MODEL.explain("fee", inputs, trace=True)
        assert (plain.value, plain.diagnostics) == (traced.value, traced.diagnostics)


def test_annotations_of_rules_are_part_of_the_trace() -> None:
    body = (
        '<decisionTable hitPolicy="FIRST"><output/><annotation name="why"/>'
        '<rule id="r7"><outputEntry><text>1</text></outputEntry>'
        "<annotationEntry><text>Article 7</text></annotationEntry></rule></decisionTable>"
    )
    result = model(decision("it", body)).explain("it", trace=True)
    assert result.trace is not None
    rule = result.trace.tables()[0].rules[0]
    assert (rule.id, rule.annotations) == ("r7", ("Article 7",))
