"""A hostile expression costs a known amount and ends as null with a diagnostic."""

from __future__ import annotations

import pytest

from pengcheng.kit.feel import FeelSyntaxError, Limits, compile_expression, explain

_SHARED = "{a: [1,2,3,4,5,6,7,8], " + ", ".join(
    f"{name}: [{','.join([before] * 10)}]"
    for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "expression",
    [
        "(" * 500 + "1" + ")" * 500,
        "[" * 500 + "]" * 500,
        "-" * 5000 + "1",
        "+".join(["1"] * 5000),
        "a" * 300_000,
        "{f: function(n) f(n + 1)}.f(1)",
        "{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2)}.f(40)",
        "for i in 1..1000000000 return i",
        "count(for i in 1..30000, j in 1..30000 return i)",
        "count(for i in 1..20000 return partial)",
        "10 ** 1000000000",
        "1e99999",
        '"' + "x" * 1000 + '"' + "+" + "+".join(["y"] * 10),
        _SHARED + "}.h",
        "string(" + _SHARED + "})",
        _SHARED + ", z: h = [g,g,g,g,g,g,g,g,g,g]}.z",
        'matches("a", "(((a{1000}){1000}){1000})")',
        'matches("a", "a{99999}")',
        f'matches("a", "{"(" * 200}a{")" * 200}")',
        f'matches("a", "{"a" * 5000}")',
        'duration("P999999999999D") * 1e20',
        'date("999999999-12-31") + duration("P1D")',
        "[1, 2, 3][1e30]",
        'substring("abc", 1e30)',
        "[1..a[[" * 20,
        "1 in (" * 20 + "1" + ") + null" * 20,
    ],
    ids=lambda expression: expression[:40],
)
def test_hostile_expressions_end(expression: str) -> None:
    """Fewer steps than usual keep this test short; the bounds themselves are the same."""
    try:
        found = compile_expression(expression, ["y"]).explain({"y": None}, Limits(steps=20_000))
    except FeelSyntaxError:
        found = explain(expression, {"y": None})
    assert found.value is None
    assert found.diagnostics


@pytest.mark.timeout(60)
def test_a_pattern_that_backtracks_is_stopped() -> None:
    slow = 'matches(t, "(x+x+)+y") or matches(t, "(x*)*(x*)*(x*)*y")'
    found = compile_expression(slow, ["t"]).explain({"t": "x" * 3000}, Limits(pattern_seconds=0.05))
    assert found.value in (None, False)


@pytest.mark.timeout(60)
def test_many_slow_patterns_end_the_whole_evaluation() -> None:
    slow = 'for i in 1..10000 return replace(t, "(x+x+)+(x+x+)+y", "z")'
    expression = compile_expression(slow, ["t"])
    expression.explain({"t": "x" * 4000}, Limits(pattern_seconds=0.02))


def test_limits_can_be_narrowed_for_one_evaluation() -> None:
    expression = compile_expression("sum(for i in 1..100 return i)")
    assert expression.explain().value == 5050
    found = expression.explain(limits=Limits(steps=50))
    assert found.value is None
    assert found.diagnostics[0].code == "limit"


def test_recursion_a_person_writes_is_allowed() -> None:
    found = explain("{f: function(n) if n = 0 then 0 else 1 + f(n - 1)}.f(90)")
    assert found.value == 90


def test_diagnostics_are_limited() -> None:
    found = explain("[" + ",".join(f"unknown{i}" for i in range(500)) + "]")
    assert len(found.diagnostics) == Limits().diagnostics


def test_values_nested_too_deeply_are_refused() -> None:
    deep: list[object] = []
    for _ in range(300):
        deep = [deep]
    assert explain("x", {"x": deep}).value is None
