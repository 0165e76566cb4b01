"""Made-up scenes for tests, and a steward who keeps them."""

from __future__ import annotations

import json
from typing import Any

from pengcheng.domains.earth.api import scenes
from pengcheng.kernel.context import system_context

CITY = system_context("tests")
ROOT = "/stac/v1"
SQUARE = [[114.0, 22.5], [114.2, 22.5], [114.2, 22.7], [114.0, 22.7], [114.0, 22.5]]


def collection(name: str = "sim", **facts: Any) -> dict[str, Any]:
    return {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": name,
        "description": "Made up for tests",
        "license": "CC0-1.0",
        "extent": {
            "spatial": {"bbox": [[113.7, 22.4, 114.7, 22.9]]},
            "temporal": {"interval": [["2026-01-01T00:00:00Z", None]]},
        },
        "links": [],
        **facts,
    }


def item(name: str = "one", *, east: float = 0.0, **facts: Any) -> dict[str, Any]:
    """A square over the city, moved so many degrees to the east."""
    ring = [[x + east, y] for x, y in SQUARE]
    properties = {"datetime": "2026-05-04T03:10:00Z", **facts.pop("properties", {})}
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": name,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [114.0 + east, 22.5, 114.2 + east, 22.7],
        "properties": properties,
        "assets": {},
        "links": [],
        **facts,
    }


def kept(*items: dict[str, Any], name: str = "sim") -> None:
    """A collection with these items, through the door."""
    scenes.add_collection(context=CITY, data=written(collection(name)))
    if items:
        told = {"type": "FeatureCollection", "features": list(items)}
        scenes.add_scenes(context=CITY, collection=name, data=written(told))


def written(told: Any) -> bytes:
    return json.dumps(told).encode()
