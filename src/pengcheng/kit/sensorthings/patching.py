"""JSON Patch (RFC 6902) on the properties of one entity."""

from __future__ import annotations

import copy
from typing import Any

from pengcheng.kit.sensorthings.errors import StaError

MOST_STEPS = 100
WITH_VALUE = {"add", "replace", "test"}
WITH_FROM = {"move", "copy"}


def apply(document: dict[str, Any], steps: Any) -> dict[str, Any]:
    """A changed copy; raises StaError that names the step."""
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise StaError(f"A JSON Patch is a list of at most {MOST_STEPS} steps")
    found: Any = copy.deepcopy(document)
    for number, step in enumerate(steps):
        try:
            found = _step(found, step)
        except (KeyError, IndexError, ValueError, TypeError) as reason:
            raise StaError(f"Step {number} of the JSON Patch fails: {reason}") from reason
    if not isinstance(found, dict):
        raise StaError("The JSON Patch leaves no object")
    return found


def _step(document: Any, step: Any) -> Any:
    operation, path = step["op"], _pointer(step["path"])
    if operation in WITH_VALUE:
        value = copy.deepcopy(step["value"])
    elif operation in WITH_FROM:
        start = _pointer(step["from"])
        value = copy.deepcopy(_get(document, start))
        if operation == "move":
            document = _remove(document, start)
    elif operation != "remove":
        raise ValueError(f"there is no operation {operation!r}")
    if operation == "test":
        if _get(document, path) != value:
            raise ValueError("the test does not hold")
        return document
    if operation in {"remove", "replace"}:
        document = _remove(document, path)
    return document if operation == "remove" else _add(document, path, value)


def _pointer(text: str) -> list[str]:
    if text and not text.startswith("/"):
        raise ValueError(f"{text!r} is no JSON Pointer")
    return [each.replace("~1", "/").replace("~0", "~") for each in text.split("/")[1:]]


def _get(document: Any, path: list[str]) -> Any:
    for each in path:
        document = document[_index(each)] if isinstance(document, list) else document[each]
    return document


def _index(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{text!r} is no place in a list")
    return int(text)


def _remove(document: Any, path: list[str]) -> Any:
    if not path:
        return None
    owner = _get(document, path[:-1])
    del owner[_index(path[-1]) if isinstance(owner, list) else path[-1]]
    return document


def _add(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    owner = _get(document, path[:-1])
    if not isinstance(owner, list):
        owner[path[-1]] = value
        return document
    place = len(owner) if path[-1] == "-" else _index(path[-1])
    if place > len(owner):
        raise IndexError(f"{place} lies behind the end of the list")
    owner.insert(place, value)
    return document
