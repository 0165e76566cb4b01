"""Functions and files stay small enough to be read at once.

A function has at most 40 lines, 95 of 100 have at most 35; a file of ours has at most 400. Nested
functions count too; migrations are written by Django.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from pathlib import Path

MOST_FUNCTION = 40
P95_FUNCTION = 35
MOST_FILE = 400
OWN = ("src", "tests", "tools", "bench")
KINDS = {".py", ".js", ".mjs", ".css", ".html"}
NOT_OURS = {"vendor", "node_modules", "__pycache__", "migrations"}


def check(root: Path) -> list[str]:
    files = sorted(own_files(root))
    found = [line for path in files for line in too_long(path, root)]
    lengths = sorted(length for path in files for _, _, length in functions(path))
    if lengths and (p95 := percentile(lengths, 0.95)) > P95_FUNCTION:
        found.append(f"functions: 95th percentile {p95} lines, at most {P95_FUNCTION}")
    return found


def own_files(root: Path) -> Iterator[Path]:
    for folder in OWN:
        for path in (root / folder).rglob("*"):
            if path.suffix in KINDS and not NOT_OURS & set(path.relative_to(root).parts):
                yield path


def too_long(path: Path, root: Path) -> Iterator[str]:
    name = path.relative_to(root)
    lines = len(path.read_text("utf-8").splitlines())
    if lines > MOST_FILE:
        yield f"{name}: {lines} lines, at most {MOST_FILE}; make the room a folder"
    for function, line, length in functions(path):
        if length > MOST_FUNCTION:
            yield f"{name}:{line}: {function} has {length} lines, at most {MOST_FUNCTION}"


def functions(path: Path) -> Iterator[tuple[str, int, int]]:
    """Name, line and length of each function in a Python file."""
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            last = node.end_lineno or node.lineno
            yield node.name, node.lineno, last - node.lineno + 1


def percentile(ordered: list[int], share: float) -> int:
    """The smallest length that this share of all does not exceed."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]
