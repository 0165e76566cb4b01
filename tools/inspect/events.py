"""``emits`` and ``hears`` of a manifest are exactly what the code tells and listens to."""

from __future__ import annotations

import ast
from pathlib import Path

from tools.inspect.code import PREFIX, Domain, calls, domains, dotted, meaning, mentioned, nodes


def check(root: Path) -> list[str]:
    found, everyone = [], domains(root)
    types = {domain.id: event_types(domain) for domain in everyone}
    for domain in everyone:
        found += _emitted(domain, types[domain.id])
        found += _heard(domain, types)
    return found


def event_types(domain: Domain) -> dict[str, str]:
    """Class name → event type, as ``events.py`` gives them."""
    classes = [
        node
        for path in domain.room("events")
        for node in nodes(path)
        if isinstance(node, ast.ClassDef)
    ]
    # What others are built on is no event itself.
    bases = {dotted(base) for node in classes for base in node.bases}
    named = {node.name: _type(node) for node in classes if node.name not in bases}
    return {name: told for name, told in named.items() if told}


def _type(node: ast.ClassDef) -> str:
    for item in node.body:
        name = ""
        if isinstance(item, ast.AnnAssign):
            name = dotted(item.target)
        elif isinstance(item, ast.Assign):
            name = dotted(item.targets[0])
        value = getattr(item, "value", None)
        if name == "type" and isinstance(value, ast.Constant) and value.value:
            return str(value.value)
    return ""


def _emitted(domain: Domain, types: dict[str, str]) -> list[str]:
    declared, real = set(domain.manifest.get("emits", [])), set(types.values())
    found = [f"{domain.id}: event {name} is not in emits" for name in sorted(real - declared)]
    found += [
        f"{domain.id}: emits {name}, which no class in events.py is"
        for name in sorted(declared - real)
    ]
    found += [
        f"{domain.id}: event {name} does not begin with the domain's id"
        for name in sorted(real)
        if not name.startswith(f"{domain.id}.")
    ]
    told = _mentioned(domain)
    found += [
        f"{domain.id}: {name} is declared but never emitted"
        for name in sorted(types)
        if name not in told
    ]
    return found


def _mentioned(domain: Domain) -> set[str]:
    rooms = set(domain.room("events"))
    names: set[str] = set()
    for path in domain.modules():
        if path not in rooms:
            names |= mentioned(path)
    return names


def _heard(domain: Domain, types: dict[str, dict[str, str]]) -> list[str]:
    found, heard, handlers = [], set(), set(domain.room("handlers"))
    for path in domain.modules():
        for call, name in calls(path):
            if meaning(path, name) != "pengcheng.kernel.events.hears" or not call.args:
                continue
            if path not in handlers:
                found.append(f"{domain.id}: hears outside handlers.py ({path.name})")
            heard.add(_type_of(meaning(path, dotted(call.args[0])), types))
    declared = set(domain.manifest.get("hears", []))
    found += [
        f"{domain.id}: hears {name}, not in its manifest" for name in sorted(heard - declared)
    ]
    found += [
        f"{domain.id}: the manifest hears {name}, no handler does"
        for name in sorted(declared - heard)
    ]
    return found


def _type_of(full: str, types: dict[str, dict[str, str]]) -> str:
    owner = full[len(PREFIX) :].split(".")[0] if full.startswith(PREFIX) else ""
    return types.get(owner, {}).get(full.rsplit(".", 1)[-1], full)
