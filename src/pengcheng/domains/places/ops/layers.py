"""Map layers as files and as rows: read in whatever system they came, kept in WGS-84."""

import gzip
import json
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from pengcheng.domains.places.models import Holding
from pengcheng.kernel.problems import Invalid
from pengcheng.kit.maps.crs import SYSTEMS, Coordinate, Crs

_GZIP: Final = b"\x1f\x8b"


class LayerFeature(msgspec.Struct, frozen=True):
    """One feature of a layer, in WGS-84."""

    key: str
    geometry: BaseGeometry
    properties: dict[str, Any]


def read_geojson(raw: bytes, *, datum: str, name: str) -> list[LayerFeature]:
    """The features of a GeoJSON file, packed or not, converted to WGS-84."""
    if datum not in SYSTEMS:
        raise _bad(name, f"datum {datum!r}")
    try:
        document = json.loads(gzip.decompress(raw) if raw.startswith(_GZIP) else raw)
        found = [_feature(item, number) for number, item in enumerate(document["features"])]
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise _bad(name, str(error)) from error
    return list(_converted(found, datum))


def pack(features: list[LayerFeature]) -> bytes:
    """The layer as it is kept: compressed, and always the same bytes for the same features."""
    document = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": feature.key,
                "properties": feature.properties,
                "geometry": mapping(feature.geometry),
            }
            for feature in features
        ],
    }
    return gzip.compress(json.dumps(document, ensure_ascii=False).encode(), mtime=0)


def kept() -> dict[str, bytes]:
    """The layers held, packed. PostgreSQL's driver hands out memory views, SQLite's bytes."""
    rows = Holding.objects.filter(body__isnull=False).values_list("key", "body")
    return {key: bytes(body) for key, body in rows if body is not None}


def unpack(body: bytes) -> list[LayerFeature]:
    return read_geojson(body, datum="WGS84", name="kept layer")


def _feature(item: dict[str, Any], number: int) -> LayerFeature:
    geometry = shape(item["geometry"])
    key = item.get("id", number)
    return LayerFeature(str(key), geometry, item.get("properties") or {})


def _converted(features: list[LayerFeature], datum: Crs) -> Iterator[LayerFeature]:
    for feature in features:
        geometry = feature.geometry
        if datum != "WGS84":
            geometry = shapely.transform(geometry, lambda points: [_wgs(p, datum) for p in points])
        yield msgspec.structs.replace(feature, geometry=geometry)


def _wgs(point: tuple[float, float], datum: Crs) -> tuple[float, float]:
    there = Coordinate(float(point[0]), float(point[1]), datum).to("WGS84")
    return there.lon, there.lat


def _bad(name: str, detail: str) -> Invalid:
    return Invalid(
        code="places.layer.unreadable",
        zh=f"图层文件无法读取：{name}（{detail}）",
        en=f"The layer file cannot be read: {name} ({detail})",
        next_zh="请提供 GeoJSON，并在 SOURCE.toml 中写明坐标系 WGS84、GCJ02 或 CGCS2000。",
        next_en="Give GeoJSON, and state WGS84, GCJ02 or CGCS2000 as datum in SOURCE.toml.",
    )
