"""import-linter's contracts are written from the manifests; ``--write`` brings them up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.inspect.code import Domain, domains

FILE = ".importlinter"
HEAD = """\
# Written from the manifests by `python -m tools.inspect.walls --write`; do not edit.
[importlinter]
root_packages =
    pengcheng
include_external_packages = True

[importlinter:contract:layers]
name = The shell and the demo stand on the domains, these on the kit, that on the kernel
type = layers
containers =
    pengcheng
layers =
    shell : demo
    domains
    kit
    kernel
exhaustive = True

[importlinter:contract:circles]
name = Domains do not import each other in a circle
type = acyclic_siblings
ancestors =
    pengcheng.domains
depth = 0
"""
ROOMS = """\
[importlinter:contract:rooms]
name = In a domain imports run down: web and handlers, api, ops, rules and models, events, contracts
type = layers
containers =
{containers}
layers =
    (web) | (tools) | (handlers)
    api
    (ops)
    (rules) | (models)
    (events)
    contracts
exhaustive = True
exhaustive_ignores =
    apps
    migrations
"""
DOOR = """\
[importlinter:contract:door]
name = Pages, tools and handlers go through the api, not past it
type = forbidden
source_modules =
    pengcheng.domains.*.web
    pengcheng.domains.*.tools
    pengcheng.domains.*.handlers
forbidden_modules =
    pengcheng.domains.*.models
    pengcheng.domains.*.ops
    pengcheng.domains.*.rules
allow_indirect_imports = True
"""
PURE = """\
[importlinter:contract:pure]
name = Rules, contracts and events are free of the framework, the database, the clock, the network
type = forbidden
source_modules =
    pengcheng.domains.*.rules
    pengcheng.domains.*.contracts
    pengcheng.domains.*.events
forbidden_modules =
    django
    ninja
    aiohttp
    httpx
    requests
    urllib3
    socket
    psycopg
    sqlite3
    pengcheng.kernel.acting
    pengcheng.kernel.audit
    pengcheng.kernel.clock
    pengcheng.kernel.events
    pengcheng.kernel.looks
    pengcheng.kernel.models
    pengcheng.kernel.permits
    pengcheng.kernel.relay
    pengcheng.kernel.web
allow_indirect_imports = True
"""
PRIVATE = """\
[importlinter:contract:private-{id}]
name = Only {id} itself uses its inner rooms
type = protected
protected_modules =
{rooms}
allowed_importers =
    pengcheng.domains.{id}
"""
INNER = ("models", "rules", "ops", "handlers", "tools", "web")


def check(root: Path) -> list[str]:
    path = root / FILE
    kept = path.read_text("utf-8") if path.is_file() else ""
    if kept != render(root):
        return [f"{FILE} is stale; run python -m tools.inspect.walls --write"]
    return []


def render(root: Path) -> str:
    """The contracts for the domains as they are now."""
    present = domains(root)
    containers = _lines(f"pengcheng.domains.{domain.id}" for domain in present)
    parts = [HEAD, _tiers(present), ROOMS.format(containers=containers), DOOR, PURE]
    return "\n".join(parts + [_private(domain) for domain in present if _inner(domain)])


def _tiers(present: list[Domain]) -> str:
    tiers: dict[int, list[str]] = {}
    for domain in present:
        tiers.setdefault(domain.manifest["tier"], []).append(domain.id)
    rows = [" | ".join(tiers[tier]) for tier in sorted(tiers, reverse=True)]
    return "\n".join(
        [
            "[importlinter:contract:tiers]",
            "name = Domains import lower tiers only",
            "type = layers",
            "containers =\n    pengcheng.domains",
            "layers =",
            _lines(rows),
            "exhaustive = True",
            "",
        ]
    )


def _private(domain: Domain) -> str:
    rooms = _lines(f"pengcheng.domains.{domain.id}.{room}" for room in _inner(domain))
    return PRIVATE.format(id=domain.id, rooms=rooms)


def _inner(domain: Domain) -> list[str]:
    return [room for room in INNER if domain.room(room)]


def _lines(names: object) -> str:
    return "\n".join(f"    {name}" for name in names)  # type: ignore[attr-defined]


if __name__ == "__main__":
    root = Path(__file__).resolve().parents[2]
    if "--write" in sys.argv:
        (root / FILE).write_text(render(root), "utf-8")
    print("\n".join(check(root)) or f"{FILE} is up to date")
