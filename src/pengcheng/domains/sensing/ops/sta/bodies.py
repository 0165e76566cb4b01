"""What clients send: which properties and links there are, and whether all that must be is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pengcheng.kernel import clock
from pengcheng.kit.sensorthings import moments
from pengcheng.kit.sensorthings.errors import StaError
from pengcheng.kit.sensorthings.model import EntityType, Property
from pengcheng.kit.sensorthings.paths import Id

ID = "@iot.id"
FUTURE = timedelta(days=1)  # clocks of devices go wrong, but a reading of tomorrow is a mistake
LONGEST_TEXT = 100_000


@dataclass
class Body:
    """Properties that were given, and what its links were given."""

    values: dict[str, Any] = field(default_factory=dict)
    links: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def read(kind: EntityType, body: Any, *, whole: bool) -> Body:
    """Raises StaError; ``whole`` when nothing that is required may be missing."""
    if not isinstance(body, dict):
        raise StaError(f"A {kind.name} is a JSON object", target=kind.name)
    found = Body()
    for key, value in body.items():
        if key in kind.properties:
            if not kind.properties[key].own:
                found.values[key] = _checked(kind, kind.properties[key], value)
        elif key in kind.links:
            found.links[key] = _links(kind, key, value)
        elif not key.startswith("@iot.") and "@iot." not in key:
            raise StaError(f"{kind.name} has no property {key[:60]!r}", target=key)
    if whole:
        _complete(kind, found)
    return found


def _complete(kind: EntityType, found: Body) -> None:
    for name, prop in kind.properties.items():
        if prop.required and name not in found.values:
            raise StaError(f"{kind.name} needs {name}", target=name)


def _checked(kind: EntityType, prop: Property, value: Any) -> Any:
    where = f"{kind.name}/{prop.name}"
    if value is None:
        if prop.required and prop.name != "result":
            raise StaError(f"{where} is null", target=prop.name)
        return None
    check = CHECKS.get(prop.kind)
    if check is not None:
        check(where, prop.name, value)
    return value


def _text(where: str, name: str, value: Any) -> None:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise StaError(f"{where} is a text", target=name)


def _object(where: str, name: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise StaError(f"{where} is a JSON object", target=name)


def _place(where: str, name: str, value: Any) -> None:
    if not isinstance(value, dict | str):
        raise StaError(f"{where} is a geometry or Feature of GeoJSON", target=name)


def _instant(where: str, name: str, value: Any) -> None:
    found = moments.instant(value)
    if found is None:
        raise StaError(f"{where} is a time such as 2026-11-22T08:00:00Z", target=name)
    _past(where, name, found)


def _interval(where: str, name: str, value: Any) -> None:
    found = moments.moment(value)
    if found is None:
        raise StaError(
            f"{where} is a time or an interval such as 2026-11-22T08:00:00Z/2026-11-22T09:00:00Z",
            target=name,
        )
    if name != "validTime":
        _past(where, name, found)


def _past(where: str, name: str, found: moments.Moment) -> None:
    if moments.ends(found)[0] > clock.now() + FUTURE:
        raise StaError(f"{where} lies more than a day in the future", target=name)


CHECKS = {
    "text": _text,
    "json": _object,
    "geo": _place,
    "time": _instant,
    "interval": _interval,
}


def _links(kind: EntityType, name: str, value: Any) -> list[dict[str, Any]]:
    many = kind.links[name].many
    listed = value if isinstance(value, list) and many else [value]
    if not all(isinstance(each, dict) for each in listed):
        raise StaError(f"{kind.name}/{name} is {'a list of objects' if many else 'an object'}")
    return listed


def reference(given: dict[str, Any]) -> Id | None:
    """The id if an object only refers to something that exists."""
    if ID not in given:
        return None
    found = given[ID]
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise StaError(f"{ID} is a text or a whole number", target=ID)
    return found
