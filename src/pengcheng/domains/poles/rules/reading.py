"""Roads out of GeoJSON, as far as they can be believed."""

from __future__ import annotations

import json
import math
from typing import Any

from pengcheng.domains.poles.contracts import LARGEST_ROADS
from pengcheng.domains.poles.rules.siting import Road

MOST = 20_000
MOST_POINTS = 400_000


class Unreadable(ValueError):
    """A file that holds no roads; the text says where."""


def roads(raw: bytes) -> list[Road]:
    """The lines of a FeatureCollection in WGS 84. Raises Unreadable."""
    if len(raw) > LARGEST_ROADS:
        raise Unreadable(f"larger than {LARGEST_ROADS >> 20} MB")
    try:
        document = json.loads(raw)
        features = document["features"]
        if not isinstance(features, list) or len(features) > MOST:
            raise Unreadable(f"1-{MOST} features")
        found = [road for number, each in enumerate(features) for road in _roads(number, each)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as reason:
        raise Unreadable(str(reason)[:200]) from reason
    if not found or sum(len(road.points) for road in found) > MOST_POINTS:
        raise Unreadable("no lines, or too many points")
    return found


def _roads(number: int, feature: dict[str, Any]) -> list[Road]:
    geometry, said = feature["geometry"], feature.get("properties") or {}
    if not geometry or geometry["type"] not in ("LineString", "MultiLineString"):
        return []
    given = geometry["coordinates"]
    lines = [given] if geometry["type"] == "LineString" else given
    name, kind = said.get("name"), said.get("class") or said.get("highway") or said.get("type")
    return [
        Road(
            str(kind or "other")[:40], str(name or "")[:120], tuple(_point(number, p) for p in line)
        )
        for line in lines
        if len(line) > 1
    ]


def _point(number: int, given: Any) -> tuple[float, float]:
    x, y = float(given[0]), float(given[1])
    if not (math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90):
        raise Unreadable(f"feature {number}: not a place on Earth")
    return x, y
