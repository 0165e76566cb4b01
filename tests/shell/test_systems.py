"""`pengcheng systems`: the mission in whole, with the states that manifests declare."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pengcheng.kernel.registry import manifests
from pengcheng.shell import mission
from pengcheng.shell.cli import main


def listed(capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, object]]:
    assert main(["systems", "--json", *options]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_fifty_three_systems_and_two_of_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    found = listed(capsys)
    assert len(found) == len({system["id"] for system in found}) == 55
    assert [system["id"] for system in found if not system["articles"]] == ["agent", "journeys"]


def test_each_has_both_names_and_a_state(capsys: pytest.CaptureFixture[str]) -> None:
    for system in listed(capsys):
        assert re.search(r"[一-鿿]", str(system["zh"])), system["id"]
        assert str(system["en"]).isascii(), system["id"]
        assert system["state"] in {"planned", "partly", "done"}


def test_what_a_manifest_declares_is_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    shown = {system["id"]: system for system in listed(capsys)}
    declared = [(m.id, system) for m in manifests() for system in m.system]
    assert declared
    for domain, system in declared:
        assert shown[system.id]["state"] == system.state
        assert shown[system.id]["door"] == system.entry
        assert shown[system.id]["domains"] == [domain]


def test_what_nobody_declares_is_planned_and_has_no_door(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for system in listed(capsys, "--state", "planned"):
        assert (system["state"], system["door"], system["tests"]) == ("planned", "", [])


def test_an_unknown_system_in_a_manifest_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    chapters = mission.chapters()
    kept = tuple(chapter for chapter in chapters if chapter.id != "services")
    monkeypatch.setattr(mission, "chapters", lambda: kept)
    with pytest.raises(LookupError, match="portal"):
        mission.statuses()


def test_people_read_chapters_and_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["systems"]) == 0
    text = capsys.readouterr().out
    assert "City governance" in text
    assert "55 systems:" in text


def test_the_list_is_the_missions_own(shared_data: Path) -> None:
    """Judged by the policy's table itself, where it is at hand."""
    source = shared_data.parent / "mission" / "systems.md"
    if not source.exists():
        pytest.skip("the mission's table is not at hand")
    rows = [line for line in source.read_text("utf-8").splitlines() if line.startswith("| ")]
    told: dict[str, list[int]] = {}
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        articles = [int(number) for number in re.findall(r"\d+", cells[0])]
        ids = re.findall(r"`([\w-]+)`", cells[1] if articles else cells[0])
        told |= dict.fromkeys(ids, articles)
    assert {system.id: list(system.articles) for system in mission.statuses()} == told
