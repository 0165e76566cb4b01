"""Each system a manifest declares has tests that exist and a door that leads to a page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.inspect.code import domains

RESOLVE = """
import json, sys, django
django.setup()
from django.urls import Resolver404, resolve
for entry in json.loads(sys.argv[1]):
    try:
        resolve(entry)
    except Resolver404:
        print(entry)
"""


def check(root: Path) -> list[str]:
    found, doors = [], {}
    seen: dict[str, str] = {}
    for domain in domains(root):
        for system in domain.manifest.get("system", []):
            name = f"{domain.id}: system {system['id']}"
            if system["id"] in seen:
                found.append(f"{name} is also declared by {seen[system['id']]}")
            seen[system["id"]] = domain.id
            if not system.get("tests"):
                found.append(f"{name} names no test")
            found += [
                f"{name}: there is no {test}"
                for test in system.get("tests", [])
                if not (root / test.split("::")[0]).is_file()
            ]
            doors[system["entry"]] = name
    return found + [f"{doors[door]}: nothing answers at {door}" for door in closed(root, doors)]


def closed(root: Path, doors: dict[str, str]) -> list[str]:
    """The doors that no address leads to, asked of the tree's own URL table."""
    if not doors:
        return []
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "PYTHONPATH": str(root / "src"),
            "PENGCHENG_HOME": home,
            "DJANGO_SETTINGS_MODULE": "pengcheng.shell.settings",
        }
        command = [sys.executable, "-c", RESOLVE, json.dumps(list(doors))]
        asked = subprocess.run(command, env=environment, capture_output=True, text=True)
    if asked.returncode:
        last = (asked.stderr.strip().splitlines() or ["?"])[-1]
        raise RuntimeError(f"the city's addresses cannot be read: {last}")
    return asked.stdout.split()
