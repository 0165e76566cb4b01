"""A check that never fails proves nothing: each rule is broken in a scratch copy and seen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.walls.breaks import CODE, IDENTITY, IMPORTS, MANIFESTS, SENSING, Break
from tools.inspect.__main__ import checks, main

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns("__pycache__", "static", "*.mo")
FILES = (".importlinter", "pyproject.toml", "tests/conftest.py")
BREAKS = (*MANIFESTS, *CODE, *IMPORTS)
DEAR = ("layers", "systems")  # seconds each: not asked before
WHOLE = ("layers", "systems", "register", "documents", "settings", "walls", "references")
"""What is asked of the whole house; all else shows as well in a part of it."""
OPPOSED = ("events", "needs")  # one of their breaks would mend another


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree without its weight; whatever stands in it may be broken."""
    root = tmp_path_factory.mktemp("scratch")
    for folder in ("src", "docs", "tools"):
        shutil.copytree(ROOT / folder, root / folder, ignore=LEFT_OUT)
    for name in FILES:
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    return root


@pytest.fixture(scope="module")
def part(scratch: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two domains of the tree, and what all stand on."""
    root = tmp_path_factory.mktemp("part")
    for folder in (IDENTITY, SENSING, "src/pengcheng/kernel"):
        shutil.copytree(scratch / folder, root / folder)
    return root


@pytest.fixture(scope="module")
def known() -> dict[str, list[str]]:
    """What the checks find in the copy before anything is broken."""
    return {}


def groups() -> Iterator[Any]:
    """The breaks of a check together: reading the whole house is what it costs."""
    for name in sorted({broken.check for broken in BREAKS}):
        breaks = [one for one in BREAKS if one.check == name]
        if name in OPPOSED:
            yield from (pytest.param([one], id=str(one)) for one in breaks)
        else:
            yield pytest.param(breaks, id=name)


@pytest.mark.parametrize("breaks", list(groups()))
def test_broken_rules_are_seen(
    breaks: list[Break], scratch: Path, part: Path, known: dict[str, list[str]]
) -> None:
    name = breaks[0].check
    root = scratch if name in WHOLE else part
    check = import_module(f"tools.inspect.{name}").check
    before = [] if name in DEAR else known.get(name) or known.setdefault(name, check(root))
    stood = [(broken, broken.apply(root)) for broken in breaks]
    try:
        found = [line for line in check(root) if line not in before]
    finally:
        for broken, text in reversed(stood):
            broken.undo(root, text)
    assert [one for one in breaks if not any(one.says in line for line in found)] == []


def test_every_check_is_proved_to_bite() -> None:
    elsewhere = {"sizes"}
    proved = {broken.check for broken in BREAKS}
    assert {name for name, _ in checks()} - elsewhere <= proved


def test_findings_are_listed_and_end_in_failure(
    scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Break("rooms", "src/pengcheng/domains/identity/utils.py", lambda _: "", "not a room")
    stood = broken.apply(scratch)
    try:
        assert main(["rooms"], scratch) == 1
    finally:
        broken.undo(scratch, stood)
    assert "identity/utils.py: not a room of a domain" in capsys.readouterr().out
    assert main(["rooms"], scratch) == 0


def test_an_unknown_check_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such"]) == 2
    assert "no-such" in capsys.readouterr().out
