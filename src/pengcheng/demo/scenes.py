"""Scenes that no satellite took: footprints over the city, all of them marked as simulated."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from pengcheng.demo.loader import Tell
from pengcheng.domains.earth.api import scenes
from pengcheng.domains.earth.contracts import SIMULATED
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.problems import Conflict

STAC, EO = "1.1.0", "https://stac-extensions.github.io/eo/v2.0.0/schema.json"
FIRST = datetime(2026, 8, 21, 3, 5, 12, tzinfo=UTC)
TILT = math.radians(9.5)  # the track of a polar orbit at this latitude
KM = 1 / 111.2
# Id, title, ground resolution in metres, days between passes, width and length in km.
SENSORS = (
    ("sim-optical", "模拟卫星 光学影像（模拟）Simulated optical scenes", 2.0, 7, (38.0, 34.0)),
    ("sim-wide", "模拟卫星 宽幅影像（模拟）Simulated wide scenes", 16.0, 15, (130.0, 110.0)),
)
# Centres, one after the other, and cloud cover in per cent.
CENTRES = (
    (114.05, 22.55, 4.0),
    (113.86, 22.62, 61.5),
    (114.28, 22.70, 18.0),
    (114.51, 22.58, 33.0),
    (113.95, 22.73, 92.0),
    (114.12, 22.60, 0.5),
    (114.00, 22.52, 27.0),
)


def load(tell: Tell) -> int:
    """A second time adds nothing."""
    who = system_context("demo")
    count = 0
    for name, title, gsd, days, size in SENSORS:
        _collection(who, name, title)
        there = scenes.counts(context=who)[name]
        for number, (lon, lat, cloud) in enumerate(CENTRES):
            count += 1
            if not there:
                taken = FIRST + timedelta(days=number * days, seconds=97 * number)
                _scene(who, name, taken, gsd=gsd, cloud=cloud, ring=_ring(lon, lat, size))
            tell(count, len(SENSORS) * len(CENTRES))
    return count


def _collection(who: Context, name: str, title: str) -> None:
    told = {
        "type": "Collection",
        "stac_version": STAC,
        "id": name,
        "title": title,
        "description": "模拟数据，没有卫星拍摄。Made up: no satellite took these scenes.",
        "license": "CC0-1.0",
        "keywords": ["simulated", "模拟"],
        "providers": [{"name": "鹏城演示（模拟）Pengcheng demo", "roles": ["producer", "host"]}],
        "extent": {
            "spatial": {"bbox": [[113.2, 21.9, 115.3, 23.4]]},
            "temporal": {"interval": [["2026-08-21T00:00:00Z", None]]},
        },
        "links": [],
        SIMULATED: True,
    }
    try:
        scenes.add_collection(context=who, data=msgspec.json.encode(told))
    except Conflict:
        return


def _scene(who: Context, name: str, taken: datetime, **facts: Any) -> None:
    ring, code = facts["ring"], f"{name}-{taken:%Y%m%dT%H%M%S}"
    lons, lats = [x for x, _ in ring], [y for _, y in ring]
    about = "/".join(("/scenes", name, code))
    told = {
        "type": "Feature",
        "stac_version": STAC,
        "stac_extensions": [EO],
        "id": code,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [min(lons), min(lats), max(lons), max(lats)],
        "properties": {
            "datetime": f"{taken:%Y-%m-%dT%H:%M:%SZ}",
            "title": f"模拟影像 {taken:%Y-%m-%d}（{facts['gsd']:g} m）",
            "platform": "simulated-1",
            "instruments": ["simulated"],
            "gsd": facts["gsd"],
            "eo:cloud_cover": facts["cloud"],
            SIMULATED: True,
        },
        "assets": {
            "footprint": {
                "href": f"{about}/footprint.svg",
                "title": "Footprint 覆盖范围图",
                "type": "image/svg+xml",
                "roles": ["overview"],
            }
        },
        "links": [],
    }
    scenes.add_scenes(context=who, collection=name, data=msgspec.json.encode(told))


def _ring(lon: float, lat: float, size: tuple[float, float]) -> list[tuple[float, float]]:
    """A rectangle on the ground, turned with the satellite's track; against the clock."""
    across, along = size[0] / 2, size[1] / 2
    corners = ((-across, -along), (across, -along), (across, along), (-across, along))
    found = []
    for x, y in (*corners, corners[0]):
        east = x * math.cos(TILT) + y * math.sin(TILT)
        north = y * math.cos(TILT) - x * math.sin(TILT)
        there = lon + east * KM / math.cos(math.radians(lat))
        found.append((round(there, 5), round(lat + north * KM, 5)))
    return found
