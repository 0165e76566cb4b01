"""Where a path of the query language leads within an entity (clause 4.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pengcheng.kit.ngsild.reading import Entity, Instance
from pengcheng.kit.ngsild.terms import RELATIONS, SYSTEM, VALUE_OF

Fetch = Callable[[str], Entity | None]
PLAIN_TARGETS = frozenset(
    {"observedAt", "unitCode", "datasetId", "expiresAt", "objectType", "type", "id", "scope"}
)


@dataclass(frozen=True)
class Path:
    """Which element is asked for: names of attributes, then members within the value."""

    names: tuple[str, ...]
    trail: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    linked: Path | None = None


def targets(path: Path, entity: Entity, fetch: Fetch) -> Iterator[tuple[Any, str]]:
    """All values to which a path leads, each with the kind of its attribute."""
    first = path.names[0]
    if first in SYSTEM or first in PLAIN_TARGETS:
        if first in entity and len(path.names) == 1:
            yield from ((each, "") for each in flat(entity[first]))
        return
    yield from _within(path, 1, entity["attrs"].get(first, ()), fetch)


def _within(path: Path, depth: int, instances: Any, fetch: Fetch) -> Iterator[tuple[Any, str]]:
    for instance in instances:
        if depth == len(path.names):
            yield from _at_end(path, instance, fetch)
            continue
        name = path.names[depth]
        if name in SYSTEM or name in PLAIN_TARGETS:
            if name in instance:
                yield instance[name], ""
            continue
        subs = instance.get("attrs", {}).get(name)
        if subs:
            yield from _within(path, depth + 1, subs, fetch)


def _at_end(path: Path, instance: Instance, fetch: Fetch) -> Iterator[tuple[Any, str]]:
    kind = instance["type"]
    value = instance.get(VALUE_OF[kind])
    if path.linked is not None:
        yield from _followed(path, kind, value, fetch)
    elif kind == "LanguageProperty":
        yield from ((each, kind) for each in _in_languages(value, path.trail))
    elif path.trail:
        yield from ((each, kind) for each in _member(value, path.trail))
    else:
        yield value, kind


def _followed(path: Path, kind: str, value: Any, fetch: Fetch) -> Iterator[tuple[Any, str]]:
    if kind not in RELATIONS or path.linked is None:
        return
    for target in value if isinstance(value, list) else [value]:
        entity = fetch(target)
        if entity and (not path.types or set(path.types) & set(entity["type"])):
            yield from targets(path.linked, entity, fetch)


def _in_languages(value: Any, trail: tuple[str, ...]) -> Iterator[Any]:
    if not isinstance(value, dict):
        return
    chosen = value.values() if not trail or trail == ("*",) else [value.get(trail[0])]
    yield from (each for each in chosen if each is not None)


def _member(value: Any, trail: tuple[str, ...]) -> Iterator[Any]:
    if not trail:
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _member(each, trail)
    elif isinstance(value, dict) and trail[0] in value:
        yield from _member(value[trail[0]], trail[1:])


def flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
