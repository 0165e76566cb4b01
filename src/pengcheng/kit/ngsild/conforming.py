"""Entities told as an earlier version of the standard knew them (4.3.6.8)."""

from __future__ import annotations

import re
from typing import Any

from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.terms import VALUE_OF

VERSION = re.compile(r"(\d+)\.(\d+)\Z")
CURRENT = (1, 9)
# Kinds of attributes with the version that brought them and what they were before.
KINDS = {
    "LanguageProperty": ((1, 4), "Property"),
    "JsonProperty": ((1, 8), "Property"),
    "VocabProperty": ((1, 8), "Property"),
    "ListProperty": ((1, 8), "Property"),
    "ListRelationship": ((1, 8), "Relationship"),
}
MEMBERS = {
    "expiresAt": (1, 9),
    "valueType": (1, 9),
    "objectType": (1, 8),
    "datasetId": (1, 3),
    "observedAt": (1, 3),
    "unitCode": (1, 3),
}
ARRAYS = (1, 3)  # of types, and of instances


def version(text: str) -> tuple[int, int]:
    found = VERSION.match(text)
    if found is None:
        raise BadRequestData(f"{text!r} is no version such as 1.5")
    return int(found[1]), int(found[2])


def amended(body: Any, text: str) -> Any:
    """Normalized entities with nothing that the version does not know."""
    wanted = version(text)
    if wanted >= CURRENT:
        return body
    if isinstance(body, list):
        return [amended(each, text) for each in body]
    if not isinstance(body, dict):
        return body
    if body.get("type") == "Feature":
        return {**body, "properties": amended(body.get("properties"), text)}
    if body.get("type") == "FeatureCollection":
        return {**body, "features": amended(body.get("features"), text)}
    return _entity(body, wanted)


def _entity(given: dict[str, Any], wanted: tuple[int, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in given.items():
        if (key == "scope" and wanted < (1, 4)) or (key == "expiresAt" and wanted < (1, 9)):
            continue
        if key == "type" and isinstance(value, list) and wanted < ARRAYS:
            value = value[0]
        found[key] = _attribute(value, wanted)
    return found


def _attribute(value: Any, wanted: tuple[int, int]) -> Any:
    if isinstance(value, list) and value and all(_reified(each) for each in value):
        if wanted < ARRAYS:
            plain = [each for each in value if "datasetId" not in each] or value
            return _instance(plain[0], wanted)
        return [_instance(each, wanted) for each in value]
    return _instance(value, wanted) if _reified(value) else value


def _reified(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") in VALUE_OF


def _instance(given: dict[str, Any], wanted: tuple[int, int]) -> dict[str, Any]:
    kind = given["type"]
    since, before = KINDS.get(kind, ((1, 0), kind))
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key in MEMBERS and wanted < MEMBERS[key]:
            continue
        if wanted < since and key == VALUE_OF[kind]:
            found[VALUE_OF[before]] = _bare(kind, value)
        elif key == "type":
            found[key] = before if wanted < since else kind
        elif key in VALUE_OF.values():
            found[key] = value
        else:
            found[key] = _attribute(value, wanted)
    return found


def _bare(kind: str, value: Any) -> Any:
    if kind == "ListRelationship" and isinstance(value, list):
        return [each.get("object") if isinstance(each, dict) else each for each in value]
    return value
