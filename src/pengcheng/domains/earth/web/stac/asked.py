"""What a search asks: the same from an address (GET) and from a JSON body (POST)."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec

from pengcheng.domains.earth.api import scenes
from pengcheng.domains.earth.contracts import Order, Wanted
from pengcheng.kernel.problems import Invalid, Problem
from pengcheng.kit.ogc import asking
from pengcheng.kit.ogc.errors import OgcError

USUAL, MOST = 10, 1000
SEARCH = frozenset(
    {"bbox", "datetime", "limit", "token", "sortby", "fields", "intersects", "ids", "collections"}
)
ALWAYS = frozenset({"type", "stac_version", "id", "collection"})


class Fields(msgspec.Struct, frozen=True):
    """Which members of an item are wanted; none named: all."""

    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()


def from_query(query: dict[str, str]) -> dict[str, Any]:
    """The parameters of an address as a body would have them."""
    told: dict[str, Any] = dict(query)
    for name in {"ids", "collections"} & told.keys():
        told[name] = [each for each in query[name].split(",") if each]
    if "bbox" in told:
        told["bbox"] = asking.numbers(query["bbox"], "bbox")
    if "limit" in told:
        told["limit"] = asking.whole(query["limit"], "limit", USUAL, 1, MOST)
    if "intersects" in told:
        told["intersects"] = _json(query["intersects"])
    if "sortby" in told:
        told["sortby"] = [_order(each) for each in query["sortby"].split(",")]
    if "fields" in told:
        told["fields"] = _fields(query["fields"])
    return told


def _json(text: str) -> Any:
    try:
        return scenes.decode(data=text.encode())
    except Problem as wrong:
        raise OgcError("intersects is a GeoJSON geometry", parameter="intersects") from wrong


def _order(text: str) -> dict[str, str]:
    name = text.strip().lstrip("+-")
    return {"field": name, "direction": "desc" if text.strip().startswith("-") else "asc"}


def _fields(text: str) -> dict[str, list[str]]:
    names = [each.strip() for each in text.split(",") if each.strip()]
    return {
        "include": [each.lstrip("+") for each in names if not each.startswith("-")],
        "exclude": [each[1:] for each in names if each.startswith("-")],
    }


def wanted(told: dict[str, Any], allowed: frozenset[str], *, collection: str = "") -> Wanted:
    """Raises OgcError."""
    for name in told:
        if name not in allowed | {"f", "lang"}:
            raise OgcError(f"There is no parameter {name[:60]!r} here", parameter=name[:60])
    if "bbox" in told and "intersects" in told:
        raise OgcError("bbox and intersects exclude each other", parameter="intersects")
    named = _names(told, "collections")
    if collection and named and collection not in named:
        raise OgcError("collections names others than this address", parameter="collections")
    times = _times(told.get("datetime"))
    return Wanted(
        collections=(collection,) if collection else named,
        ids=_names(told, "ids"),
        place=_place(told),
        start=times.start if times and times.start != asking.FIRST else None,
        end=times.end if times and times.end != asking.LAST else None,
        sort=_sort(told.get("sortby")),
        after=_after(told.get("token")),
        limit=_limit(told.get("limit", USUAL)),
    )


def _times(told: Any) -> asking.Times | None:
    if told is not None and not isinstance(told, str):
        raise OgcError("datetime is a text", parameter="datetime")
    return asking.times(told)


def _names(told: dict[str, Any], name: str) -> tuple[str, ...]:
    given = told.get(name, [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise OgcError(f"{name} is a list of ids", parameter=name)
    if len(given) > MOST:
        raise OgcError(f"{name} has more than {MOST} ids", parameter=name)
    return tuple(given)


def _place(told: dict[str, Any]) -> dict[str, Any] | None:
    try:
        if "bbox" in told:
            given = told["bbox"]
            return scenes.area(bbox=tuple(given) if isinstance(given, list) else ())
        if "intersects" in told:
            return scenes.checked_place(told=told["intersects"], pointer="/intersects")
    except Invalid as wrong:
        which = "bbox" if "bbox" in told else "intersects"
        why = "; ".join(f"{each.pointer}: {each.en}" for each in wrong.errors)
        raise OgcError(why, parameter=which) from wrong
    return None


def _limit(told: Any) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or told < 1:
        raise OgcError("limit is a whole number from 1", parameter="limit")
    return min(told, MOST)


def _sort(told: Any) -> tuple[Order, ...]:
    given = told if isinstance(told, list) else [] if told is None else [None]
    found = tuple(_sorted_by(each) for each in given)
    if len({each.field for each in found}) < len(found):
        raise OgcError("sortby names a field twice", parameter="sortby")
    return found


def _sorted_by(told: Any) -> Order:
    field = told.get("field") if isinstance(told, dict) else None
    name = field.removeprefix("properties.") if isinstance(field, str) else ""
    direction = told.get("direction", "asc") if isinstance(told, dict) else ""
    if name not in scenes.SORTABLE or direction not in {"asc", "desc"}:
        names = ", ".join(sorted(scenes.SORTABLE))
        raise OgcError(f"One can sort by {names}, each asc or desc", parameter="sortby")
    return Order(name, direction == "desc")


def _after(told: Any) -> tuple[Any, ...]:
    if told is None:
        return ()
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(told.encode("ascii")))
        if isinstance(found, list) and found:
            return tuple(found)
    except (AttributeError, UnicodeError, binascii.Error, msgspec.DecodeError, RecursionError):
        pass
    raise OgcError("The token is not one that was given here", parameter="token")


def token(after: tuple[str | float, ...]) -> str:
    """Where a page ended, for the address of the next."""
    return base64.urlsafe_b64encode(msgspec.json.encode(after)).decode()


def fields(told: dict[str, Any]) -> Fields:
    """Raises OgcError."""
    given = told.get("fields", {})
    if not isinstance(given, dict):
        raise OgcError("fields has the lists include and exclude", parameter="fields")
    return Fields(*(_members(given.get(name, [])) for name in ("include", "exclude")))


def _members(told: Any) -> frozenset[str]:
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise OgcError("fields has the lists include and exclude", parameter="fields")
    return frozenset(told)


def trimmed(item: dict[str, Any], chosen: Fields) -> dict[str, Any]:
    """An item with only what is wanted of it; its identity always stays."""
    found = {name: item[name] for name in item if name in ALWAYS} if chosen.include else dict(item)
    for path in chosen.include:
        name, _, part = path.partition(".")
        if not part and name in item:
            found[name] = item[name]
        elif isinstance(item.get(name), dict) and part in item[name]:
            found[name] = {**found.get(name, {}), part: item[name][part]}
    for path in chosen.exclude - ALWAYS:
        name, _, part = path.partition(".")
        if not part:
            found.pop(name, None)
        elif isinstance(found.get(name), dict):
            found[name] = {key: each for key, each in found[name].items() if key != part}
    return found
