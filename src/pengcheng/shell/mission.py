"""The mission's systems, each with the state and the door that a domain's manifest declares."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from pengcheng.kernel.registry import System, manifests

FILE = Path(__file__).with_name("mission.toml")


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A system as the mission orders it."""

    id: str
    articles: tuple[int, ...]
    domains: tuple[str, ...]
    zh: str
    en: str


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of the mission."""

    id: str
    zh: str
    en: str
    systems: tuple[Task, ...]


class Status(msgspec.Struct, frozen=True):
    """A system as it stands."""

    id: str
    chapter: str
    articles: tuple[int, ...]
    zh: str
    en: str
    domains: tuple[str, ...]
    state: Literal["planned", "partly", "done"] = "planned"
    door: str = ""
    audience: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


@cache
def chapters() -> tuple[Chapter, ...]:
    read = tomllib.loads(FILE.read_text("utf-8"))
    return msgspec.convert(read["chapter"], tuple[Chapter, ...])


def statuses() -> tuple[Status, ...]:
    """Every system in the order of the mission. Raises LookupError for a system that a manifest
    declares and the mission does not know.
    """
    declared = {system.id: (m.id, system) for m in manifests() for system in m.system}
    known = {task.id for chapter in chapters() for task in chapter.systems}
    if strangers := sorted(declared.keys() - known):
        raise LookupError(f"no system of the mission: {', '.join(strangers)}")
    return tuple(
        _status(chapter.id, task, declared.get(task.id))
        for chapter in chapters()
        for task in chapter.systems
    )


def _status(chapter: str, task: Task, declared: tuple[str, System] | None) -> Status:
    facts = (task.id, chapter, task.articles, task.zh, task.en)
    if declared is None:
        return Status(*facts, task.domains)
    domain, system = declared
    return Status(*facts, (domain,), system.state, system.entry, system.audience, system.tests)
