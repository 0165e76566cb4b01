"""The decision table as rows of texts: read, changed, judged cell by cell, and put back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pengcheng.kit.dmn import ModelError, cells, grid, load_model
from pengcheng.kit.dmn.chinese import said
from pengcheng.kit.dmn.grid import Grid, InputColumn, OutputColumn, Row
from pengcheng.kit.feel.chinese import in_chinese
from tests.kit.dmn.models import data, decision, document, knowledge, literal, table

SAMPLE = document(
    data("age", "number")
    + data("kind", "string")
    + knowledge("limit", [("n", "number")], literal("n * 2"))
    + decision(
        "fee",
        table(
            ["age", "kind"],
            ["amount", "why"],
            ['>= 65 ; - => 0 ; "senior"', '< 65 ; "gold" => limit(5) ; "card"'],
            policy="FIRST",
            allowed_inputs=["[0..150]"],
            defaults=["20"],
        ),
        inputs=["age", "kind"],
        knowledge=["limit"],
    )
    + decision("other", literal("1"))
)


def sample() -> Grid:
    found = grid.read(SAMPLE, "fee")
    assert found is not None
    return found


def test_a_table_is_read_as_texts() -> None:
    found = sample()
    assert found.policy == "FIRST"
    assert [column.expression for column in found.inputs] == ["age", "kind"]
    assert found.inputs[0].values == "[0..150]"
    assert [(column.name, column.default) for column in found.outputs] == [
        ("amount", "20"),
        ("why", ""),
    ]
    assert found.rows[1] == Row(inputs=("< 65", '"gold"'), outputs=("limit(5)", '"card"'))


def test_put_back_unchanged_it_is_the_same_model() -> None:
    assert load_model(grid.write(SAMPLE, "fee", sample())) == load_model(SAMPLE)


def test_what_is_not_a_table_or_not_there_is_told() -> None:
    assert grid.read(SAMPLE, "other") is None
    for act in (lambda: grid.read(SAMPLE, "no"), lambda: grid.write(SAMPLE, "no", sample())):
        with pytest.raises(ModelError, match="there is no decision 'no'"):
            act()


def test_a_changed_cell_decides_otherwise_and_the_rest_is_kept() -> None:
    row = replace(sample().rows[0], outputs=("5", '"half"'), note="as of 2027")
    changed = replace(sample(), rows=(row, *sample().rows[1:]))
    model = load_model(grid.write(SAMPLE, "fee", changed))
    assert model.evaluate("fee", {"age": 70, "kind": "x"}) == {"amount": 5, "why": "half"}
    assert model.evaluate("other") == 1
    again = grid.read(model.to_xml().encode(), "fee")
    assert again is not None
    assert again.rows[0].note == "as of 2027"


@pytest.mark.parametrize("policy", grid.POLICIES)
def test_every_hit_policy_goes_there_and_back(policy: str) -> None:
    again = grid.read(grid.write(SAMPLE, "fee", replace(sample(), policy=policy)), "fee")
    assert again is not None
    assert again.policy == policy


def test_a_column_for_a_new_name_becomes_an_input_of_the_model() -> None:
    old = sample()
    changed = replace(
        old,
        inputs=(*old.inputs, InputColumn(expression="district", type="string")),
        rows=tuple(replace(row, inputs=(*row.inputs, '"Nanshan"')) for row in old.rows),
    )
    written = grid.write(SAMPLE, "fee", changed)
    model = load_model(written)
    assert "district" in model.inputs
    assert model.findings == ()
    facts = {"age": 70, "kind": "x", "district": "Nanshan"}
    assert model.evaluate("fee", facts) == {"amount": 0, "why": "senior"}
    assert load_model(grid.write(written, "fee", changed)) == model


def test_a_new_model_is_a_table_to_begin_with() -> None:
    made = grid.new_model("Pre-check", (InputColumn(expression="age", type="number"),))
    model = load_model(made, strict=True)
    assert model.evaluate("Pre-check", {"age": 1}) == {"outcome": "review", "rule": "rule-1"}


# --- judged cell by cell ----------------------------------------------------------------


def faults(changed: Grid) -> dict[str, str]:
    return {fault.place: fault.en for fault in cells.check(SAMPLE, "fee", changed)}


def with_row(**changes: tuple[str, ...]) -> Grid:
    return replace(sample(), rows=(replace(sample().rows[0], **changes),))  # type: ignore[arg-type]


def test_a_sound_table_has_no_fault() -> None:
    assert faults(sample()) == {}


@pytest.mark.parametrize(
    ("changed", "place", "says"),
    [
        (with_row(inputs=("gold", "-")), "rows/0/inputs/0", "'gold'; if it is a text"),
        (with_row(inputs=("> ", "-")), "rows/0/inputs/0", "not FEEL: unexpected 'end'"),
        (with_row(inputs=("-", "(" * 3000)), "rows/0/inputs/1", "too long"),
        (with_row(outputs=("", '"x"')), "rows/0/outputs/0", "must not be empty"),
        (with_row(outputs=("1 +", '"x"')), "rows/0/outputs/0", "near character 4"),
        (with_row(outputs=("1", "senior")), "rows/0/outputs/1", "nobody gives 'senior'"),
        (replace(sample(), policy="SOMEHOW"), "policy", "no such hit policy"),
        (replace(sample(), policy="PRIORITY"), "outputs/0/values", "output values in their order"),
        (replace(sample(), rows=()), "rows", "needs rules"),
        (replace(sample(), outputs=()), "outputs", "needs an output"),
        (replace(sample(), rows=(Row(),) * 401), "rows", "at most 400 rules"),
        (
            replace(sample(), inputs=(InputColumn(expression=""),)),
            "inputs/0/expression",
            "must not be empty",
        ),
        (
            replace(sample(), inputs=(InputColumn(expression="age + weight"),)),
            "inputs/0/expression",
            "nobody gives 'weight'",
        ),
        (
            replace(sample(), inputs=(InputColumn(expression="age", type="a b"),)),
            "inputs/0/type",
            "no such type",
        ),
        (
            replace(sample(), outputs=(OutputColumn(name="a"), OutputColumn(name="a"))),
            "outputs/1/name",
            "each needs a name",
        ),
    ],
)
def test_a_fault_is_told_at_its_cell(changed: Grid, place: str, says: str) -> None:
    assert says in faults(changed)[place]


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("> ", "不是 FEEL 写法（第3个字符附近：表达式没有写完）"),
        ("(1", "应为“)”，表达式却结束了"),
        ("1 2", "此处不应出现“2”"),
        ("gold", "没有“gold”；如果是文字，请加英文引号"),
    ],
)
def test_faults_are_told_in_chinese(text: str, zh: str) -> None:
    found = cells.check(SAMPLE, "fee", with_row(inputs=("-", text)))
    assert zh in found[0].text("zh-hans")


def test_a_message_without_a_chinese_form_stays() -> None:
    assert in_chinese("something new") == "something new"


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        (b"<a>" * 1000, "嵌套过深"),
        (b"<!DOCTYPE a><a/>", "第1行，DOCTYPE：不接受文档类型声明和实体"),
        (b"<a/>", "这不是 DMN 1.1 至 1.5 版的模型"),
        (b"<a>", "不是正确的 XML"),
    ],
)
def test_a_refused_model_is_refused_in_both_languages(text: bytes, zh: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_model(text)
    assert zh in said(caught.value.finding, "zh-hans")
    assert said(caught.value.finding, "en").isascii()


def test_tables_of_the_published_test_cases_survive_the_grid(dmn_tck: Path) -> None:
    """Every table of level 2: read as texts and put back, the model is the same."""
    tables = 0
    for path in sorted((dmn_tck / "TestCases" / "compliance-level-2").rglob("*.dmn")):
        body = path.read_bytes()
        model = load_model(body)
        for name in model.decisions:
            found = grid.read(body, name)
            if found is None:
                continue
            tables += 1
            assert load_model(grid.write(body, name, found)).findings == model.findings
            assert grid.read(grid.write(body, name, found), name) == found
            assert cells.check(body, name, found) == (), (path.name, name)
    assert tables >= 17
