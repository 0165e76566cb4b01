"""`dmn evaluate` and `dmn check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pengcheng.kit.dmn.cli import dmn
from tests.kit.dmn.models import (
    component,
    data,
    decision,
    document,
    item,
    literal,
    table,
)

BODY = (
    item("tPerson", component("born", "date") + component("income", "number"))
    + data("person", "tPerson")
    + data("on", "date")
    + decision(
        "age",
        literal("years and months duration(person.born, on).years"),
        inputs=["person", "on"],
    )
    + decision("fee", table(["age"], ["fee"], [">= 65 => 0", "< 65 => 9.5"]), decisions=["age"])
    + decision(
        "later", literal('{next: on + duration("P1D"), wait: duration("P1M")}'), inputs=["on"]
    )
    + '<decisionService id="s" name="fees"><outputDecision href="#d-fee"/>'
    '<inputData href="#i-person"/><inputData href="#i-on"/></decisionService>'
)
INPUTS = {"person": {"born": "1990-05-01", "income": 1.10}, "on": "2026-01-01"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m.dmn").write_bytes(document(BODY))
    (tmp_path / "in.json").write_text(json.dumps(INPUTS), "utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    paths = [str(folder / word) if (folder / word).is_file() else word for word in words]
    return CliRunner().invoke(dmn, paths)


def test_a_decision_is_evaluated_from_json(folder: Path) -> None:
    found = run(folder, "evaluate", "m.dmn", "--decision", "age", "--input", "in.json")
    assert (found.exit_code, found.stdout) == (0, "35\n")
    found = run(folder, "evaluate", "m.dmn", "--decision", "fee", "--input", "in.json")
    assert found.stdout == "9.5\n"
    found = run(folder, "evaluate", "m.dmn", "--decision", "later", "--input", "in.json")
    assert json.loads(found.stdout) == {"next": "2026-01-02", "wait": "P1M"}


def test_a_service_is_evaluated(folder: Path) -> None:
    found = run(folder, "evaluate", "m.dmn", "--service", "fees", "--input", "in.json")
    assert found.stdout == "9.5\n"


def test_the_trace_is_readable(folder: Path) -> None:
    found = run(folder, "evaluate", "m.dmn", "--decision", "fee", "--input", "in.json", "--trace")
    assert "rule 1 fails: age = 35 is not >= 65" in found.stdout
    assert "rule 2 matches: age = 35 is < 65" in found.stdout
    assert "age = 35" in found.stdout


def test_without_inputs_the_answer_is_null_with_a_note(folder: Path) -> None:
    found = run(folder, "evaluate", "m.dmn", "--decision", "fee")
    assert found.exit_code == 0
    assert found.stdout == "null\n"
    assert "note: " in found.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--decision", "nothing"], "'nothing' is not among: age, fee, later"),
        ([], "give either --decision or --service"),
        (["--decision", "age", "--service", "fees"], "give either"),
        (["--decision", "age", "--input", "m.dmn"], "inputs cannot be read"),
    ],
)
def test_mistakes_are_explained(folder: Path, words: list[str], says: str) -> None:
    found = run(folder, "evaluate", "m.dmn", *words)
    assert found.exit_code != 0
    assert says in found.stderr


def test_check_is_quiet_about_a_sound_model(folder: Path) -> None:
    found = run(folder, "check", "m.dmn")
    assert (found.exit_code, found.stdout) == (
        0,
        "m.dmn: DMN 1.5, 3 decisions, 1 services, 0 findings\n",
    )


def test_check_lists_findings_and_fails(folder: Path) -> None:
    (folder / "bad.dmn").write_bytes(document(decision("a", literal("1 +"))))
    found = run(folder, "check", "bad.dmn")
    assert found.exit_code == 1
    assert "bad.dmn: line 1: a: unexpected 'end'" in found.stdout


def test_a_broken_file_is_an_error_with_its_line(folder: Path) -> None:
    (folder / "broken.dmn").write_text("<definitions>\n<x></definitions>", "utf-8")
    found = run(folder, "check", "broken.dmn")
    assert found.exit_code == 1
    assert "line 2" in found.stderr
