"""Effects are explicit: no logic hangs on a model's signals or on its ``save``."""

from __future__ import annotations

import ast
from pathlib import Path

from tools.inspect.code import domains, imports, nodes, python_files, source, where

REFUSED = (
    "django.db.models.signals", "django.dispatch.receiver", "django.core.signals",
    "django.contrib.auth.signals",
)  # fmt: skip


def check(root: Path) -> list[str]:
    found = []
    for path in python_files(source(root)):
        for line, name, _ in imports(path):
            if name.startswith(REFUSED) and "kernel" not in path.parts:
                found.append(f"{where(root, path, line)}: {name}: emit an event in the op instead")
    for domain in domains(root):
        for path in domain.room("models"):
            found += _overridden(root, path)
    return found


def _overridden(root: Path, path: Path) -> list[str]:
    return [
        f"{where(root, path, node.lineno)}: {node.name}() of a model is overridden; use an op"
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
    ]
