"""The caps on lengths bite, and do not bite what is within them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.inspect import sizes


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    return tmp_path


def function(lines: int, name: str = "f") -> str:
    return f"def {name}():\n" + "    x = 1\n" * (lines - 1)


def write(tree: Path, text: str, name: str = "module.py") -> None:
    (tree / "src" / name).write_text(text)


@pytest.mark.parametrize(("lines", "found"), [(40, 0), (41, 1)])
def test_a_function_has_forty_lines_at_most(tree: Path, lines: int, found: int) -> None:
    short = "".join(function(3, f"g{n}") for n in range(40))
    write(tree, function(lines) + short)
    assert len(sizes.check(tree)) == found


def test_nested_functions_and_methods_count_too(tree: Path) -> None:
    inner = "class C:\n" + "".join(f"    {line}\n" for line in function(41, "m").splitlines())
    write(tree, inner + "".join(function(2, f"g{n}") for n in range(40)))
    assert sizes.check(tree) == ["src/module.py:2: m has 41 lines, at most 40"]


@pytest.mark.parametrize("name", ["a.py", "a.js", "a.css", "a.html"])
def test_a_file_has_four_hundred_lines_at_most(tree: Path, name: str) -> None:
    write(tree, "#\n" * 400, name)
    assert sizes.check(tree) == []
    write(tree, "#\n" * 401, name)
    assert len(sizes.check(tree)) == 1


def test_most_functions_are_short(tree: Path) -> None:
    write(tree, "".join(function(38, f"g{n}") for n in range(10)))
    assert sizes.check(tree) == ["functions: 95th percentile 38 lines, at most 35"]


@pytest.mark.parametrize("folder", ["vendor", "migrations", "node_modules"])
def test_what_others_wrote_is_not_measured(tree: Path, folder: str) -> None:
    (tree / "src" / folder).mkdir()
    write(tree, function(99), f"{folder}/long.py")
    assert sizes.check(tree) == []
