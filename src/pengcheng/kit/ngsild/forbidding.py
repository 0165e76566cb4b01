"""What an attribute of a kind can never have (clauses 4.5.2.2 to 4.5.24.2).

Only attributes that have more than a type, a value and a time get here: the others have nothing
that could be forbidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.terms import NULL, OUTPUT_ONLY

PROOF = "https://uri.etsi.org/ngsi-ld/ngsildproof"
SEALS = frozenset({"entityIdSealed", "entityTypeSealed"})
LANGUAGE_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
UNITLESS = frozenset(
    {"Relationship", "ListRelationship", "LanguageProperty", "VocabProperty", "JsonProperty"}
)


def members(key: str, name: str, kind: str, value: Mapping[str, Any]) -> None:
    """``name`` is the full name of ``key``; an unknown ``kind`` is empty."""
    for member in OUTPUT_ONLY.intersection(value):
        raise BadRequestData(f"{member} of {key} is told by the broker, never sent to it")
    if kind in UNITLESS and "unitCode" in value:
        raise BadRequestData(f"{key} is a {kind} and has no unit")
    sealed = SEALS.intersection(value)
    if sealed and name != PROOF:
        raise BadRequestData(f"{', '.join(sorted(sealed))} belongs to ngsildproof alone")
    for member in sealed:
        if not isinstance(value[member], str):
            raise BadRequestData(f"{member} of {key} is a text")


def languages(key: str, value: Mapping[str, Any], full_type: Any) -> None:
    """Languages have names, and their texts one type alone (5.2.32)."""
    if "" in value["languageMap"]:
        raise BadRequestData(f"A language of {key} has no name")
    if full_type not in (None, LANGUAGE_STRING):
        raise BadRequestData(f"valueType of {key} can only be langString")


def raw(key: str, value: Any) -> Any:
    """The object or the list of objects of a JsonProperty (4.5.24)."""
    if not isinstance(value, dict | list):
        raise BadRequestData(f"json of {key} is an object or a list")
    return value


def proof(instances: Sequence[Mapping[str, Any]]) -> None:
    """A proof is an object (4.5.2.2)."""
    for each in instances:
        if not isinstance(each.get("value", {}), dict) and each["value"] != NULL:
            raise BadRequestData("The value of ngsildproof is an object")
