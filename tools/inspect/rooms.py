"""A domain has the known rooms and nothing beside them."""

from __future__ import annotations

from pathlib import Path

from tools.inspect.code import source, where

MODULES = {
    "contracts", "events", "models", "rules", "ops", "api", "handlers", "web", "tools",
}  # fmt: skip
COMPULSORY = {"manifest.toml", "__init__.py", "apps.py"}
WEB = {"__init__", "urls", "rest"}
DATA = {".toml"}


def check(root: Path) -> list[str]:
    found = []
    folder = source(root) / "domains"
    for domain in sorted(path for path in folder.iterdir() if path.is_dir()):
        if domain.name.startswith("__"):
            continue
        names = {path.name for path in domain.iterdir()}
        found += [f"{domain.name}: has no {name}" for name in sorted(COMPULSORY - names)]
        found += [
            f"{where(root, path)}: not a room of a domain"
            for path in sorted(domain.iterdir())
            if not _belongs(path)
        ]
    found += [
        f"{where(root, path)}: stands beside the domains"
        for path in sorted(folder.glob("*.*"))
        if path.name != "__init__.py"
    ]
    return found


def _belongs(path: Path) -> bool:
    if path.name in COMPULSORY | {"__pycache__"}:
        return True
    if path.is_dir():
        return path.name in MODULES | {"migrations", "data"}
    return (path.suffix == ".py" and path.stem in MODULES) or path.suffix in DATA
