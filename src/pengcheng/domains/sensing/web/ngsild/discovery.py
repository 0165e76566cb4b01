"""/types and /attributes: what kinds of entities there are (5.7.5 to 5.7.10)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from pengcheng.domains.sensing.api.broker import Consume, Survey, named, survey
from pengcheng.domains.sensing.web.ngsild.http import Answer, Request
from pengcheng.domains.sensing.web.ngsild.surveying import surveyed
from pengcheng.kernel.ids import new_id
from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.errors import ResourceNotFound


def _list_id(kind: str) -> str:
    return f"urn:ngsi-ld:{kind}:{new_id()}"


async def types(request: Request) -> Answer:
    """Available Entity Types (5.7.5), with details (5.7.6)."""
    details = request.flag("details")
    operation = "retrieveEntityTypeDetails" if details else "retrieveEntityTypes"
    found = await surveyed(request, operation, "/types", survey if details else named)
    compact = request.context.compact
    if not details:
        names = sorted(compact(each) for each in found.types)
        return request.respond(
            {"id": _list_id("EntityTypeList"), "type": "EntityTypeList", "typeList": names}
        )
    told = [
        {
            "id": each,
            "type": "EntityType",
            "typeName": compact(each),
            "attributeNames": sorted(compact(name) for name in found.types[each]),
        }
        for each in sorted(found.types)
    ]
    return request.respond(told)


async def one_type(request: Request, name: str) -> Answer:
    """Entity Type Information (5.7.7)."""
    path = f"/types/{quote(name, safe=':')}"

    def of_type(reader: Consume) -> Survey:
        return survey(reader, request.context.expand(terms.name(name)))

    found = await surveyed(request, "retrieveEntityTypeInfo", path, of_type)
    full = request.context.expand(terms.name(name))
    if full not in found.types:
        raise ResourceNotFound(f"No entity is of type {name}")
    compact = request.context.compact
    details = [
        {
            "id": attribute,
            "type": "Attribute",
            "attributeName": compact(attribute),
            "attributeTypes": sorted(kinds),
        }
        for attribute, kinds in sorted(found.types[full].items())
    ]
    return request.respond(
        {
            "id": full,
            "type": "EntityTypeInfo",
            "typeName": compact(full),
            "entityCount": found.counts.get(full, 0),
            "attributeDetails": details,
        }
    )


async def attributes(request: Request) -> Answer:
    """Available Attributes (5.7.8), with details (5.7.9)."""
    details = request.flag("details")
    operation = "retrieveAttrTypeDetails" if details else "retrieveAttrTypes"
    found = await surveyed(request, operation, "/attributes")
    compact = request.context.compact
    names = sorted({*found.loose, *(name for known in found.types.values() for name in known)})
    if not details:
        return request.respond(
            {
                "id": _list_id("AttributeList"),
                "type": "AttributeList",
                "attributeList": [compact(each) for each in names],
            }
        )
    told = [
        {
            "id": each,
            "type": "Attribute",
            "attributeName": compact(each),
            "typeNames": _types_with(found, each, request),
        }
        for each in names
    ]
    return request.respond(told)


def _types_with(found: Survey, attribute: str, request: Request) -> list[str]:
    return sorted(
        request.context.compact(each) for each, known in found.types.items() if attribute in known
    )


async def one_attribute(request: Request, name: str) -> Answer:
    """Attribute Information (5.7.10)."""
    path = f"/attributes/{quote(name, safe=':')}"
    found = await surveyed(request, "retrieveAttrTypeInfo", path)
    full = request.context.expand(terms.name(name))
    kinds: set[str] = set(found.loose.get(full, ()))
    for known in found.types.values():
        kinds |= known.get(full, set())
    if not kinds:
        raise ResourceNotFound(f"No entity has an attribute {name}")
    told: dict[str, Any] = {
        "id": full,
        "type": "Attribute",
        "attributeName": request.context.compact(full),
        "attributeTypes": sorted(kinds),
        "typeNames": _types_with(found, full, request),
        "attributeCount": found.instances.get(full, 0),
    }
    return request.respond(told)
