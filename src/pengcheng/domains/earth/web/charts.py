"""Wind and distance of a storm as two lines over time: drawn here."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.earth import api
from pengcheng.domains.earth.contracts import Fix, Storm

WIDTH, HEIGHT, EDGE = 720, 160, 8


def drawn(storm: Storm) -> list[dict[str, Any]]:
    """A picture for each series that has at least two values."""
    distances = [(fix, api.distance(fix=fix)) for fix in storm.fixes]
    winds = [(fix, fix.wind) for fix in storm.fixes if fix.wind is not None]
    found = (_line("distance", distances, storm), _line("wind", winds, storm))
    return [each for each in found if each]


def _line(kind: str, points: list[tuple[Fix, float]], storm: Storm) -> dict[str, Any] | None:
    if len(points) < 2:
        return None
    start, end = storm.fixes[0].at, storm.fixes[-1].at
    top = max(value for _, value in points) or 1.0
    tall = HEIGHT - 2 * EDGE
    places = (
        f"{(fix.at - start) / (end - start) * WIDTH:.1f},{HEIGHT - EDGE - value / top * tall:.1f}"
        for fix, value in points
    )
    return {
        "kind": kind,
        "points": " ".join(places),
        "top": f"{top:.0f}",
        "low": f"{min(value for _, value in points):.0f}",
        "width": WIDTH,
        "height": HEIGHT,
        "floor": HEIGHT - EDGE,
    }
