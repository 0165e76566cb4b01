"""Judged by bpmn-moddle, the reader behind most BPMN editors on the web."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from pengcheng.kit.bpmn import Diagram, from_steps, to_xml
from tests.kit.bpmn.files import restaurant
from tests.kit.bpmn.test_kept_whole import RICH

ROOT = Path(__file__).resolve().parents[3]
JUDGE = """
import {BpmnModdle} from 'bpmn-moddle';
import {readFileSync} from 'node:fs';
const texts = JSON.parse(readFileSync(0, 'utf8'));
const told = [];
for (const text of texts) {
  try {
    const {rootElement, warnings, elementsById} = await new BpmnModdle().fromXML(text);
    const plane = rootElement.diagrams[0].plane.planeElement;
    told.push({
      warnings: warnings.map(each => each.message),
      types: Object.fromEntries(Object.values(elementsById).map(each => [each.id, each.$type])),
      drawn: plane.map(each => each.bpmnElement && each.bpmnElement.id),
      bare: plane.filter(each => !(each.bounds || (each.waypoint || []).length > 1)).length,
    });
  } catch (error) {
    told.push({warnings: [String(error)]});
  }
}
console.log(JSON.stringify(told));
"""


@pytest.fixture(scope="module")
def verdicts() -> list[dict[str, object]]:
    """On a file of ours, on a foreign file as it was and as we wrote it, and on a broken one."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "bpmn-moddle").is_dir():
        pytest.skip("needs node and the npm package bpmn-moddle (npm ci)")
    ours = to_xml(from_steps(restaurant(), name="开办餐馆"))
    broken = ours.replace('messageRef="message_1"', 'messageRef="message_2"')
    texts = [ours, RICH.decode(), Diagram.read(RICH).to_xml(), broken]
    done = subprocess.run(
        [node, "--input-type=module", "--eval", JUDGE],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=True,
    )
    return list(json.loads(done.stdout))


def test_it_reads_what_we_write_without_a_warning(verdicts: list[dict[str, object]]) -> None:
    assert verdicts[0]["warnings"] == []
    types = verdicts[0]["types"]
    assert isinstance(types, dict)
    assert types["check"] == "bpmn:UserTask"
    assert types["rule"] == "bpmn:BusinessRuleTask"
    assert types["fire"] == "bpmn:CallActivity"
    assert types["tell"] == "bpmn:SendTask"
    assert types["public"] == types["paid"] == "bpmn:IntermediateCatchEvent"


def test_every_node_flow_and_lane_is_drawn(verdicts: list[dict[str, object]]) -> None:
    process = from_steps(restaurant())
    parts = [*process.nodes, *process.flows, *process.lanes]
    assert sorted(verdicts[0]["drawn"]) == sorted(part.id for part in parts)  # type: ignore[call-overload]
    assert verdicts[0]["bare"] == 0


def test_it_sees_no_difference_in_a_foreign_file_that_we_wrote_again(
    verdicts: list[dict[str, object]],
) -> None:
    assert verdicts[1] == verdicts[2]
    assert verdicts[1]["warnings"] == []


def test_it_would_have_noticed(verdicts: list[dict[str, object]]) -> None:
    assert "unresolved reference <message_2>" in str(verdicts[3]["warnings"])
