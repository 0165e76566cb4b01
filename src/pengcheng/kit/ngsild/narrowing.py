"""What of a request is put to a source: no more than its registration speaks of (4.3.6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.registrations import Asked, Document, matching_entities

GEO = ("geometry", "coordinates", "georel", "geoproperty")
LISTS = ("attrs", "pick", "omit")
IN_URL = frozenset({"options", "limit", "offset", "count", "local"})


def identities(information: Iterable[Document], asked: Asked) -> list[str]:
    """The entities to ask for; none if the source may have any that match."""
    found: list[str] = []
    for info in information:
        if not info.get("entities"):
            return sorted(asked.ids)
        for entity in matching_entities(info, asked):
            own = _own(entity, asked)
            if not own:
                return sorted(asked.ids)
            found += own
    return list(dict.fromkeys(found))


def _own(entity: Document, asked: Asked) -> list[str]:
    named = entity.get("id", [])
    listed = named if isinstance(named, list) else [named]
    if listed:
        return [each for each in listed if not asked.ids or each in asked.ids]
    if "idPattern" in entity:
        return [each for each in sorted(asked.ids) if re.search(entity["idPattern"], each)]
    return sorted(asked.ids)


def types(information: Iterable[Document], asked: Asked) -> tuple[str, ...]:
    """Of a plain list of types those that the source has; none if the list stays as it is."""
    if asked.types is None or len(asked.types.single) < 2:
        return ()
    offered: set[str] = set()
    for info in information:
        if not info.get("entities"):
            return ()
        for entity in info["entities"]:
            offered |= {entity["type"]} if isinstance(entity["type"], str) else set(entity["type"])
    return tuple(each for each in asked.types.single if each in offered)


def params(
    given: Mapping[str, str],
    information: Iterable[Document],
    names: Iterable[str],
    asked: Asked,
    context: ActiveContext,
) -> dict[str, str]:
    """The parameters of a query as a source gets them."""
    found, information = dict(given), list(information)
    ids, kinds = identities(information, asked), types(information, asked)
    if ids:
        found["id"] = ",".join(ids)
    if kinds:
        found["type"] = ",".join(context.compact(each) for each in kinds)
    listed = sorted(context.compact(each) for each in names)
    if listed:
        found["attrs"] = ",".join(listed)
    return found


def document(given: Mapping[str, str]) -> tuple[Document, dict[str, str]]:
    """A query as a body, and what stays in the URL (6.23)."""
    rest = {key: value for key, value in given.items() if key not in IN_URL}
    entity: dict[str, Any] = {k: rest.pop(k) for k in ("type", "idPattern") if k in rest}
    if "id" in rest:
        ids = rest.pop("id").split(",")
        entity["id"] = ids[0] if len(ids) == 1 else ids
    found: Document = {"type": "Query"}
    if entity:
        found["entities"] = [{"type": "*", **entity} if "type" not in entity else entity]
    place = {key: rest.pop(key) for key in GEO if key in rest}
    if "georel" in place:
        found["geoQ"] = place
    found |= {key: rest.pop(key).split(",") for key in LISTS if key in rest}
    if "splitEntities" in rest:
        found["splitEntities"] = rest.pop("splitEntities") == "true"
    return found | rest, {key: value for key, value in given.items() if key in IN_URL}
