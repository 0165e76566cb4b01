"""Each permission is declared once, used somewhere, and held by roles that exist."""

from __future__ import annotations

import re
from pathlib import Path

from tools.inspect.code import calls, domains, python_files, source, strings, text_argument, where

ASKING = {"act": 1, "permit": 1, "allowed": 1, "refusal": 1}
# Held by nobody with an account: whose the thing is, everybody, the city itself, a sensor.
SPECIAL = {"owner", "anyone", "system", "device"}
IN_TABLE = re.compile(r'^permission = "([^"]+)"$', re.M)


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
    tables = in_tables(root)
    found += [
        f"{where(root, tables[name])}: {name} is in no manifest"
        for name in tables
        if name not in declared
    ]
    used = set(tables) | {text for path in python_files(source(root)) for _, text in strings(path)}
    found += [f"{name}: declared, used nowhere" for name in sorted(set(declared) - used)]
    return found


def _strange_roles(root: Path, name: str, roles: list[str]) -> list[str]:
    if not roles:
        return [f"{name}: no role has it"]
    strange = sorted(set(roles) - known_roles(root) - SPECIAL)
    return [f"{name}: there is no role {role}" for role in strange]


def known_roles(root: Path) -> set[str]:
    """The roles that identity can give."""
    path = source(root) / "domains" / "identity" / "contracts" / "__init__.py"
    return {text_argument(call, 0) for call, name in calls(path) if name == "Role"}


def in_tables(root: Path) -> dict[str, Path]:
    """Permissions that a domain's table of steps asks for, and where."""
    return {
        name: path
        for path in sorted((source(root) / "domains").rglob("*.toml"))
        if path.name != "manifest.toml"
        for name in IN_TABLE.findall(path.read_text("utf-8"))
    }


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
