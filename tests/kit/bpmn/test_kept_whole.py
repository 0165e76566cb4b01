"""A file read and written is the same file: elements, ids, extensions, comments, the picture."""

from __future__ import annotations

import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pengcheng.kit.bpmn import Diagram, from_steps, to_xml
from tests.kit.bpmn.files import END, START, document, element, flows, restaurant, tasks

RICH = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- drawn by hand -->
<semantic:definitions xmlns:semantic="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:v="urn:vendor"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
    xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="_1" targetNamespace="urn:x">
  <semantic:itemDefinition id="item" structureRef="v:order" itemKind="Information"/>
  <semantic:process id="WFP" isExecutable="false">
    <semantic:extensionElements><v:look v:shade="dark">a <v:b>mixed</v:b> text</v:look>
    </semantic:extensionElements>
    <semantic:task id="t" name="line one&#10;line two &amp; &lt;three&gt;"><?keep this?>
    </semantic:task>
    <semantic:scriptTask id="script"><semantic:script><![CDATA[a < b && c]]></semantic:script>
    </semantic:scriptTask>
  </semantic:process>
  <bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="pl" bpmnElement="WFP">
    <bpmndi:BPMNShape id="sh" bpmnElement="t"><dc:Bounds x="1.5" y="2" width="3" height="4"/>
    </bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</semantic:definitions>
<!-- the end -->
"""


def same(one: str | bytes, other: str | bytes) -> bool:
    """By canonical XML with comments: prefixes, order, text and white space count."""
    canonical = [ElementTree.canonicalize(text, with_comments=True) for text in (one, other)]
    return canonical[0] == canonical[1]


def test_everything_in_a_file_is_kept_also_what_we_cannot_use() -> None:
    written = Diagram.read(RICH).to_xml()
    assert same(RICH, written)
    assert "drawn by hand" in written
    assert "the end" in written
    assert same(written, Diagram.read(written.encode()).to_xml())


def test_a_file_in_another_encoding_is_kept() -> None:
    text = RICH.decode().replace("UTF-8", "UTF-16").replace("dark", "深色")
    written = Diagram.read(text.encode("utf-16")).to_xml()
    assert "深色" in written


def test_a_changed_file_is_not_the_same() -> None:
    assert not same(RICH, RICH.replace(b'x="1.5"', b'x="1"'))
    assert not same(RICH, RICH.replace(b"drawn by hand", b""))


def test_our_own_files_are_kept() -> None:
    written = to_xml(from_steps(restaurant(), name="开办餐馆"))
    assert same(written, Diagram.read(written.encode()).to_xml())
    plain = document(START + tasks("a") + element("task", "b") + END + flows("s>a", "a>b", "b>e"))
    assert same(plain, Diagram.read(plain).to_xml())


def foreign_models() -> list[Path]:
    """Published reference models (BPMN MIWG), where they are at hand."""
    folder = os.environ.get("PENGCHENG_BPMN_MODELS", "")
    return sorted(Path(folder).rglob("*.bpmn")) if folder else []


def test_published_reference_models_are_kept() -> None:
    models = foreign_models()
    if not models:
        pytest.skip("set PENGCHENG_BPMN_MODELS to a folder of BPMN files to try this")
    for path in models:
        data = path.read_bytes()
        diagram = Diagram.read(data)
        assert same(data, diagram.to_xml()), path.name
        for process in diagram.processes():
            steps, findings = diagram.to_steps(process)
            assert steps or findings, path.name
