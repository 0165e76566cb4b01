"""What nearly every write says of an attribute: its one instance anew."""

from __future__ import annotations

from pengcheng.kit.ngsild.reading import Instance
from pengcheng.kit.ngsild.terms import NULL, RELATIONS, VALUE_OF, is_null

NULLS_OF_THEIR_OWN = RELATIONS | {"LanguageProperty", "ListProperty"}  # not a text


def deletes(instance: Instance) -> bool:
    """Whether it is the NGSI-LD Null of its kind."""
    kind = instance.get("type") or "Property"
    value = instance.get(VALUE_OF[kind])
    if isinstance(value, str):
        return value == NULL
    return kind in NULLS_OF_THEIR_OWN and is_null(kind, value)


def retold(there: list[Instance] | None, told: list[Instance], now: str) -> Instance | None:
    """The instance that takes the place of the one there; ``None``: this is not so simple."""
    if there is None or len(there) != 1 or len(told) != 1:
        return None
    old, fresh = there[0], told[0]
    if "datasetId" in old or "datasetId" in fresh or "attrs" in fresh or deletes(fresh):
        return None
    return {**fresh, "createdAt": old["createdAt"], "modifiedAt": now}
