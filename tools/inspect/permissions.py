"""Each permission is declared once, used somewhere, and held by roles that exist."""

from __future__ import annotations

from pathlib import Path

from tools.inspect.code import calls, domains, python_files, source, strings, text_argument, where

ASKING = {"act": 1, "permit": 1, "allowed": 1, "refusal": 1}
SPECIAL = {"owner", "anyone", "system"}


def check(root: Path) -> list[str]:
    declared: dict[str, str] = {}
    found = []
    for domain in domains(root):
        for permission in domain.manifest.get("permission", []):
            name = permission["id"]
            if name in declared:
                found.append(f"{name}: declared twice")
            if not name.startswith(f"{domain.id}."):
                found.append(f"{name}: does not begin with its domain's id {domain.id}")
            found += _strange_roles(root, name, permission["roles"])
            declared[name] = domain.id
    found += _undeclared(root, set(declared))
    used = {text for path in python_files(source(root)) for _, text in strings(path)}
    found += [f"{name}: declared, used nowhere" for name in sorted(set(declared) - used)]
    return found


def _strange_roles(root: Path, name: str, roles: list[str]) -> list[str]:
    if not roles:
        return [f"{name}: no role has it"]
    strange = sorted(set(roles) - known_roles(root) - SPECIAL)
    return [f"{name}: there is no role {role}" for role in strange]


def known_roles(root: Path) -> set[str]:
    """The roles that identity can give."""
    path = source(root) / "domains" / "identity" / "contracts.py"
    return {text_argument(call, 0) for call, name in calls(path) if name == "Role"}


def _undeclared(root: Path, declared: set[str]) -> list[str]:
    found = []
    for path in python_files(source(root)):
        for call, name in calls(path):
            asked = ""
            if name.rsplit(".", 1)[-1] in ASKING:
                asked = text_argument(call, ASKING[name.rsplit(".", 1)[-1]], "action")
            elif name == "page":
                asked = text_argument(call, 99, "permission")
            if asked and asked not in declared:
                found.append(f"{where(root, path, call.lineno)}: {asked} is in no manifest")
    return found
