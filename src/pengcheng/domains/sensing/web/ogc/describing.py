"""Landing page, conformance, collections, queryables, schema (17-069, 19-079, 19-086)."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.sensing.api.atlas import Collection, Summary
from pengcheng.domains.sensing.web.ogc import openapi
from pengcheng.domains.sensing.web.ogc.asked import (
    COVERAGE,
    CSV,
    GEO,
    HTML,
    JSON,
    OPENAPI,
    SCHEMA,
    Ask,
    Told,
    link,
    selves,
)
from pengcheng.kit.ogc.crs import CRS84, SYSTEMS
from pengcheng.kit.sensorthings.moments import written

FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
EDR = "http://www.opengis.net/spec/ogcapi-edr-1/1.1/conf/"
CONFORMANCE = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    *(f"{FEATURES}1/1.0/conf/{each}" for each in ("core", "oas30", "html", "geojson")),
    f"{FEATURES}2/1.0/conf/crs",
    *(
        f"{FEATURES}3/1.0/conf/{each}"
        for each in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        CQL2 + each
        for each in (
            *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
            *("case-insensitive-comparison", "accent-insensitive-comparison"),
            *("basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions"),
            *("temporal-functions", "array-functions", "property-property", "arithmetic"),
        )
    ),
    *(
        EDR + each
        for each in (
            *("core", "collections", "json", "geojson", "edr-geojson", "covjson", "html"),
            *("oas30", "queries", "position", "area", "radius", "locations", "items"),
        )
    ),
]
QUERIES = ("position", "area", "radius", "locations", "items")
OUTPUTS = {"CoverageJSON": COVERAGE, "GeoJSON": GEO, "CSV": CSV}
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
WGS84_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
)


def landing(ask: Ask) -> Told:
    ask.read()
    form = ask.form()
    title = ask.title("鹏城开放地理数据", "Pengcheng open geographic data")
    about = ask.title(
        "城市中的实体、观测与行政区，按 OGC API – Features 与 EDR 提供。",
        "What is in the city, what was observed there and its districts, by OGC API – Features"
        " and EDR.",
    )
    links = [
        *selves(ask, form),
        link(ask.at("api"), "service-desc", OPENAPI),
        link(ask.at("api", f="html"), "service-doc", HTML),
        link(ask.at("conformance"), "conformance", JSON),
        link(ask.at("collections"), "data", JSON),
    ]
    document = {"title": title, "description": about, "links": links}
    return Told(document, page="landing" if form == "html" else "", facts={"doc": document})


def conformance(ask: Ask) -> Told:
    ask.read()
    form = ask.form()
    document = {"conformsTo": CONFORMANCE, "links": selves(ask, form)}
    return Told(document, page="conformance" if form == "html" else "", facts={"doc": document})


def api(ask: Ask) -> Told:
    ask.read()
    form = ask.form(json=OPENAPI, html=HTML)
    document = openapi.document(ask)
    page = "api" if form == "html" else ""
    return Told(document, OPENAPI, page=page, facts={"doc": document})


# --- collections ------------------------------------------------------------------------


def collections(ask: Ask) -> Told:
    ask.read(("limit",))
    form = ask.form()
    listed = [described(ask, each) for each in ask.catalogue.collections().values()]
    document = {"links": selves(ask, form), "collections": listed, "crs": list(SYSTEMS)}
    return Told(document, page="collections" if form == "html" else "", facts={"doc": document})


def collection(ask: Ask, name: str) -> Told:
    ask.read()
    form = ask.form()
    found = ask.collection(name)
    document = described(ask, found)
    document["links"] = [*selves(ask, form), *document["links"][1:]]
    facts = {"doc": document, "collection": found, "summary": ask.catalogue.summary(found)}
    return Told(document, page="collection" if form == "html" else "", facts=facts)


def described(ask: Ask, found: Collection) -> dict[str, Any]:
    summary = ask.catalogue.summary(found)
    document: dict[str, Any] = {
        "id": found.id,
        "title": ask.title(found.zh, found.en),
        "description": ask.title(found.about_zh, found.about_en),
        "itemType": "feature",
        "itemCount": summary.count,
        "extent": extent(summary),
        "crs": list(SYSTEMS),
        "storageCrs": CRS84,
        "links": _links(ask, found, observed=bool(summary.parameters)),
    }
    if summary.parameters:
        document |= _environmental(ask, found, summary)
    return document


def extent(summary: Summary) -> dict[str, Any]:
    found: dict[str, Any] = {
        "spatial": {"bbox": [list(summary.box or (-180, -90, 180, 90))], "crs": CRS84}
    }
    if summary.times:
        first, last = map(written, summary.times)
        temporal = {"interval": [[first, last]], "values": [f"{first}/{last}"], "trs": GREGORIAN}
        found["temporal"] = temporal
    return found


def _links(ask: Ask, found: Collection, *, observed: bool) -> list[dict[str, str]]:
    def at(*more: str, **query: str) -> str:
        return ask.at("collections", found.id, *more, **query)

    title = ask.title(found.zh, found.en)
    return [
        link(at(), "self", JSON, title),
        link(at("items"), "items", GEO, title),
        link(at("items", f="html"), "items", HTML, title),
        link(at("queryables"), "http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA),
        link(at("schema"), "describedby", SCHEMA),
        link(ask.at("collections"), "up", JSON),
        *([link(at("locations"), "data", GEO, title)] if observed else []),
    ]


def _environmental(ask: Ask, found: Collection, summary: Summary) -> dict[str, Any]:
    """What EDR says of a collection with readings (19-086, clause 8.2)."""
    queries = {
        name: {"link": {"href": ask.at("collections", found.id, name), "rel": "data",
                        "variables": _variables(name)}}
        for name in QUERIES
    }  # fmt: skip
    return {
        "keywords": [found.id],
        "data_queries": queries,
        "output_formats": list(OUTPUTS),
        "crs_details": [{"crs": "CRS84", "wkt": WGS84_WKT}],
        "parameter_names": {
            name: parameter(each) for name, each in sorted(summary.parameters.items())
        },
    }


def _variables(name: str) -> dict[str, Any]:
    forms = ["GeoJSON"] if name == "items" else list(OUTPUTS)
    found: dict[str, Any] = {
        "query_type": name,
        "title": name.capitalize(),
        "output_formats": forms,
        "default_output_format": forms[0],
        "crs_details": [{"crs": "CRS84", "wkt": WGS84_WKT}],
    }
    if name == "radius":
        found["within_units"] = ["km", "m", "mi"]
    return found


def parameter(found: Any) -> dict[str, Any]:
    """A Parameter of CoverageJSON (21-069, clause 3)."""
    label = {"zh-Hans": found.zh, "en": found.en}
    told: dict[str, Any] = {
        "type": "Parameter",
        "description": label,
        "observedProperty": {"id": found.iri, "label": label},
    }
    if found.unit:
        told["unit"] = {"symbol": found.unit, "label": {"en": found.unit}}
    return told


# --- queryables and schema --------------------------------------------------------------


def queryables(ask: Ask, name: str) -> Told:
    return _schema(ask, name, "queryables")


def schema(ask: Ask, name: str) -> Told:
    return _schema(ask, name, "schema")


def _schema(ask: Ask, name: str, what: str) -> Told:
    ask.read()
    form = ask.form(json=SCHEMA, html=HTML)
    found = ask.collection(name)
    summary = ask.catalogue.summary(found)
    properties: dict[str, Any] = {
        "geometry": {"format": _format(summary), "x-ogc-role": "primary-geometry"}
    }
    properties["id"] = {"type": "string", "x-ogc-role": "id"}
    for key, kind in sorted(summary.properties.items()):
        properties[key] = {"title": key, "type": kind}
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ask.at("collections", name, what),
        "type": "object",
        "title": ask.title(found.zh, found.en),
        "properties": properties,
        "additionalProperties": what == "schema",
    }
    facts = {"doc": document, "collection": found, "what": what}
    return Told(document, SCHEMA, page="properties" if form == "html" else "", facts=facts)


def _format(summary: Summary) -> str:
    if len(summary.kinds) != 1:
        return "geometry-any"
    return f"geometry-{next(iter(summary.kinds)).lower()}"
