"""What the NGSI-LD Null takes away, and what must be there when something comes to be (5.5.12)."""

from __future__ import annotations

from typing import Any

from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.terms import NULL, RELATIONS, VALUE_OF, is_null

Instance = dict[str, Any]
NULLS_OF_THEIR_OWN = RELATIONS | {"LanguageProperty", "ListProperty"}  # not a text


def deletes(instance: Instance) -> bool:
    """Whether it is the NGSI-LD Null of its kind."""
    kind = instance.get("type") or "Property"
    value = instance.get(VALUE_OF[kind])
    if isinstance(value, str):
        return value == NULL
    return kind in NULLS_OF_THEIR_OWN and is_null(kind, value)


def whole(name: str, instance: Instance) -> Instance:
    """An instance that comes to be: it has a value, and nothing that is only to be taken away."""
    member = VALUE_OF.get(instance.get("type", ""))
    if member is None or member not in instance:
        raise BadRequestData(f"{name} is new here and has no value")
    fresh = {key: value for key, value in instance.items() if value != NULL or key == member}
    if not deletes(instance):
        fresh[member] = merged_value(None, instance[member])
    fresh.pop("attrs", None)
    subs = {sub: some_whole(sub, listed) for sub, listed in instance.get("attrs", {}).items()}
    kept = {sub: listed for sub, listed in subs.items() if listed}
    return {**fresh, "attrs": kept} if kept else fresh


def some_whole(name: str, instances: list[Instance]) -> list[Instance]:
    """Those that are not to be deleted."""
    return [whole(name, each) for each in instances if not deletes(each)]


def merged_value(old: Any, patch: Any) -> Any:
    """JSON Merge Patch (RFC 7396) with the NGSI-LD Null in the place of null."""
    if not isinstance(patch, dict):
        return patch
    result = dict(old) if isinstance(old, dict) else {}
    if "type" in patch and "coordinates" in patch:
        return patch
    for key, value in patch.items():
        if value == NULL:
            result.pop(key, None)
        else:
            result[key] = merged_value(result.get(key), value)
    return result
