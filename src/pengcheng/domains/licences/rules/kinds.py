"""The kinds of licences, read once from `data/types.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from pengcheng.domains.licences.contracts import LicenceType, Party

FILE = Path(__file__).parents[1] / "data" / "types.toml"


def read(path: Path) -> dict[str, LicenceType]:
    """The types in ``path``. Raises ValueError that says which one is wrong and how."""
    document = tomllib.loads(path.read_text("utf-8"))
    authorities = msgspec.convert(document["authority"], dict[str, Party])
    found: dict[str, LicenceType] = {}
    for row in document["type"]:
        kind = _one(row, authorities)
        if kind.id in found or kind.code in {other.code for other in found.values()}:
            raise ValueError(f"{path.name}: {kind.id}: id or code stands there twice")
        found[kind.id] = kind
    return found


def _one(row: dict[str, Any], authorities: dict[str, Party]) -> LicenceType:
    name = row.get("id", "?")
    try:
        authority = authorities[row["authority"]]
        told = row | {"authority": msgspec.to_builtins(authority)}
        told["code"] = authority.code + row["serial"]
        del told["serial"]
        kind = msgspec.convert(told, LicenceType)
    except (KeyError, msgspec.ValidationError) as error:
        raise ValueError(f"types.toml: {name}: {error}") from error
    keys = [field.key for field in kind.fields]
    if len(keys) != len(set(keys)):
        raise ValueError(f"types.toml: {name}: a field stands there twice")
    return kind


@cache
def types() -> MappingProxyType[str, LicenceType]:
    return MappingProxyType(read(FILE))
