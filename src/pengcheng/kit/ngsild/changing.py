"""How entities change: append, update, partial update, merge, replace (clauses 5.5.8, 5.5.12, 5.6).

Everything here is pure: the stored entity and the fragment go in, a new entity comes out with the
names that changed. Instances that did not change are shared, never altered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pengcheng.kit.ngsild import ending
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.patching import deletes, merged_value, some_whole, whole
from pengcheng.kit.ngsild.reading import Attributes, Entity, Instance
from pengcheng.kit.ngsild.retelling import retold
from pengcheng.kit.ngsild.terms import NULL, RELATIONS, VALUE_OF, is_uri

AttributeKey = tuple[str, str | None]  # IRI and datasetId


@dataclass(slots=True)
class Change:
    """What a change did: the entity as it is now, and which attributes came, changed or went."""

    entity: Entity
    created: dict[AttributeKey, Instance] = field(default_factory=dict)
    updated: dict[AttributeKey, Instance] = field(default_factory=dict)
    deleted: dict[AttributeKey, Instance] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    shape: bool = False  # type or scope changed

    @property
    def touched(self) -> bool:
        return bool(self.created or self.updated or self.deleted or self.shape)

    def names(self) -> list[str]:
        """The attributes that were written."""
        return list(dict.fromkeys(key for key, _ in (*self.created, *self.updated, *self.deleted)))


def created(entity: Entity, now: str) -> Change:
    """A new entity with its times."""
    fresh = {**entity, "createdAt": now, "modifiedAt": now}
    change = Change(fresh)
    fresh["attrs"] = {}
    for name, instances in entity["attrs"].items():
        stamped = [_stamped(each, now, None) for each in instances]
        fresh["attrs"][name] = stamped
        for each in stamped:
            change.created[name, each.get("datasetId")] = each
    return change


def _stamped(instance: Instance, now: str, old: Instance | None) -> Instance:
    """An instance with system times; an instance that it replaces gives it its birthday."""
    born = old["createdAt"] if old else now
    fresh = {**instance, "createdAt": born, "modifiedAt": now}
    if "attrs" in instance:
        before = (old or {}).get("attrs", {})
        fresh["attrs"] = {
            name: [_stamped(each, now, find(before.get(name, []), each)) for each in instances]
            for name, instances in instance["attrs"].items()
        }
    return fresh


def find(instances: Sequence[Instance], like: Instance | str | None) -> Instance | None:
    """The instance of the same datasetId, if there is one."""
    wanted = like.get("datasetId") if isinstance(like, dict) else like
    for each in instances:
        if each.get("datasetId") == wanted:
            return each
    return None


def _begin(stored: Entity) -> Change:
    return Change({**stored, "attrs": dict(stored["attrs"])})


def _end(change: Change, now: str) -> Change:
    if change.touched:
        change.entity["modifiedAt"] = now
    return change


def _put(change: Change, name: str, fresh: Instance, old: Instance | None) -> None:
    instances = list(change.entity["attrs"].get(name, ()))
    if len(instances) == 1 and instances[0] is old:  # nearly always
        change.entity["attrs"][name] = [fresh]
        change.updated[name, fresh.get("datasetId")] = fresh
        return
    if old is None:
        instances.append(fresh)
        if fresh.get("datasetId") is None and len(instances) > 1:
            instances.insert(0, instances.pop())
        change.created[name, fresh.get("datasetId")] = fresh
    else:
        instances[instances.index(old)] = fresh
        change.updated[name, fresh.get("datasetId")] = fresh
    change.entity["attrs"][name] = instances


def _drop(change: Change, name: str, old: Instance) -> None:
    rest = [each for each in change.entity["attrs"][name] if each is not old]
    if rest:
        change.entity["attrs"][name] = rest
    else:
        del change.entity["attrs"][name]
    change.deleted[name, old.get("datasetId")] = old


def _shape(change: Change, fragment: Entity, *, scope: bool) -> None:
    """Types are only ever added; a scope is replaced where the operation allows it."""
    added = [each for each in fragment.get("type", ()) if each not in change.entity["type"]]
    if added:
        change.entity["type"] = [*change.entity["type"], *added]
        change.shape = True
    if "expiresAt" in fragment:
        if fragment["expiresAt"] == NULL:
            change.entity.pop("expiresAt", None)
        else:
            change.entity["expiresAt"] = fragment["expiresAt"]
        change.shape = True
    if not scope or "scope" not in fragment:
        return
    if fragment["scope"] == NULL:
        change.shape |= change.entity.pop("scope", None) is not None
    elif change.entity.get("scope") != fragment["scope"]:
        change.entity["scope"] = fragment["scope"]
        change.shape = True


def delete_scope(stored: Entity, now: str) -> Change | None:
    """Delete Attribute on the scope (5.6.5); ``None`` when there is none."""
    change = _begin(stored)
    if change.entity.pop("scope", None) is None:
        return None
    change.shape = True
    return _end(change, now)


def append(stored: Entity, fragment: Entity, now: str, *, overwrite: bool) -> Change:
    """Append Attributes (5.6.3): what is there is replaced, or with ``noOverwrite`` refused."""
    change = _begin(stored)
    if not overwrite and fragment.get("scope", NULL) != NULL:
        both = [*stored.get("scope", ()), *fragment["scope"]]
        fragment = {**fragment, "scope": list(dict.fromkeys(both))}
    _shape(change, fragment, scope=True)
    attrs = change.entity["attrs"]
    for name, instances in fragment["attrs"].items():
        again = retold(attrs.get(name), instances, now) if overwrite else None
        if again is not None:
            attrs[name], change.updated[name, None] = [again], again
            continue
        for each in instances:
            old = find(attrs.get(name, ()), each)
            if old is not None and not overwrite:
                change.refused[name] = "The attribute exists and is not to be overwritten"
            elif not deletes(each):
                _put(change, name, _stamped(each, now, old), old)
            elif old is not None:
                _drop(change, name, old)
    return _end(change, now)


def update(stored: Entity, fragment: Entity, now: str) -> Change:
    """Update Attributes (5.6.2): whole instances are replaced, new ones appended, Nulls delete."""
    change = _begin(stored)
    _shape(change, fragment, scope="scope" in stored)
    if "scope" in fragment and "scope" not in stored:
        change.refused["scope"] = "There is no scope to update"
    for name, instances in fragment["attrs"].items():
        for each in instances:
            old = find(change.entity["attrs"].get(name, []), each)
            if not deletes(each):
                _put(change, name, _stamped(each, now, old), old)
            elif old is not None:
                _drop(change, name, old)
            else:
                change.refused[name] = "There is no such attribute to delete"
    return _end(change, now)


def replace(stored: Entity, fresh: Entity, now: str) -> Change:
    """Replace Entity (5.6.18): nothing of the old stays but id and birthday."""
    change = created({**fresh, "id": stored["id"]}, now)
    change.entity["createdAt"] = stored["createdAt"]
    if not fresh.get("type"):
        change.entity["type"] = stored["type"]
    for name, instances in stored["attrs"].items():
        for old in instances:
            key = (name, old.get("datasetId"))
            if key in change.created:
                change.updated[key] = change.created.pop(key)
            else:
                change.deleted[key] = old
    change.shape = True
    return change


def partial(stored: Entity, name: str, fragment: Instance, now: str) -> Change | None:
    """Partial Attribute Update (5.6.4): members of the fragment overwrite those of the instance.

    ``None`` when there is no such instance.
    """
    change = _begin(stored)
    old = find(change.entity["attrs"].get(name, []), fragment)
    if old is None:
        return None
    if deletes(fragment):
        _drop(change, name, old)
        return _end(change, now)
    _check_kind(old, fragment, name)
    fresh = {**old, **{key: value for key, value in fragment.items() if key != "attrs"}}
    fresh["type"] = old["type"]
    subs = dict(old.get("attrs", {}))
    for sub, instances in fragment.get("attrs", {}).items():
        before = subs.pop(sub, [])
        if kept := some_whole(sub, instances):
            subs[sub] = [_stamped(each, now, find(before, each)) for each in kept]
    _finish(fresh, subs, now)
    _put(change, name, fresh, old)
    return _end(change, now)


def _check_kind(old: Instance, fragment: Instance, name: str) -> None:
    kind = fragment.get("type")
    if kind and kind != old["type"] and {kind, old["type"]} != {"Property", "GeoProperty"}:
        raise BadRequestData(f"{name} is a {old['type']} and cannot become a {kind}")


def _finish(fresh: Instance, subs: Attributes, now: str) -> None:
    for member in ("observedAt", "expiresAt", "unitCode"):
        if fresh.get(member) == NULL:
            del fresh[member]
    fresh["modifiedAt"] = now
    if subs:
        fresh["attrs"] = subs
    else:
        fresh.pop("attrs", None)


def replace_attribute(stored: Entity, name: str, fresh: Instance, now: str) -> Change | None:
    """Replace Attribute (5.6.19); ``None`` when there is no such instance."""
    change = _begin(stored)
    old = find(change.entity["attrs"].get(name, []), fresh)
    if old is None:
        return None
    _put(change, name, _stamped(fresh, now, old), old)
    return _end(change, now)


def delete_attribute(
    stored: Entity, name: str, dataset: str | None, now: str, *, every: bool
) -> Change | None:
    """Delete Attribute (5.6.5): one instance, or all; ``None`` when there is no such."""
    change = _begin(stored)
    instances = change.entity["attrs"].get(name, [])
    gone = instances if every else [each for each in instances if each.get("datasetId") == dataset]
    if not gone:
        return None
    for old in list(gone):
        _drop(change, name, old)
    return _end(change, now)


def ended(stored: Entity, now: str, moment: float) -> Change:
    """Attributes whose time is over go (4.22)."""
    change = _begin(stored)
    for name, instances in stored["attrs"].items():
        for old in instances:
            if ending.end_of(old) <= moment:
                _drop(change, name, old)
            elif (fresh := ending.without(old, moment)) is not old:
                _put(change, name, {**fresh, "modifiedAt": now}, old)
    return _end(change, now)


# --- merging ----------------------------------------------------------------------------


@dataclass(frozen=True)
class MergeOptions:
    """What Merge Entity may add: a time for all, and a language for plain text (5.6.17)."""

    observed_at: str | None = None
    language: str | None = None


def merge(stored: Entity, fragment: Entity, now: str, options: MergeOptions) -> Change:
    """Merge Entity (5.6.17): JSON Merge Patch down into the values."""
    change = _begin(stored)
    _shape(change, fragment, scope=True)
    for name, instances in fragment["attrs"].items():
        for each in instances:
            old = find(change.entity["attrs"].get(name, []), each)
            if deletes(each):
                if old is not None:
                    _drop(change, name, old)
            elif old is None:
                fresh = _observed(whole(name, each), options)
                _put(change, name, _stamped(fresh, now, None), None)
            else:
                _put(change, name, _merged(old, each, now, options), old)
    return _end(change, now)


def _observed(instance: Instance, options: MergeOptions) -> Instance:
    if options.observed_at and "observedAt" not in instance:
        return {**instance, "observedAt": options.observed_at}
    return instance


def _merged(old: Instance, fragment: Instance, now: str, options: MergeOptions) -> Instance:
    given = fragment
    plainly = fragment.get("type") == "Property" and "value" in fragment
    if old["type"] == "LanguageProperty" and plainly:
        words = fragment["value"] if isinstance(fragment["value"], list) else [fragment["value"]]
        if not all(isinstance(each, str) for each in words):
            raise BadRequestData("A LanguageProperty holds text only")
        text = {options.language or "@none": fragment["value"]}
        given = {**fragment, "type": "LanguageProperty", "languageMap": text}
        del given["value"]
    elif fragment.get("type") and fragment["type"] != old["type"]:
        given = _converted(old, fragment)
        if given["type"] != old["type"]:
            return _stamped(_observed(whole("An attribute", given), options), now, old)
    member = VALUE_OF[old["type"]]
    plain = {key: value for key, value in given.items() if key not in {"attrs", member}}
    fresh = {**old, **plain, "type": old["type"]}
    if member in given:
        fresh[member] = merged_value(old.get(member), given[member])
    if options.observed_at and "observedAt" in old and "observedAt" not in given:
        fresh["observedAt"] = options.observed_at
    _finish(fresh, _merged_subs(old, given, now, options), now)
    return fresh


def _converted(old: Instance, fragment: Instance) -> Instance:
    """A bare value takes the kind of what it changes: a URI changes a Relationship."""
    if fragment["type"] != "Property" or "attrs" in fragment or "value" not in fragment:
        return fragment
    kind = old["type"]
    if kind in VALUE_OF and kind not in {"Property", "GeoProperty", "LanguageProperty"}:
        _check_bare(kind, fragment["value"])
        rest = {key: value for key, value in fragment.items() if key not in {"value", "type"}}
        return {**rest, "type": kind, VALUE_OF[kind]: fragment["value"]}
    return fragment


def _check_bare(kind: str, value: Any) -> None:
    """A bare value cannot make of an attribute what its kind does not allow (6.5.3.4)."""
    if kind in RELATIONS:
        listed = value if isinstance(value, list) else [value]
        if not all(is_uri(each) for each in listed):
            raise BadRequestData("A Relationship leads to URIs")
    if kind in {"ListProperty", "ListRelationship"} and not isinstance(value, list):
        raise BadRequestData(f"A {kind} takes a list")


def _merged_subs(old: Instance, given: Instance, now: str, options: MergeOptions) -> Attributes:
    subs = dict(old.get("attrs", {}))
    for name, instances in given.get("attrs", {}).items():
        result = list(subs.get(name, ()))
        for each in instances:
            before = find(result, each)
            if before is not None:
                result.remove(before)
            if not deletes(each):
                kept = _merged(before, each, now, options) if before else None
                result.append(kept or _stamped(whole(name, each), now, None))
        if result:
            subs[name] = result
        else:
            subs.pop(name, None)
    return subs
