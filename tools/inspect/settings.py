"""Each PENGCHENG_… variable that is read is described in docs/settings.md, and the reverse;
no setting is assigned twice."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from tools.inspect.code import calls, dotted, nodes, python_files, source, tree, where

NAME = re.compile(r"PENGCHENG_[A-Z_]+[A-Z]")


def check(root: Path) -> list[str]:
    page = root / "docs" / "settings.md"
    told = set(re.findall(r"^\| `(PENGCHENG_[A-Z_]+)`", page.read_text("utf-8"), re.M))
    read = variables_read(root)
    found = [f"{name}: read but not described in docs/settings.md" for name in sorted(read - told)]
    found += [f"{name}: described but read nowhere" for name in sorted(told - read)]
    return found + _twice(root, source(root) / "shell" / "settings.py")


def variables_read(root: Path) -> set[str]:
    """Names asked of the environment in the product and its tools."""
    names: set[str] = set()
    folders = (source(root), root / "tools", root / "bench", root / "tests")
    for path in (path for folder in folders for path in python_files(folder)):
        if re.search("environ|getenv|envvar", path.read_text("utf-8")):
            names |= _asked(path)
    return names


def _asked(path: Path) -> set[str]:
    found = set()
    for call, name in calls(path):
        asked = call.args[:1] if "environ" in name or name.endswith("getenv") else []
        asked += [word.value for word in call.keywords if word.arg == "envvar"]
        found |= {text for text in _texts(asked) if NAME.fullmatch(text)}
    for node in nodes(path):
        if isinstance(node, ast.Subscript) and dotted(node.value).endswith("environ"):
            found |= {text for text in _texts([node.slice]) if NAME.fullmatch(text)}
    for node in tree(path).body:
        # A name kept in a constant, such as VARIABLE = "PENGCHENG_…".
        if isinstance(node, ast.Assign):
            found |= {text for text in _texts([node.value]) if NAME.fullmatch(text)}
    return found


def _texts(nodes: list[ast.expr]) -> list[str]:
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def _twice(root: Path, path: Path) -> list[str]:
    names = Counter(
        dotted(target)
        for node in tree(path).body
        if isinstance(node, ast.Assign)
        for target in node.targets
    )
    return [
        f"{where(root, path)}: {name} is assigned {n} times" for name, n in names.items() if n > 1
    ]
