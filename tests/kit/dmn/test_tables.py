"""Decision tables: cells, hit policies, defaults, allowed values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pengcheng.kit.dmn import Model
from tests.kit.dmn.models import data, decision, model, table

RULES = ["< 10 => 1", "< 20 => 2", "> 5 => 3"]


def tabled(**options: Any) -> Model:
    """One input `x`, one table `t`."""
    options.setdefault("inputs", ["x"])
    options.setdefault("outputs", ["r"])
    options.setdefault("rules", RULES)
    return model(data("x") + decision("t", table(**options), inputs=["x"]))


@pytest.mark.parametrize(
    ("policy", "aggregation", "x", "wanted"),
    [
        ("UNIQUE", "", 15, None),
        ("UNIQUE", "", 3, None),
        ("UNIQUE", "", 25, 3),
        ("U", "", 25, 3),
        ("FIRST", "", 7, 1),
        ("FIRST", "", 15, 2),
        ("ANY", "", 7, None),
        ("ANY", "", 25, 3),
        ("RULE ORDER", "", 7, [1, 2, 3]),
        ("COLLECT", "", 7, [1, 2, 3]),
        ("COLLECT", "SUM", 7, 6),
        ("COLLECT", "MIN", 7, 1),
        ("COLLECT", "MAX", 15, 3),
        ("COLLECT", "COUNT", 15, 2),
    ],
)
def test_hit_policies(policy: str, aggregation: str, x: int, wanted: Any) -> None:
    found = tabled(policy=policy, aggregation=aggregation).evaluate("t", {"x": x})
    assert found == wanted


@pytest.mark.parametrize(
    ("policy", "aggregation", "wanted"),
    [
        ("UNIQUE", "", None),
        ("FIRST", "", None),
        ("ANY", "", None),
        ("COLLECT", "", []),
        ("RULE ORDER", "", []),
        ("OUTPUT ORDER", "", []),
        ("COLLECT", "SUM", None),
        ("COLLECT", "COUNT", 0),
    ],
)
def test_no_rule_matches(policy: str, aggregation: str, wanted: Any) -> None:
    found = tabled(policy=policy, aggregation=aggregation, values=["1, 2, 3"])
    assert found.evaluate("t", {"x": "a text"}) == wanted


def test_priority_takes_the_value_listed_first() -> None:
    found = tabled(policy="PRIORITY", values=["3, 2, 1"])
    assert found.evaluate("t", {"x": 7}) == 3
    assert found.evaluate("t", {"x": 3}) == 2


def test_output_order_sorts_by_the_list() -> None:
    found = tabled(policy="OUTPUT ORDER", values=["2, 3, 1"])
    assert found.evaluate("t", {"x": 7}) == [2, 3, 1]


def test_priority_without_a_list_is_null_and_said() -> None:
    found = tabled(policy="PRIORITY").explain("t", {"x": 7})
    assert found.value is None
    assert "list of output values" in found.diagnostics[0].message


def test_several_outputs_make_a_context() -> None:
    found = tabled(
        outputs=["grade", "fee"],
        rules=['< 10 => "low" ; 1', '>= 10 => "high" ; x * 2'],
    )
    assert found.evaluate("t", {"x": 20}) == {"grade": "high", "fee": 40}


def test_several_outputs_are_ranked_from_left_to_right() -> None:
    found = tabled(
        outputs=["a", "b"],
        rules=['- => "x" ; 2', '- => "x" ; 1', '- => "y" ; 1'],
        policy="OUTPUT ORDER",
        values=['"y", "x"', "1, 2"],
    )
    assert [(row["a"], row["b"]) for row in found.evaluate("t", {"x": 0})] == [
        ("y", 1),
        ("x", 1),
        ("x", 2),
    ]


def test_several_outputs_are_collected_as_contexts() -> None:
    found = tabled(outputs=["a", "b"], rules=["< 5 => 1 ; 2", "< 9 => 3 ; 4"], policy="COLLECT")
    assert found.evaluate("t", {"x": 1}) == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_a_default_answers_when_no_rule_does() -> None:
    found = tabled(rules=["1 => 10"], defaults=["x + 1"])
    assert found.evaluate("t", {"x": 5}) == 6
    assert found.evaluate("t", {"x": 1}) == 10


def test_defaults_of_several_outputs() -> None:
    found = tabled(outputs=["a", "b"], rules=["1 => 1 ; 2"], defaults=['"none"', "0"])
    assert found.evaluate("t", {"x": 5}) == {"a": "none", "b": 0}


def test_an_input_outside_its_values_gives_null() -> None:
    found = tabled(rules=["- => 1"], allowed_inputs=["[0..10]"])
    assert found.evaluate("t", {"x": 5}) == 1
    refused = found.explain("t", {"x": 11})
    assert refused.value is None
    assert "not among the allowed" in refused.diagnostics[0].message


def test_an_output_outside_its_values_gives_null() -> None:
    found = tabled(rules=["1 => 5", "2 => 1"], values=["1, 2"])
    assert found.evaluate("t", {"x": 1}) is None
    assert found.evaluate("t", {"x": 2}) == 1


@pytest.mark.parametrize(
    ("cell", "x", "matches"),
    [
        ("-", None, True),
        ("", 1, True),
        ("5", 5, True),
        ("5", 5.0, True),
        ("5", "5", False),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "c", True),
        ('not("a", "b")', "a", False),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("[1..5], > 10", 11, True),
        ("null", None, True),
        ("true", True, True),
        ("false", True, False),
        ("? > 2 and odd(?)", 3, True),
        ("? > 2 and odd(?)", 4, False),
        ("list contains([1, 2], ?)", 2, True),
        ("[1, 2, 3]", 2, True),
        ("even(x)", 4, True),
        ("< 5", None, False),
        ('@"2020-01-01"', "2020-01-01", False),
        ("1 + 1", 2, True),
        ("x", 7, True),
    ],
)
def test_cells(cell: str, x: Any, matches: bool) -> None:
    found = tabled(rules=[f'{cell} => "yes"'])
    assert (found.evaluate("t", {"x": x}) == "yes") is matches


def test_a_table_without_inputs_always_answers() -> None:
    found = model(decision("t", table([], ["r"], ["=> 1"])))
    assert found.evaluate("t") == 1


def test_an_input_may_be_any_expression() -> None:
    found = tabled(inputs=["substring(x, 1, 1)", "string length(x)"], rules=['"a" ; > 2 => 1'])
    assert found.evaluate("t", {"x": "abc"}) == 1
    assert found.evaluate("t", {"x": "ab"}) is None


def test_only_the_outputs_of_matching_rules_are_computed() -> None:
    found = tabled(rules=["1 => 1", "2 => 1 / 0"]).explain("t", {"x": 1})
    assert found.value == 1
    assert not found.diagnostics


def test_large_tables_of_ranges_and_lists() -> None:
    rules = [f'[{i * 10}..{i * 10 + 9}] => "{i}"' for i in range(300)]
    found = tabled(rules=rules)
    assert found.evaluate("t", {"x": Decimal("2994.5")}) == "299"
    assert found.evaluate("t", {"x": 9.5}) is None
