"""A series as a line: drawn on the server, so that it needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pengcheng.kit.pages import moments

WIDTH, HEIGHT, EDGE = 720, 200, 8


def line(points: Sequence[tuple[datetime, Any]]) -> dict[str, Any] | None:
    """Path and labels; None when there are not two numbers to draw."""
    numbers = [
        (at, float(value))
        for at, value in points
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]
    if len(numbers) < 2:
        return None
    first, last = numbers[0][0].timestamp(), numbers[-1][0].timestamp()
    low, high = min(v for _, v in numbers), max(v for _, v in numbers)
    wide, tall = (last - first) or 1.0, (high - low) or 1.0
    steps = []
    for at, value in numbers:
        x = (at.timestamp() - first) / wide * WIDTH
        y = HEIGHT - EDGE - (value - low) / tall * (HEIGHT - 2 * EDGE)
        steps.append(f"{x:.1f},{y:.1f}")
    return {
        "points": " ".join(steps),
        "width": WIDTH,
        "height": HEIGHT,
        "floor": HEIGHT - EDGE,
        "top": EDGE,
        "low": f"{low:.6g}",
        "high": f"{high:.6g}",
        "begins": moments.terse(numbers[0][0]),
        "ends": moments.terse(numbers[-1][0]),
        "count": len(numbers),
    }
