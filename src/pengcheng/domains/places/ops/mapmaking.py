"""The base map: drawn by the city itself from the layers it holds, without any outside server."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from typing import Any, Final

import shapely
from django.conf import settings

from pengcheng.domains.places.contracts import MapBuild
from pengcheng.domains.places.events import MapBuilt
from pengcheng.domains.places.models import Holding
from pengcheng.domains.places.ops import layers, memory
from pengcheng.domains.places.ops.layers import LayerFeature
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict
from pengcheng.kit.maps.tiles import Feature, Progress, TileLayer, build_pmtiles

ZOOMS: Final = (7, 14)
RECIPE: Final = "1"
"""Changes whenever the drawing below does, so that an old map is not taken for a new one."""
# The zoom from which a class of road is drawn; what is not named comes last.
_ROADS: Final = {
    "motorway": 8, "trunk": 8, "primary": 9, "secondary": 10, "tertiary": 11,
    "motorway_link": 12, "trunk_link": 12, "primary_link": 12, "secondary_link": 12,
    "tertiary_link": 12, "residential": 12, "unclassified": 12, "living_street": 12,
    "rail": 10, "subway": 10,
}  # fmt: skip
_LAST_ROADS: Final = 13
NOTICE_ZH: Final = "演示底图，不作为划界依据；公开使用的地图须送审并标注审图号。"
NOTICE_EN: Final = (
    "Demonstration base map, no evidence of boundaries; a map for the public needs an approval"
    " number (审图号)."
)


def base_map_path() -> Path:
    return Path(settings.PENGCHENG_HOME) / "maps" / "base.pmtiles"


def build(
    context: Context, *, extra: tuple[Path, ...], force: bool, progress: Progress
) -> MapBuild:
    """Build the map unless the one that is there was made from just these layers."""
    target = base_map_path()
    with act(context, "places.map.build", Resource(kind="map", id="base")) as acting:
        print_of = _fingerprint(extra)
        if not force and _made_from(target) == print_of:
            return MapBuild(path=str(target), built=False, size=target.stat().st_size)
        started = monotonic()
        target.parent.mkdir(parents=True, exist_ok=True)
        done = build_pmtiles(
            _layers(extra), target, zooms=ZOOMS, metadata=_metadata(print_of), progress=progress
        )
        _note(target).write_text(json.dumps({"made_from": print_of}), encoding="utf-8")
        acting.emit(MapBuilt(subject="map/base", tiles=done.tiles, size=done.size))
        acting.note(tiles=done.tiles, size=done.size)
    seconds = round(monotonic() - started, 2)
    return MapBuild(path=str(target), built=True, tiles=done.tiles, size=done.size, seconds=seconds)


def _note(target: Path) -> Path:
    return target.with_suffix(".json")


def _made_from(target: Path) -> str:
    try:
        note: dict[str, str] = json.loads(_note(target).read_text("utf-8"))
        return note.get("made_from", "") if target.exists() else ""
    except (OSError, ValueError):
        return ""


def _fingerprint(extra: Iterable[Path]) -> str:
    rows = [
        f"{key}:{digest}" for key, digest in sorted(Holding.objects.values_list("key", "digest"))
    ]
    files = [hashlib.sha256(path.read_bytes()).hexdigest() for path in extra]
    return hashlib.sha256("\n".join([RECIPE, *rows, *files]).encode()).hexdigest()


def _metadata(print_of: str) -> dict[str, Any]:
    held = Holding.objects.filter(body__isnull=False).order_by("key")
    return {
        "name": "Pengcheng base map",
        "attribution": " · ".join(held.values_list("attribution", flat=True)),
        "datum": "WGS84",
        "notice_zh": NOTICE_ZH,
        "notice_en": NOTICE_EN,
        "made_from": print_of,
    }


def _layers(extra: Iterable[Path]) -> list[TileLayer]:
    held = {key: layers.unpack(body) for key, body in layers.kept().items()}
    if "districts" not in held:
        raise Conflict(
            code="places.map.no_layers",
            zh="尚未载入图层，无法生成底图",
            en="No layers have been loaded to draw a map from",
            next_zh="请先运行 pengcheng demo load，或载入自有数据目录。",
            next_en="Run pengcheng demo load first, or load a folder of your own.",
        )
    own = [
        feature
        for path in extra
        for feature in layers.read_geojson(path.read_bytes(), datum="WGS84", name=path.name)
    ]
    drawn = [
        TileLayer("districts", _named(held.pop("districts")), coverage=True),
        TileLayer("labels", _labels()),
        TileLayer("zones", _plain(held.pop("zones", [])), minzoom=11, coverage=True),
        TileLayer("roads", _roads(held.pop("roads", [])), minzoom=8),
        TileLayer("stations", _plain(held.pop("stations", [])), minzoom=11),
    ]
    own.extend(feature for features in held.values() for feature in features)
    return [*drawn, TileLayer("own", _plain(own))]


def _plain(features: Iterable[LayerFeature]) -> tuple[Feature, ...]:
    return tuple(Feature(item.geometry, _flat(item.properties)) for item in features)


def _named(features: Iterable[LayerFeature]) -> tuple[Feature, ...]:
    divisions = memory.city().divisions
    return tuple(
        Feature(item.geometry, _names(divisions[item.key]) | {"code": item.key})
        for item in features
        if item.key in divisions
    )


def _labels() -> tuple[Feature, ...]:
    """One point a district: a polygon's own label would be repeated in every tile."""
    city = memory.city()
    return tuple(
        Feature(shapely.point_on_surface(shape), _names(city.divisions[code]) | {"code": code})
        for code, shape in city.outlines.items()
        if code in city.divisions
    )


def _names(division: Any) -> dict[str, str | int | float | bool]:
    return {"name": division.name, "name_en": division.name_en or division.name}


def _roads(features: Iterable[LayerFeature]) -> tuple[Feature, ...]:
    """Edges of one name and class joined: fewer lines, and names long enough to be read."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for item in features:
        kind = str(item.properties.get("class", "")).rpartition(".")[2]
        name = str(item.properties.get("name", ""))
        groups.setdefault((kind, name), []).append(item.geometry)
    joined = []
    for (kind, name), lines in sorted(groups.items()):
        geometry = shapely.line_merge(shapely.union_all(lines))
        properties: dict[str, str | int | float | bool] = {"class": kind}
        if name:
            properties |= {"name": name}
        joined += [
            Feature(part, properties, minzoom=_ROADS.get(kind, _LAST_ROADS))
            for part in getattr(geometry, "geoms", [geometry])
        ]
    return tuple(joined)


def _flat(properties: dict[str, Any]) -> dict[str, str | int | float | bool]:
    """Tiles carry plain values only."""
    return {key: value for key, value in properties.items() if isinstance(value, str | int | float)}
