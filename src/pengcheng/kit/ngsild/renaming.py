"""The same body and parameters in the names of another @context (4.3.6.6, jsonldContext)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.terms import PLAIN

HEAD = frozenset({"id", "scope", "expiresAt", "createdAt", "modifiedAt", "deletedAt"})
NAMES = frozenset({"type", "attrs", "pick", "omit", "geoproperty", "keep", "drop", "orderBy"})
WORD = re.compile(r"[^\s();,|{}\[\].]+")
# In q a name stands where a term begins and is followed by what can follow a path.
PATH = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![=<>~.,\w:/])[^\W\d]\w*(?=\s*(?:[=!<>~{\[.;|)}]|\Z))')


def body(given: Any, one: ActiveContext, other: ActiveContext) -> Any:
    """An entity, a fragment of one, or a list of them; whatever else there is stays."""
    if isinstance(given, list):
        return [body(each, one, other) for each in given]
    if not isinstance(given, dict):
        return given
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key == "@context":
            continue
        if key in HEAD:
            found[key] = value
        elif key == "type":
            found[key] = _names(value, one, other)
        else:
            found[_name(key, one, other)] = _attribute(value, one, other)
    return found


def _attribute(value: Any, one: ActiveContext, other: ActiveContext) -> Any:
    if isinstance(value, list):
        return [_attribute(each, one, other) for each in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for key, inner in value.items():
        if key in {"vocab", "objectType", "valueType", "entityTypeSealed"}:
            found[key] = _names(inner, one, other)
        elif key in PLAIN:
            found[key] = inner
        else:
            found[_name(key, one, other)] = _attribute(inner, one, other)
    return found


def _name(name: str, one: ActiveContext, other: ActiveContext) -> str:
    return other.compact(one.expand(name))


def _names(value: Any, one: ActiveContext, other: ActiveContext) -> Any:
    if isinstance(value, list):
        return [_names(each, one, other) for each in value]
    return _name(value, one, other) if isinstance(value, str) else value


def params(given: Mapping[str, str], one: ActiveContext, other: ActiveContext) -> dict[str, str]:
    found = {}
    for key, value in given.items():
        if key in NAMES and value != "*":
            value = WORD.sub(lambda word: _kept_or_named(word[0], one, other), value)
        elif key == "q":
            value = PATH.sub(lambda word: _in_query(word[0], one, other), value)
        found[key] = value
    return found


def _kept_or_named(word: str, one: ActiveContext, other: ActiveContext) -> str:
    if word in HEAD or word in {"type", "asc", "desc", "dist-asc", "dist-desc"}:
        return word
    return _name(word, one, other)


def _in_query(word: str, one: ActiveContext, other: ActiveContext) -> str:
    return word if word.startswith('"') or word in PLAIN else _name(word, one, other)
