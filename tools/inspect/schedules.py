"""Each scheduled task of a manifest exists, is a task, and says when."""

from __future__ import annotations

import ast
from pathlib import Path

from tools.inspect.code import PREFIX, Domain, domains, dotted, tree


def check(root: Path) -> list[str]:
    found = []
    for domain in domains(root):
        for schedule in domain.manifest.get("schedule", []):
            name = schedule["task"]
            if ("every" in schedule) == ("daily" in schedule):
                found.append(f"{name}: say either every or daily")
            if name not in tasks(domain):
                found.append(f"{name}: no such @task in the handlers of {domain.id}")
    return found


def tasks(domain: Domain) -> set[str]:
    """Dotted names of the functions in handlers that carry ``@task()``."""
    named = set()
    for path in domain.room("handlers"):
        module = ".".join(path.relative_to(domain.folder).with_suffix("").parts)
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and any(map(_is_task, node.decorator_list)):
                named.add(f"{PREFIX}{domain.id}.{module.removesuffix('.__init__')}.{node.name}")
    return named


def _is_task(node: ast.expr) -> bool:
    return dotted(node.func if isinstance(node, ast.Call) else node).endswith("task")
