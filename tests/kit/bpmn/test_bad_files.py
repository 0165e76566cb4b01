"""Malformed, foreign and hostile files are refused in a clear sentence, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kit.bpmn import BpmnError, Diagram, xml
from tests.kit.bpmn.files import END, MODEL, START, document, element, flows, tasks

BOMB = (
    '<!DOCTYPE definitions [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    f'<definitions xmlns="{MODEL}" name="&b;"/>'
)
OUTSIDE = (
    '<!DOCTYPE definitions [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    f'<definitions xmlns="{MODEL}" name="&x;"/>'
)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("", "不是正确的 XML", "not well-formed XML: no element found"),
        ("<a>\n</b>", "第2行", "Line 2, BPMN: not well-formed XML: mismatched tag"),
        (BOMB, "不接受文档类型声明", "a document type is not allowed"),
        (OUTSIDE, "不接受文档类型声明", "a document type is not allowed"),
        ("<a>" * 10_000, "嵌套过深", "nested too deeply"),
        ('<?xml version="1.0" encoding="no-such"?><a/>', "编码", "encoding is not known"),
        ('<definitions xmlns="urn:other"/>', "不是 BPMN", "not a BPMN 2.0 file"),
        ("<x:definitions/>", "前缀未声明", "the prefix is not declared"),
        (f'<process xmlns="{MODEL}"/>', "不是 BPMN", "not a BPMN 2.0 file"),
    ],
)
def test_what_is_not_a_process_is_refused_with_its_line(text: str, zh: str, en: str) -> None:
    with pytest.raises(BpmnError, match=en) as caught:
        Diagram.read(text.encode())
    assert zh in caught.value.finding.text("zh-hans")


def test_a_file_too_large_is_refused_unread() -> None:
    with pytest.raises(BpmnError, match="larger than 5 MB"):
        Diagram.read(b"<a>" + b" " * (10 * 1024 * 1024))


def test_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 4)
    with pytest.raises(BpmnError, match="too many elements"):
        Diagram.read(document(START + tasks("a", "b") + END))


def test_a_file_without_a_process_or_with_two_says_so() -> None:
    with pytest.raises(BpmnError, match="no process in the file"):
        Diagram.read(document("")).to_steps()
    second = f'<process id="q">{tasks("b")}</process>'
    both = Diagram.read(document(START + tasks("a"), more=second))
    assert both.processes() == ("q", "p")
    with pytest.raises(BpmnError, match="several processes"):
        both.to_steps()
    assert [step.id for step in both.to_steps("q")[0]] == ["b"]


REFUSED = [
    ("scriptTask", "", "scripts are not run here"),
    ("serviceTask", "", "programs are not called"),
    ("inclusiveGateway", "", "inclusive gateways"),
    ("eventBasedGateway", "", "event gateways"),
    ("complexGateway", "", "complex gateways"),
    ("boundaryEvent", "<timerEventDefinition/>", "boundary events"),
    ("transaction", "", "transactions"),
    ("adHocSubProcess", "", "ad-hoc"),
    ("intermediateCatchEvent", "<signalEventDefinition/>", "this kind of event"),
    ("intermediateCatchEvent", "", "does not say what is waited for"),
    ("intermediateThrowEvent", "<escalationEventDefinition/>", "this kind of event"),
    ("userTask", "<multiInstanceLoopCharacteristics/>", "cannot be repeated"),
    ("telepathyTask", "", "it is not known here"),
    (
        "intermediateCatchEvent",
        "<timerEventDefinition><timeDuration>PT3H</timeDuration></timerEventDefinition>",
        "only whole working days",
    ),
]


@pytest.mark.parametrize(("tag", "inner", "says"), REFUSED)
def test_what_a_step_cannot_say_is_named_with_line_element_and_reason(
    tag: str, inner: str, says: str
) -> None:
    body = START + element(tag, "x", inner, name="The culprit") + END + flows("s>x", "x>e")
    _steps, findings = Diagram.read(document(body)).to_steps()
    found = next(each for each in findings if each.severity == "error")
    assert says in found.en
    assert (found.line, found.element) == (4, f"{tag} x The culprit")
    assert found.zh


def test_what_is_only_drawn_is_told_and_does_no_harm() -> None:
    body = START + tasks("a") + END + flows("s>a", "a>e") + element("dataObject", "data")
    body += "<t:own/>"
    steps, findings = Diagram.read(document(body)).to_steps()
    assert [step.id for step in steps] == ["a"]
    assert {(each.severity, each.element) for each in findings} == {
        ("note", "dataObject data"),
        ("note", "own"),
    }


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_broken_files_end_in_an_answer_or_a_bpmn_error(data: st.DataObject) -> None:
    """Any file with pieces cut out or put in."""
    whole = document(START + tasks("a", "b") + END + flows("s>a", "a>b", "b>e", a_b="x > 1"))
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, min(len(whole), start + 40)))
    put = data.draw(st.sampled_from([b"", b"<", b"</a>", b"&x;", b"<!--", b"\xff", b'id="a" ']))
    try:
        steps, findings = Diagram.read(whole[:start] + put + whole[stop:]).to_steps()
    except BpmnError:
        return
    assert steps or findings
