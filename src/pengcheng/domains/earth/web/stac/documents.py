"""Catalogue, collections and items as STAC 1.1.0 writes them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from pengcheng.domains.earth.api import scenes
from pengcheng.domains.earth.contracts import Collection, Scene
from pengcheng.kit.sensorthings import moments

JSON, GEO = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
API = "https://api.stacspec.org/v1.0.0"
FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMS = [
    f"{API}/core",
    f"{API}/collections",
    f"{API}/ogcapi-features",
    f"{API}/item-search",
    *(f"{API}/{part}#{each}" for part in ("item-search", "ogcapi-features")
      for each in ("sort", "fields")),
    f"{API}/ogcapi-features/extensions/transaction",
    f"{API}/collections/extensions/transaction",
    *(f"{FEATURES}/{each}" for each in ("core", "oas30", "geojson")),
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/simpletx",
]  # fmt: skip
TITLE = "Pengcheng scenes"
ABOUT = (
    "Remote sensing scenes of Shenzhen and around: what was taken where and when, under which"
    " licence."
)


def link(href: str, rel: str, kind: str = JSON, **more: Any) -> dict[str, Any]:
    return {"rel": rel, "href": href, "type": kind, **more}


def landing(root: str, listed: tuple[Collection, ...]) -> dict[str, Any]:
    return {
        "type": "Catalog",
        "stac_version": scenes.VERSION,
        "id": "pengcheng",
        "title": TITLE,
        "description": ABOUT,
        "conformsTo": CONFORMS,
        "links": [
            link(root, "self"),
            link(root, "root"),
            link(f"{root}/conformance", "conformance"),
            link(f"{root}/collections", "data"),
            link(f"{root}/search", "search", GEO, method="GET"),
            link(f"{root}/search", "search", GEO, method="POST"),
            link(f"{root}/api", "service-desc", OPENAPI),
            link(f"{site(root)}/scenes/", "alternate", "text/html"),
            *(link(_at(root, each.id), "child", title=each.title or each.id) for each in listed),
        ],
    }


def collection(root: str, found: Collection) -> dict[str, Any]:
    address = _at(root, found.id)
    return {
        **found.document,
        "type": "Collection",
        "stac_version": scenes.VERSION,
        "stac_extensions": list(found.extensions),
        "id": found.id,
        **({"title": found.title} if found.title else {}),
        "description": found.description,
        "license": found.licence,
        "links": [
            link(address, "self"),
            link(root, "root"),
            link(root, "parent"),
            link(f"{address}/items", "items", GEO),
            *placed(root, found.links),
        ],
    }


def item(root: str, scene: Scene) -> dict[str, Any]:
    told = scenes.document(scene=scene)
    holder = _at(root, scene.collection)
    page = f"{site(root)}/scenes/{quote(scene.collection)}/{quote(scene.id)}/"
    known = {
        "created": moments.written(scene.kept.at),
        "updated": moments.written(scene.kept.changed_at),
    }
    return {
        **told,
        "collection": scene.collection,
        "properties": {**told["properties"], **known},
        "assets": {
            key: {**each, "href": whole(root, each["href"])} for key, each in told["assets"].items()
        },
        "links": [
            link(f"{holder}/items/{quote(scene.id)}", "self", GEO),
            link(root, "root"),
            link(holder, "parent"),
            link(holder, "collection"),
            link(page, "alternate", "text/html"),
            *placed(root, scene.links),
        ],
    }


def placed(root: str, links: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    return [{**each, "href": whole(root, each["href"])} for each in links]


def whole(root: str, href: str) -> str:
    """An address of this site with the site before it."""
    return f"{site(root)}{href}" if href.startswith("/") else href


def site(root: str) -> str:
    parts = urlsplit(root)
    return f"{parts.scheme}://{parts.netloc}"


def _at(root: str, collection: str) -> str:
    return f"{root}/collections/{quote(collection)}"
