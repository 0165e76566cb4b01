"""Foreign keys stay inside their domain; across domains an id is kept."""

from __future__ import annotations

import ast
from pathlib import Path

from tools.inspect.code import Domain, calls, domains, dotted, meaning, where

KEYS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


def check(root: Path) -> list[str]:
    found = []
    for domain in domains(root):
        for path in domain.room("models"):
            for call, name in calls(path):
                if name.rsplit(".", 1)[-1] in KEYS:
                    target = _target(path, call)
                    if not _inside(domain, target):
                        place = where(root, path, call.lineno)
                        found.append(f"{place}: key to {target} leaves {domain.id}; keep its id")
    return found


def _target(path: Path, call: ast.Call) -> str:
    given = call.args[:1] + [word.value for word in call.keywords if word.arg == "to"]
    if not given:
        return "?"
    if isinstance(given[0], ast.Constant):
        return str(given[0].value)
    return meaning(path, dotted(given[0]))


def _inside(domain: Domain, target: str) -> bool:
    if target.startswith("pengcheng."):
        return target.startswith(f"pengcheng.domains.{domain.id}.")
    if "AUTH_USER_MODEL" in target or target.startswith("django."):
        return False
    return "." not in target or target.startswith(f"{domain.id}.")
