"""SenML (RFC 8428) in JSON and CBOR: packs of records to resolved values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

# CBOR labels (RFC 8428, table 4).
LABELS = {
    **{-1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs"},
    **{0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut", 8: "vd"},
}
KNOWN = frozenset(LABELS.values())
RELATIVE = 2**28  # a smaller time is counted from now (4.5.3)
VERSION = 10
NAME_FIRST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
NAME_REST = NAME_FIRST | frozenset("-:./_")


class SenmlError(ValueError):
    """A pack that must be refused as a whole."""


class Record(NamedTuple):
    """A resolved record; ``time`` in seconds since 1970."""

    name: str
    value: Any
    unit: str
    time: float
    total: float | None = None  # the sum


def resolve(pack: Any, *, now: float) -> list[Record]:
    """The records of a pack with all that its base fields say. Raises SenmlError."""
    if not isinstance(pack, list) or not pack:
        raise SenmlError("a pack is a list of records")
    base: dict[str, Any] = {"bn": "", "bt": 0.0, "bu": "", "bv": 0, "bs": None}
    found = []
    for raw in pack:
        record = _labelled(raw)
        _version(record)
        base.update({key: record[key] for key in base if key in record})
        resolved = _resolved(record, base, now)
        if resolved is not None:
            found.append(resolved)
    return found


def _labelled(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise SenmlError("a record is an object")
    record = {LABELS.get(key, str(key)) if isinstance(key, int) else key: raw[key] for key in raw}
    for key in record:
        if key.endswith("_") and key not in KNOWN:
            raise SenmlError(f"{key} must be understood and is not")
    return record


def _version(record: Mapping[str, Any]) -> None:
    if record.get("bver", VERSION) > VERSION:
        raise SenmlError("this version of SenML is not known")


def _resolved(record: Mapping[str, Any], base: Mapping[str, Any], now: float) -> Record | None:
    value, has_value = _value(record, base)
    total = _sum(record, base)
    if not has_value and total is None:
        return None
    name = f"{base['bn']}{record.get('n', '')}"
    _check_name(name)
    time = _number(base["bt"]) + _number(record.get("t", 0))
    if time < RELATIVE:
        time += now
    return Record(name, value, str(record.get("u", base["bu"])), time, total)


def _value(record: Mapping[str, Any], base: Mapping[str, Any]) -> tuple[Any, bool]:
    given = [key for key in ("v", "vs", "vb", "vd") if key in record]
    if len(given) > 1:
        raise SenmlError("a record has one value")
    if given == ["v"]:
        return _number(record["v"]) + _number(base["bv"]), True
    if given:
        return record[given[0]], True
    return (base["bv"], True) if base["bv"] and "s" not in record else (None, False)


def _sum(record: Mapping[str, Any], base: Mapping[str, Any]) -> float | None:
    if "s" not in record and base["bs"] is None:
        return None
    return float(_number(record.get("s", 0)) + _number(base["bs"] or 0))


def _number(value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise SenmlError(f"{value!r} is no number")
    return value


def _check_name(name: str) -> None:
    if not name or name[0] not in NAME_FIRST or not NAME_REST.issuperset(name):
        raise SenmlError(f"{name[:60]!r} cannot be a name")


def last_part(names: Iterable[str]) -> dict[str, str]:
    """By which short name each is known: what comes after the last `:` or `/`, or else all."""
    return {name: name.replace("/", ":").rpartition(":")[2] or name for name in names}
