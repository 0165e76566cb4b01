"""The OpenAPI document of the STAC API."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.earth.api import scenes
from pengcheng.domains.earth.web.stac.asked import MOST, USUAL

_TEXT = {"type": "string"}
_OBJECT = {"type": "object"}
_NAMES = {"type": "array", "items": _TEXT}
_BOX = {
    "oneOf": [
        {"type": "array", "items": {"type": "number"}, "minItems": size, "maxItems": size}
        for size in (4, 6)
    ]
}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
_SORTED = f"By any of {', '.join(sorted(scenes.SORTABLE))}; - turns the order round"
QUERY: dict[str, tuple[dict[str, Any], str]] = {
    "limit": (_LIMIT, "How many at most; more than the maximum is cut to it"),
    "bbox": (_BOX, "Only what touches this box"),
    "datetime": (_TEXT, "A moment in UTC or an interval, open with .."),
    "token": (_TEXT, "Where the page before ended, from its link next"),
    "sortby": (_NAMES, _SORTED),
    "fields": (_NAMES, "Only these members; - leaves one out"),
    "intersects": (_TEXT, "Only what touches this GeoJSON geometry"),
    "ids": (_NAMES, "Only items with these ids"),
    "collections": (_NAMES, "Only items of these collections"),
}
BODIES = {"application/json", "application/geo+json"}
COLLECTION, ITEM = "collectionId", "featureId"
PATHS: dict[str, dict[str, tuple[str, tuple[str, ...], str]]] = {
    "/": {"get": ("landing", (), "")},
    "/conformance": {"get": ("conformance", (), "")},
    "/api": {"get": ("api", (), "")},
    "/search": {"get": ("searchGet", tuple(QUERY), ""), "post": ("searchPost", (), "Search")},
    "/collections": {
        "get": ("collections", (), ""),
        "post": ("addCollection", (), "Collection"),
    },
    f"/collections/{{{COLLECTION}}}": {
        "get": ("collection", (), ""),
        "put": ("putCollection", (), "Collection"),
        "delete": ("dropCollection", (), ""),
    },
    f"/collections/{{{COLLECTION}}}/items": {
        "get": ("items", tuple(QUERY), ""),
        "post": ("addItems", (), "Item"),
    },
    f"/collections/{{{COLLECTION}}}/items/{{{ITEM}}}": {
        "get": ("item", (), ""),
        "put": ("putItem", (), "Item"),
        "patch": ("patchItem", (), "Item"),
        "delete": ("dropItem", (), ""),
    },
}
SCHEMAS: dict[str, Any] = {
    "Item": {"type": "object", "description": "A STAC item, 1.0.0 or 1.1.0"},
    "Collection": {"type": "object", "description": "A STAC collection, 1.0.0 or 1.1.0"},
    "Search": {
        "type": "object",
        "properties": {
            **{name: schema for name, (schema, _) in QUERY.items()},
            "intersects": _OBJECT,
            "fields": _OBJECT,
            "sortby": {"type": "array", "items": _OBJECT},
        },
    },
}
WRONG = {
    "400": "A parameter or the body is wrong: which, and why",
    "404": "There is nothing here",
}
WRITES = {
    **WRONG,
    "403": "Only stewards keep the catalogue",
    "409": "It is there already, or not empty",
    "412": "It was changed in the meantime (If-Match)",
    "413": "More than 5 MB",
    "422": "A value is wrong: which, and why",
}


def document(root: str) -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "info": {"title": "Pengcheng scenes (STAC API)", "version": "1.0.0"},
        "servers": [{"url": root}],
        "paths": {
            path: {method: _operation(path, method, *told) for method, told in methods.items()}
            for path, methods in PATHS.items()
        },
        "components": {"schemas": SCHEMAS},
    }


def _operation(
    path: str, method: str, name: str, query: tuple[str, ...], body: str
) -> dict[str, Any]:
    writes = method != "get" and path != "/search"
    listed: list[dict[str, Any]] = [
        {"name": each, "in": "path", "required": True, "schema": _TEXT}
        for each in (COLLECTION, ITEM)
        if f"{{{each}}}" in path
    ]
    listed += [_parameter(each) for each in query]
    if writes and method != "post":
        listed.append({"name": "If-Match", "in": "header", "schema": _TEXT})
    answers = {"201" if writes and method == "post" else "204" if method == "delete" else "200": ""}
    told: dict[str, Any] = {
        "operationId": name,
        "summary": name,
        "parameters": listed,
        "responses": {
            status: {"description": about or "Done"}
            for status, about in {**answers, **(WRITES if writes else WRONG)}.items()
        },
    }
    if body:
        schema = {"schema": {"$ref": f"#/components/schemas/{body}"}}
        told["requestBody"] = {"required": True, "content": dict.fromkeys(sorted(BODIES), schema)}
    return told


def _parameter(name: str) -> dict[str, Any]:
    schema, about = QUERY[name]
    told = {"name": name, "in": "query", "required": False, "description": about}
    return {**told, "schema": schema, "style": "form", "explode": False}
