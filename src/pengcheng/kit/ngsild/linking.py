"""Linked entities: inline in their relationships, or flat beside (clause 4.5.23)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pengcheng.kit.ngsild.choosing import Projection
from pengcheng.kit.ngsild.reading import Entity
from pengcheng.kit.ngsild.terms import RELATIONS, VALUE_OF
from pengcheng.kit.ngsild.writing import Writer

MOST_LINKED = 1000
Fetch = Callable[[str], Entity | None]


@dataclass(frozen=True)
class Join:
    """How linked entities come along: "" for not at all, flat, or inline."""

    kind: str = ""
    level: int = 1
    contained_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shown:
    """How entities and those they link to are written."""

    writer: Writer
    join: Join
    pick: Projection | None = None
    omit: Projection | None = None


def omitted(omit: Projection | None) -> frozenset[str]:
    """A name with braces keeps the relationship and omits within its target only."""
    if omit is None:
        return frozenset()
    return omit.names - frozenset(omit.linked)


def joined(fetch: Fetch, view: Shown, entities: list[Entity]) -> list[dict[str, Any]]:
    """Write entities with what they link to, as deep as was asked for."""
    if not view.join.kind:
        return [view.writer.entity(each) for each in entities]
    if view.join.kind == "inline":
        return [
            _inline(fetch, view, each, view.join.level, view.pick, view.omit, seen={each["id"]})
            for each in entities
        ]
    return list(_flat(fetch, view, entities))


def targets(entity: Entity) -> Iterator[tuple[str, str]]:
    """Each relationship's name with each of its targets."""
    for name, instances in entity["attrs"].items():
        for instance in instances:
            if instance["type"] in RELATIONS:
                value = instance.get(VALUE_OF[instance["type"]])
                for each in value if isinstance(value, list) else [value]:
                    if isinstance(each, str):
                        yield name, each


def _shown(
    entity: Entity, pick: Projection | None, omit: Projection | None
) -> Iterator[tuple[str, str]]:
    """The links of relationships that are told; others lead nowhere."""
    hidden = omitted(omit)
    for name, target in targets(entity):
        if name not in hidden and (pick is None or name in pick.names):
            yield name, target


def _writer(
    view: Shown,
    pick: Projection | None,
    omit: Projection | None,
    linked: Any = None,
    *,
    top: bool = False,
) -> Writer:
    named = pick.names if pick else None
    if top and pick is None:
        named = view.writer.pick  # what attrs chose
    return replace(
        view.writer,
        pick=named,
        omit=omitted(omit),
        linked=linked,
    )


def _inline(
    fetch: Fetch,
    view: Shown,
    entity: Entity,
    level: int,
    pick: Projection | None,
    omit: Projection | None,
    seen: set[str],
) -> dict[str, Any]:
    linked: dict[str, Any] = {}
    if level > 0:
        for name, target in _shown(entity, pick, omit):
            known = target in seen or target in view.join.contained_by
            found = None if known else fetch(target)
            if found is not None:
                linked.setdefault(name, {})[target] = _inline(
                    *(fetch, view, found, level - 1),
                    pick.linked.get(name) if pick else None,
                    omit.linked.get(name) if omit else None,
                    seen | {target},
                )
    top = len(seen) == 1
    return _writer(view, pick, omit, linked or None, top=top).entity(entity)


def linked(fetch: Fetch, view: Shown, entities: list[Entity]) -> list[Entity]:
    """The entities beside which others lead to, as deep as was asked for."""
    return [entity for entity, _, _ in _beside(fetch, view, entities)]


def _flat(fetch: Fetch, view: Shown, entities: list[Entity]) -> Iterable[dict[str, Any]]:
    for each in entities:
        yield _writer(view, view.pick, view.omit, top=True).entity(each)
    for entity, pick, omit in _beside(fetch, view, entities):
        yield _writer(view, pick, omit).entity(entity)


Beside = tuple[Entity, Projection | None, Projection | None]


def _beside(fetch: Fetch, view: Shown, entities: list[Entity]) -> Iterator[Beside]:
    told = {each["id"] for each in entities} | set(view.join.contained_by)
    current = [(each, view.pick, view.omit) for each in entities]
    for _level in range(view.join.level):
        following = []
        for entity, pick, omit in current:
            for name, target in _shown(entity, pick, omit):
                found = None if target in told or len(told) > MOST_LINKED else fetch(target)
                if found is None:
                    continue
                told.add(target)
                inner_pick = pick.linked.get(name) if pick else None
                inner_omit = omit.linked.get(name) if omit else None
                following.append((found, inner_pick, inner_omit))
                yield found, inner_pick, inner_omit
        current = following
