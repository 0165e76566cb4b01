"""The OpenAPI document of the OGC APIs (17-069, /req/oas30)."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.sensing.web.ogc.asked import Ask
from pengcheng.kit.ogc.crs import CRS84, SYSTEMS

MOST = 1000


def _query(name: str, schema: dict[str, Any], about: str, **more: Any) -> dict[str, Any]:
    told = {"name": name, "in": "query", "required": False, "description": about, **more}
    return {**told, "schema": schema, "style": "form", "explode": False}


_TEXT = {"type": "string"}
_CRS = {"type": "string", "format": "uri", "enum": list(SYSTEMS), "default": CRS84}
_BOX = {
    "oneOf": [
        {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
        {"type": "array", "items": {"type": "number"}, "minItems": 6, "maxItems": 6},
    ]
}
_WHERE = {"name": "collectionId", "in": "path", "required": True, "schema": _TEXT}
PARAMETERS: dict[str, dict[str, Any]] = {
    "f": _query("f", _TEXT, "The form of the answer"),
    "limit": _query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": 10},
        "How many at most; more than the maximum is cut to it",
    ),
    "offset": _query(
        "offset", {"type": "integer", "minimum": 0, "default": 0}, "How many to leave out"
    ),
    "bbox": _query("bbox", _BOX, "Only what touches this box"),
    "bbox-crs": _query("bbox-crs", _CRS, "The system of bbox"),
    "crs": _query("crs", _CRS, "The system of the answer"),
    "datetime": _query("datetime", _TEXT, "A time or an interval, open with .."),
    "filter": _query("filter", _TEXT, "A condition in CQL2"),
    "filter-lang": _query(
        "filter-lang",
        {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
        "How the condition is written",
    ),
    "filter-crs": _query("filter-crs", _CRS, "The system of geometries in the condition"),
    "properties": _query("properties", _TEXT, "Only these properties, by commas"),
    "sortby": _query("sortby", _TEXT, "By these properties; - turns the order round"),
    "skipGeometry": _query("skipGeometry", {"type": "boolean"}, "Leave the geometries out"),
    "coords": _query("coords", _TEXT, "A place in Well-Known Text", required=True),
    "within": _query("within", {"type": "number"}, "The radius", required=True),
    "within-units": _query(
        "within-units", {"type": "string", "enum": ["km", "m", "mi"]}, "Its unit", required=True
    ),
    "parameter-name": _query("parameter-name", _TEXT, "Only these parameters, by commas"),
}
ITEMS = (
    *("bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "filter", "filter-lang"),
    *("filter-crs", "properties", "sortby", "skipGeometry"),
)
SERIES = ("datetime", "parameter-name", "crs")
PATHS: dict[str, tuple[str, tuple[str, ...]]] = {
    "/": ("landing", ()),
    "/conformance": ("conformance", ()),
    "/api": ("api", ()),
    "/collections": ("collections", ()),
    "/collections/{collectionId}": ("collection", ()),
    "/collections/{collectionId}/queryables": ("queryables", ()),
    "/collections/{collectionId}/schema": ("schema", ()),
    "/collections/{collectionId}/items": ("items", ITEMS),
    "/collections/{collectionId}/items/{featureId}": ("item", ("crs",)),
    "/collections/{collectionId}/position": ("position", ("coords", *SERIES)),
    "/collections/{collectionId}/area": ("area", ("coords", *SERIES)),
    "/collections/{collectionId}/radius": (
        "radius",
        ("coords", "within", "within-units", *SERIES),
    ),
    "/collections/{collectionId}/locations": ("locations", ("bbox", "datetime", "limit")),
    "/collections/{collectionId}/locations/{locId}": ("location", SERIES),
}
ANSWERS = {
    "200": {"description": "What was asked for"},
    "400": {"description": "A parameter is wrong: which, and why"},
    "404": {"description": "There is nothing here"},
}


def document(ask: Ask) -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "info": {"title": "Pengcheng open geographic data", "version": "1.0.0"},
        "servers": [{"url": ask.root}],
        "paths": {path: {"get": _operation(path, *told)} for path, told in PATHS.items()},
        "components": {"parameters": PARAMETERS},
    }


def _operation(path: str, name: str, parameters: tuple[str, ...]) -> dict[str, Any]:
    listed: list[dict[str, Any]] = []
    if "{collectionId}" in path:
        listed.append(_WHERE)
    for each in ("featureId", "locId"):
        if f"{{{each}}}" in path:
            listed.append({"name": each, "in": "path", "required": True, "schema": _TEXT})
    listed += [{"$ref": f"#/components/parameters/{each}"} for each in ("f", *parameters)]
    return {"operationId": name, "summary": name, "parameters": listed, "responses": ANSWERS}
