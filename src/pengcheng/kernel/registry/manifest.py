"""What a domain says of itself in ``manifest.toml``: checked on reading, so that a typing slip is a
clear error.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

import msgspec

State = Literal["partly", "done"]


class Permission(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A right: ``domain.thing.verb``; ``owner`` is whoever the resource belongs to, ``anyone`` also
    strangers. ``assurance`` is the level of sign-in it asks for, ``power`` the part of a mandate
    that covers it; without a power nobody does it for another.
    """

    id: str
    zh: str
    en: str
    roles: tuple[str, ...]
    personal: bool = False
    assurance: Literal["", "low", "substantial", "high"] = ""
    power: str = ""


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A task run again and again: every so many seconds, or daily at an hour of the city."""

    task: str
    every: float | None = None
    daily: str | None = None


class KeyUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key of the domain: what it protects, and for how many days what it signs counts (0: for
    ever). ``keeper`` names a function without arguments that answers who keeps it, where that is no
    ring of `kit.keys`: something with ``states()`` and ``rotate(distrust=…)``.
    """

    purpose: str
    zh: str
    en: str
    days: float = 0
    keeper: str = ""


class NavEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way into the domain from the navigation of one face."""

    face: Literal["portal", "workbench", "screen"]
    zh: str
    en: str
    url: str
    permission: str = ""
    icon: str = ""
    order: int = 100
    badge: str = ""  # a function of an api that counts what waits there for the asker


class System(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A system of the mission that this domain serves, how far it is, and its door."""

    id: str
    state: State
    entry: str
    audience: tuple[str, ...]
    tests: tuple[str, ...]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A domain's own description."""

    id: str
    zh: str
    en: str
    tier: int
    needs: tuple[str, ...] = ()
    emits: tuple[str, ...] = ()
    hears: tuple[str, ...] = ()
    permission: tuple[Permission, ...] = ()
    schedule: tuple[Schedule, ...] = ()
    nav: tuple[NavEntry, ...] = ()
    system: tuple[System, ...] = ()
    key: tuple[KeyUse, ...] = ()


class ManifestError(Exception):
    """A manifest cannot be read; says which file and what is wrong in it."""


def read_manifest(path: Path) -> Manifest:
    """The manifest in ``path``. Raises ManifestError."""
    try:
        manifest = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Manifest)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ManifestError(f"{path}: {error}") from error
    if manifest.id != path.parent.name:
        raise ManifestError(f"{path}: id {manifest.id!r} is not the folder's name")
    return manifest
