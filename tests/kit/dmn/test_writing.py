"""Models are written as DMN 1.5 and read back equal."""

from __future__ import annotations

import pytest

from pengcheng.kit.dmn import Model, elements, load_model
from pengcheng.kit.dmn.namespaces import VERSIONS
from tests.kit.dmn.models import DMN15, data, decision, document, knowledge, literal, model, table

BODY = (
    data("x", "number")
    + knowledge("f", [("n", "number")], literal("n + 1"))
    + decision(
        "a",
        table(["x"], ["r"], ['< 1, "<&>" => "a & b"', "- => f(x)"], defaults=["0"], policy="FIRST"),
        inputs=["x"],
        knowledge=["f"],
    )
)


def test_written_and_read_back_is_equal() -> None:
    found = model(BODY)
    again = load_model(found.to_xml().encode())
    assert again == found
    assert again.evaluate("a", {"x": 0}) == "a & b"


def test_a_change_is_seen() -> None:
    assert model(BODY) != model(BODY + data("y"))
    assert model(BODY) != "text"


@pytest.mark.parametrize("namespace", VERSIONS)
def test_every_version_is_read_and_written_as_the_latest(namespace: str) -> None:
    found = load_model(document(BODY, version=namespace))
    assert found.version == VERSIONS[namespace]
    assert found.evaluate("a", {"x": 5}) is not None or not found.findings
    written = found.to_xml()
    assert f'xmlns="{DMN15}"' in written
    assert load_model(written.encode()) == found


def test_texts_keep_their_white_space() -> None:
    text = '  "line one\nline two"\t+ "é<>&"  '
    found = model(decision("a", literal(text)))
    again = load_model(found.to_xml().encode())
    assert again.evaluate("a") == "line one\nline twoé<>&"
    expression = again.definitions.decisions[0].expression
    assert isinstance(expression, elements.LiteralExpression)
    assert expression.text == text


def test_what_the_engine_does_not_interpret_is_kept() -> None:
    picture = (
        '<di:DMNDI xmlns:di="urn:picture"><di:Shape ref="d-a" di:x="1"><di:Label>Text</di:Label>'
        "</di:Shape></di:DMNDI>"
    )
    source = (
        '<knowledgeSource id="law" name="Law 7"/>'
        '<textAnnotation id="n"><text>note</text></textAnnotation>'
    )
    extension = '<extensionElements><e:x xmlns:e="urn:e" e:key="v\n2"/></extensionElements>'
    found = model(extension + decision("a", literal("1")) + source + picture)
    again = load_model(found.to_xml().encode())
    assert again == found
    written = again.to_xml()
    for part in ("Law 7", "note", "urn:picture", "Label>Text<", "urn:e", 'key="v 2"'):
        assert part in written


def test_text_beside_elements_is_kept_as_it_stands() -> None:
    mixed = '<extensionElements><e:p xmlns:e="urn:e">one <e:b>two</e:b></e:p></extensionElements>'
    found = model(mixed + decision("a", literal("1")))
    assert load_model(found.to_xml().encode()) == found
    assert "one <ns4:b>two</ns4:b>" in found.to_xml()


def test_a_model_made_in_python_is_written() -> None:
    """As the table editor does it: elements, not text."""
    cell = elements.Tests
    entry = elements.LiteralExpression
    made = elements.Definitions(
        name="fees",
        namespace="urn:fees",
        inputs=[elements.InputData(id="i", name="age", variable=elements.Variable(name="age"))],
        decisions=[
            elements.Decision(
                id="d",
                name="fee",
                information=[elements.InformationRequirement(input="#i")],
                expression=elements.DecisionTable(
                    hit_policy="FIRST",
                    inputs=[elements.InputClause(expression=entry(text="age"))],
                    outputs=[elements.OutputClause(name="fee")],
                    rules=[
                        elements.Rule(inputs=[cell(text=">= 65")], outputs=[entry(text="0")]),
                        elements.Rule(inputs=[cell(text="-")], outputs=[entry(text="10")]),
                    ],
                ),
            )
        ],
    )
    found = Model(made)
    assert found.evaluate("fee", {"age": 70}) == 0
    again = load_model(found.to_xml().encode())
    assert again == found
    assert again.evaluate("fee", {"age": 20}) == 10
