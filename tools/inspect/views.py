"""Every view in a table of addresses says for whom it is: ``@page(…)``."""

from __future__ import annotations

import ast
from pathlib import Path

from tools.inspect.code import calls, dotted, meaning, source, tree, where


def check(root: Path) -> list[str]:
    found = []
    for path in sorted(source(root).rglob("urls.py")):
        for call, name in calls(path):
            if name not in {"path", "re_path"} or len(call.args) < 2:
                continue
            view = call.args[1]
            if isinstance(view, ast.Call) and dotted(view.func) == "include":
                continue
            found += _judge(root, path, call.lineno, dotted(view))
    return found


def _judge(root: Path, path: Path, line: int, name: str) -> list[str]:
    place = where(root, path, line)
    full = meaning(path, name)
    if not name:
        return [f"{place}: write the view as a plain function with @page"]
    module, _, function = full.rpartition(".")
    home = module_file(root, module)
    if home is None:
        return [] if declared_here(path, name) else [f"{place}: cannot find the view {full}"]
    if not declared_here(home, function):
        return [f"{place}: {full} declares no audience; decorate it with @page"]
    return []


def declared_here(path: Path, function: str) -> bool:
    """Whether the file has this function, with ``@page(…)`` on it."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            names = [dotted(d.func) for d in node.decorator_list if isinstance(d, ast.Call)]
            return "page" in {name.rsplit(".", 1)[-1] for name in names}
    return False


def module_file(root: Path, module: str) -> Path | None:
    """The file of a module of this tree."""
    base = root / "src" / Path(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None
