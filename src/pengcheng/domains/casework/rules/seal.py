"""One canonical form for everything that is hashed: sorted keys, UTF-8, no spaces."""

import hashlib
from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import (
    Answer,
    DecisionModel,
    Definition,
    JournalEntry,
    Submission,
)

GENESIS = "0" * 64
GROWN: dict[type, frozenset[str]] = {
    Definition: frozenset({"department_en", "process", "sheet", "decisions"}),
    DecisionModel: frozenset({"words", "inputs"}),
    Answer: frozenset({"fact"}),
}
"""Fields that came later: left out while they hold their default, so that what was hashed before
they existed keeps its address."""


def canonical(value: Any) -> bytes:
    return msgspec.json.encode(_as_before(value), order="sorted")


def _as_before(value: Any) -> Any:
    if isinstance(value, Definition):
        models = {"decision": _as_before(value.decision), "decisions": _each(value.decisions)}
        return _pruned(value, models)
    if isinstance(value, Submission):
        return _fields(value) | {"answers": _each(value.answers)}
    if isinstance(value, DecisionModel | Answer):
        return _pruned(value, {})
    return _each(value) if isinstance(value, list) else value


def _each(values: Iterable[Any]) -> list[Any]:
    return [_as_before(value) for value in values]


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


@cache
def _grown(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The later fields of a kind with their defaults."""
    return {f.name: f.default for f in msgspec.structs.fields(kind) if f.name in GROWN[kind]}


def _pruned(value: msgspec.Struct, changed: dict[str, Any]) -> dict[str, Any]:
    kept = _fields(value)
    for name, default in _grown(type(value)).items():
        if kept[name] == default:
            del kept[name]
    return kept | {name: held for name, held in changed.items() if name in kept}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def fingerprint(value: Any) -> str:
    """SHA-256 of the canonical form."""
    return digest(canonical(value))


def seal(entry: JournalEntry) -> JournalEntry:
    """The entry with its hash over all its other fields, the previous hash among them."""
    return msgspec.structs.replace(entry, hash=seal_of(entry))


def seal_of(entry: JournalEntry) -> str:
    fields = msgspec.to_builtins(entry)
    del fields["hash"]
    return fingerprint(fields)


def read_definition(body: bytes) -> Definition:
    return msgspec.json.decode(body, type=Definition)
