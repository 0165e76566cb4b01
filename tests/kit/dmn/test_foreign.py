"""Judged by the DMN Technology Compatibility Kit, which none of us wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import conformance_dmn
from pengcheng.kit.dmn import Model, load_model
from pengcheng.kit.dmn.check import check

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def folders(dmn_tck: Path) -> list[conformance_dmn.Folder]:
    return list(conformance_dmn.run(dmn_tck))


@pytest.fixture(scope="session")
def models(dmn_tck: Path) -> list[tuple[Path, Model, list[Path]]]:
    """Each model with the files it may import."""
    found = []
    for path in sorted((dmn_tck / "TestCases").glob("*/*/*.dmn")):
        others = [other for other in sorted(path.parent.glob("*.dmn")) if other != path]
        found.append((path, load_model(path, others), others))
    return found


def test_every_case_of_level_2_passes(folders: list[conformance_dmn.Folder]) -> None:
    level = [folder for folder in folders if folder.level == "level-2"]
    assert [folder.failures for folder in level if folder.failures] == []
    assert sum(folder.passed for folder in level) == sum(folder.total for folder in level) >= 116


def test_every_case_of_level_3_at_hand_passes(folders: list[conformance_dmn.Folder]) -> None:
    level = [folder for folder in folders if folder.level == "level-3"]
    assert [folder.failures for folder in level if folder.failures] == []
    assert sum(folder.passed for folder in level) == sum(folder.total for folder in level) > 0


def test_models_of_others_are_written_and_read_back_equal(
    models: list[tuple[Path, Model, list[Path]]],
) -> None:
    for path, model, others in models:
        written = model.to_xml()
        again = load_model(written.encode(), others)
        assert again == model, path.name
        assert again.to_xml() == written, path.name


def test_models_of_others_pass_after_being_written(dmn_tck: Path, tmp_path: Path) -> None:
    """The kit's cases decide the same on our XML as on theirs."""
    for folder in sorted((dmn_tck / "TestCases").glob("compliance-level-2/*")):
        copy = tmp_path / folder.name
        copy.mkdir()
        for case in folder.glob("*.xml"):
            (copy / case.name).write_bytes(case.read_bytes())
        for path in folder.glob("*.dmn"):
            (copy / path.name).write_text(load_model(path).to_xml(), "utf-8")
        found = conformance_dmn.run_folder(copy)
        assert found.passed == found.total, found.failures


def test_models_of_others_have_no_findings_but_missing_logic(
    models: list[tuple[Path, Model, list[Path]]],
) -> None:
    for path, model, _ in models:
        found = [item for item in check(model) if "no logic" not in item.message]
        assert found == [], path.name
