"""Use cases of places: load what the city holds, say where things are, draw the map."""

from pengcheng.domains.places.ops.answering import (
    division,
    holdings,
    lines,
    locate,
    outline,
    outlines,
    parse_address,
    search,
)
from pengcheng.domains.places.ops.loading import load
from pengcheng.domains.places.ops.mapmaking import base_map_path, build
from pengcheng.domains.places.ops.memory import forget

__all__ = [
    "base_map_path",
    "build",
    "division",
    "forget",
    "holdings",
    "lines",
    "load",
    "locate",
    "outline",
    "outlines",
    "parse_address",
    "search",
]
