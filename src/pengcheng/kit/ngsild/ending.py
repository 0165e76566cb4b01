"""Transient entities and attributes: what is over is no longer there (clause 4.22)."""

from __future__ import annotations

from math import inf

from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.reading import Attributes, Entity, Instance

MARK = b'"expiresAt"'  # in a stored entity of which something ends
ENDS = "ends"  # what was read tells when the next of its attributes ends; never stored


def end_of(element: Entity | Instance) -> float:
    """When an entity or an instance of an attribute is over."""
    ends = element.get("expiresAt")
    return terms.instant(ends).timestamp() if ends else inf


def first_end(entity: Entity) -> float | None:
    """When the first of an entity and its attributes is over."""
    found = min(end_of(entity), _first(entity["attrs"]))
    return None if found == inf else found


def _first(attributes: Attributes) -> float:
    found = inf
    for instances in attributes.values():
        for each in instances:
            found = min(found, end_of(each), _first(each.get("attrs", {})))
    return found


def living(entity: Entity, now: float) -> Entity:
    """The entity without attributes that are over; itself if there are none."""
    first = _first(entity["attrs"])
    if first == inf:
        return entity
    if first <= now:
        entity = {**entity, "attrs": left(entity["attrs"], now)}
        first = _first(entity["attrs"])
    return entity if first == inf else {**entity, ENDS: first}


def left(attributes: Attributes, now: float) -> Attributes:
    """The attributes of which something is not over."""
    found: Attributes = {}
    for name, instances in attributes.items():
        kept = [without(each, now) for each in instances if end_of(each) > now]
        if kept:
            found[name] = kept
    return found


def without(instance: Instance, now: float) -> Instance:
    """An instance without attributes of it that are over; itself if there are none."""
    subs = instance.get("attrs")
    if not subs or _first(subs) > now:
        return instance
    rest = left(subs, now)
    bare = {key: value for key, value in instance.items() if key != "attrs"}
    return {**bare, "attrs": rest} if rest else bare
