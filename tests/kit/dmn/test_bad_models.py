"""Malformed, mistaken and hostile models."""

from __future__ import annotations

from pathlib import Path

import pytest

from pengcheng.kit.dmn import ModelError, load_model, xml
from pengcheng.kit.dmn.check import check
from tests.kit.dmn.models import DMN15, data, decision, document, literal, model, table

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE definitions [<!ENTITY a "aaaaaaaaaa">'
    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    f'<definitions xmlns="{DMN15}" name="&b;" namespace="x"/>'
)
OUTSIDE = (
    '<!DOCTYPE definitions [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    f'<definitions xmlns="{DMN15}" name="&x;" namespace="x"/>'
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: XML: no element found"),
        ("not xml", "line 1: XML: syntax error"),
        (f'<definitions xmlns="{DMN15}">\n<decision>\n</definitions>', "line 3: XML: mismatched"),
        ('<definitions xmlns="urn:other"/>', "not a DMN model"),
        (f'<decision xmlns="{DMN15}"/>', "not a DMN model"),
        (BOMB, "line 1: DOCTYPE: a document type is not allowed"),
        (OUTSIDE, "document type is not allowed"),
        ("<!DOCTYPE html><html/>", "document type is not allowed"),
        ('<?xml version="1.0" encoding="no-such"?><a/>', "encoding"),
        ("<a>" * 1000, "nested too deeply"),
        (f'<definitions xmlns="{DMN15}" name="&undefined;"/>', "undefined entity"),
    ],
)
def test_what_is_not_a_model_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        load_model(text.encode())


def test_a_model_too_large_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.dmn"
    path.write_bytes(document(decision("a", literal("1"))))
    monkeypatch.setattr("pengcheng.kit.dmn.loading.MAX_BYTES", 10)
    with pytest.raises(ModelError, match="larger than"):
        load_model(path)
    monkeypatch.setattr(xml, "MAX_BYTES", 10)
    with pytest.raises(ModelError, match="larger than"):
        load_model(path.read_bytes())


def test_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 5)
    with pytest.raises(ModelError, match="too large"):
        model(decision("a", literal("1")) + decision("b", literal("2")))


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nothing\.dmn: the file cannot be read"):
        load_model(tmp_path / "nothing.dmn")


def test_one_bad_expression_spoils_only_its_decision() -> None:
    text = document(
        "\n" + decision("good", literal("1")) + "\n\n" + decision("bad", literal("1 +"))
    )
    found = load_model(text)
    assert found.evaluate("good") == 1
    result = found.explain("bad")
    assert result.value is None
    assert result.diagnostics[0].code == "syntax"
    assert [(item.line, item.element) for item in found.findings] == [(4, "bad")]
    with pytest.raises(ModelError, match="line 4: bad: unexpected 'end'"):
        load_model(text, strict=True)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (decision("a", literal("b"), decisions=["b"]), "nothing has the id '#d-b'"),
        (decision("a", literal("b"), knowledge=["b"]), "nothing that can be called"),
        (decision("a", literal("1")) + decision("a", literal("2")), "used more than once"),
        (decision("a", ""), "no logic"),
        (decision("a", literal("1"), type_ref="tX"), "unknown type 'tX'"),
        (decision("a", table(["x"], ["r"], ["1 => 1"], policy="NONE")), "unknown hit policy NONE"),
        (decision("a", table(["x"], ["r"], ["1 ; 2 => 1"])), "not as many entries"),
        (decision("a", table(["x"], [], ["1 => 1"])), "needs an output"),
        (decision("a", table(["x"], ["r"], ["1 2 => 1"])), "unexpected '2'"),
        (decision("a", table(["x"], ["r"], ["1 => 1"], policy="PRIORITY")), "list of output"),
        (decision("a", table(["x"], ["r"], [])), "no rules"),
        (
            decision("a", literal("b"), decisions=["b"])
            + decision("b", literal("a"), decisions=["a"]),
            "needs itself: a → b → a",
        ),
        (
            '<decisionService id="s" name="s"/>' + decision("a", literal("1")),
            "a decision service needs an output",
        ),
    ],
)
def test_check_says_what_an_author_should_look_at(body: str, says: str) -> None:
    found = model(data("x") + body)
    assert any(says in str(finding) for finding in check(found)), check(found)
    for name in found.decisions:
        found.evaluate(name, {"x": 1})  # null perhaps, but never an error


def test_long_chains_in_any_order_are_checked() -> None:
    chain = [decision(f"n{i}", literal("1"), decisions=[f"n{(i + 1) % 3000}"]) for i in range(3000)]
    found = [item for item in check(model("".join(chain))) if "needs itself" in item.message]
    assert len(found) == 1


def test_a_sound_model_has_no_findings() -> None:
    body = data("x") + decision("a", table(["x"], ["r"], ["1 => 1"]), inputs=["x"])
    assert check(model(body)) == []


def test_hostile_logic_ends() -> None:
    found = model(
        decision("deep", literal("(" * 5000))
        + decision("long", literal("for i in 1..1000000000 return i"))
        + decision("many", literal("+".join(["1"] * 5000)))
    )
    for name in found.decisions:
        assert found.evaluate(name) is None


def test_inputs_of_any_kind_never_raise() -> None:
    found = model(
        data("x", "number") + decision("a", table(["x"], ["r"], ["> 1 => x * 2"]), inputs=["x"])
    )
    for value in (object(), b"x", float("nan"), [object()], {"a": object()}, {1: 2}, "x" * 10000):
        assert found.evaluate("a", {"x": value}) is None
    assert found.evaluate("a", {"y": 1}) is None
    assert found.evaluate("a", None) is None
