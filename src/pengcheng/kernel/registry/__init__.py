"""The register of domains: read from the manifests beside the code, once per process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pengcheng.kernel.registry.manifest import (
    KeyUse,
    Manifest,
    ManifestError,
    NavEntry,
    Permission,
    Schedule,
    System,
    read_manifest,
)

DOMAINS = Path(__file__).resolve().parents[2] / "domains"

__all__ = [
    "KeyUse",
    "Manifest",
    "ManifestError",
    "NavEntry",
    "Permission",
    "Schedule",
    "System",
    "key_uses",
    "manifests",
    "permissions",
    "read_manifest",
    "read_manifests",
]


def read_manifests(folder: Path) -> tuple[Manifest, ...]:
    """All manifests below ``folder``, lower tiers first, then by id."""
    found = [read_manifest(path) for path in folder.glob("*/manifest.toml")]
    return tuple(sorted(found, key=lambda manifest: (manifest.tier, manifest.id)))


@cache
def manifests() -> tuple[Manifest, ...]:
    """The domains of this installation."""
    return read_manifests(DOMAINS)


@cache
def permissions() -> dict[str, Permission]:
    """Every permission by id. Raises ManifestError when two domains declare the same one."""
    table: dict[str, Permission] = {}
    for manifest in manifests():
        for permission in manifest.permission:
            if permission.id in table:
                raise ManifestError(f"permission {permission.id} is declared twice")
            table[permission.id] = permission
    return table


@cache
def key_uses() -> dict[str, KeyUse]:
    """Every declared key by purpose. Raises ManifestError when two domains declare the same one."""
    table: dict[str, KeyUse] = {}
    for manifest in manifests():
        for use in manifest.key:
            if use.purpose in table:
                raise ManifestError(f"key {use.purpose} is declared twice")
            table[use.purpose] = use
    return table
