"""Vector tiles from plain geometry, packed into one PMTiles file that any web server can serve."""

import gzip
import math
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry.base import BaseGeometry

EXTENT: Final = 4096
MARGIN: Final = 64
"""Tile units drawn beyond the tile, so that lines and outlines meet at its edges."""
DETAIL: Final = 4
"""Smallest thing kept, in tile units: a quarter of a screen pixel."""

Progress = Callable[[int, int], None]


class Feature(msgspec.Struct, frozen=True):
    """One thing on the map, in WGS-84 longitude and latitude."""

    geometry: BaseGeometry
    properties: dict[str, str | int | float | bool]
    minzoom: int = 0


class TileLayer(msgspec.Struct, frozen=True):
    """One named layer. Polygons that share outlines are a coverage: simplified without gaps."""

    name: str
    features: tuple[Feature, ...]
    minzoom: int = 0
    coverage: bool = False


class Built(msgspec.Struct, frozen=True):
    tiles: int
    size: int
    bounds: tuple[float, float, float, float]


def build_pmtiles(
    layers: Sequence[TileLayer],
    target: Path,
    *,
    zooms: tuple[int, int],
    metadata: dict[str, Any],
    progress: Progress = lambda done, total: None,
) -> Built:
    """Write the archive beside the target and move it in place, so readers never see half a map."""
    bounds = _bounds(layers)
    drawn = [(layer, _to_plane(layer)) for layer in layers if layer.features]
    plan = [_tiles_over(bounds, zoom) for zoom in range(zooms[0], zooms[1] + 1)]
    total, done, written = sum(len(tiles) for tiles in plan), 0, 0
    temporary = target.with_suffix(f".{os.getpid()}.part")
    with temporary.open("wb") as file:
        writer = Writer(file)
        for zoom, tiles in zip(range(zooms[0], zooms[1] + 1), plan, strict=True):
            sheets = [sheet for layer, plane in drawn if (sheet := _sheet(layer, plane, zoom))]
            for x, y in tiles:
                if body := _encode(sheets, zoom, x, y):
                    writer.write_tile(zxy_to_tileid(zoom, x, y), body)
                    written += 1
                done += 1
                progress(done, total)
        writer.finalize(_header(bounds, zooms), {**metadata, **_fields(layers, zooms)})
    os.replace(temporary, target)
    return Built(tiles=written, size=target.stat().st_size, bounds=bounds)


class _Sheet:
    """One layer at one zoom: simplified, in tile units of that zoom, ready to be cut."""

    def __init__(self, layer: TileLayer, planes: numpy.ndarray, zoom: int) -> None:
        self.name = layer.name
        self.properties = [feature.properties for feature in layer.features]
        units = EXTENT * 2.0**zoom
        shapes = shapely.transform(planes, lambda points: points * units)
        simplify = shapely.coverage_simplify if layer.coverage else shapely.simplify
        self.shapes = simplify(shapes, DETAIL)
        shown = [feature.minzoom <= zoom for feature in layer.features]
        self.shapes = numpy.where(numpy.array(shown), self.shapes, None)
        self.tree = shapely.STRtree(self.shapes)

    def cut(self, x: int, y: int) -> list[dict[str, Any]]:
        left, top = x * EXTENT, y * EXTENT
        frame = (left - MARGIN, top - MARGIN, left + EXTENT + MARGIN, top + EXTENT + MARGIN)
        found = numpy.sort(self.tree.query(shapely.box(*frame)))
        parts = shapely.clip_by_rect(self.shapes[found], *frame)
        parts = shapely.transform(parts, lambda points: numpy.rint(points - (left, top)))
        return [
            {"geometry": part, "properties": self.properties[number]}
            for number, part in zip(found, parts, strict=True)
            if not part.is_empty
        ]


def _sheet(layer: TileLayer, planes: numpy.ndarray, zoom: int) -> _Sheet | None:
    return _Sheet(layer, planes, zoom) if zoom >= layer.minzoom else None


def _encode(sheets: Sequence[_Sheet], zoom: int, x: int, y: int) -> bytes:
    parts = [{"name": sheet.name, "features": sheet.cut(x, y)} for sheet in sheets]
    parts = [part for part in parts if part["features"]]
    if not parts:
        return b""
    import mapbox_vector_tile  # with all of protobuf; only the maker of maps needs it

    options = {
        "extents": EXTENT,
        "y_coord_down": True,
        "on_invalid_geometry": mapbox_vector_tile.encoder.on_invalid_geometry_make_valid,
    }
    body: bytes = mapbox_vector_tile.encode(parts, default_options=options)
    # A fixed time stamp: the same input gives the same bytes, and so the same ETag.
    return gzip.compress(body, compresslevel=6, mtime=0)


def _to_plane(layer: TileLayer) -> numpy.ndarray:
    shapes = numpy.array([feature.geometry for feature in layer.features], dtype=object)
    plane: numpy.ndarray = shapely.transform(shapes, _mercator)
    return plane


def _mercator(points: numpy.ndarray) -> numpy.ndarray:
    """Web Mercator on the unit square, y down, as tiles are counted."""
    latitude = numpy.radians(points[:, 1])
    y = 0.5 - numpy.arcsinh(numpy.tan(latitude)) / (2 * math.pi)
    return numpy.column_stack([points[:, 0] / 360 + 0.5, y])


def _tiles_over(bounds: tuple[float, float, float, float], zoom: int) -> list[tuple[int, int]]:
    corners = _mercator(numpy.array([(bounds[0], bounds[3]), (bounds[2], bounds[1])])) * 2**zoom
    (left, top), (right, bottom) = corners.astype(int)
    tiles = [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]
    return sorted(tiles, key=lambda tile: zxy_to_tileid(zoom, *tile))


def _bounds(layers: Sequence[TileLayer]) -> tuple[float, float, float, float]:
    shapes = [feature.geometry for layer in layers for feature in layer.features]
    if not shapes:
        raise ValueError("a map needs at least one feature")
    west, south, east, north = (float(side) for side in shapely.total_bounds(shapes))
    return west, south, east, north


def _header(bounds: tuple[float, float, float, float], zooms: tuple[int, int]) -> dict[str, Any]:
    west, south, east, north = (round(side * 10_000_000) for side in bounds)
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_zoom": zooms[0],
        "max_zoom": zooms[1],
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": zooms[0] + 1,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }


def _fields(layers: Sequence[TileLayer], zooms: tuple[int, int]) -> dict[str, Any]:
    return {"vector_layers": list(_described(layers, zooms))}


def _described(layers: Sequence[TileLayer], zooms: tuple[int, int]) -> Iterator[dict[str, Any]]:
    for layer in layers:
        names = sorted({name for feature in layer.features for name in feature.properties})
        yield {
            "id": layer.name,
            "minzoom": max(layer.minzoom, zooms[0]),
            "maxzoom": zooms[1],
            "fields": {name: "String" for name in names},
        }
