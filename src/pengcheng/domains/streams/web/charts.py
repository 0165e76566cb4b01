"""The past of an entity as a line, with a dot where the rule would have fired: drawn here."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.streams import contracts
from pengcheng.kit.pages import moments

WIDTH, HEIGHT, EDGE, POINTS = 720, 200, 10, 720


def drawn(trial: contracts.Trial) -> dict[str, Any] | None:
    """None when there are not two readings."""
    readings = trial.readings
    if len(readings) < 2:
        return None
    first, last = readings[0].at.timestamp(), readings[-1].at.timestamp()
    low, high = min(r.value for r in readings), max(r.value for r in readings)
    wide, tall = (last - first) or 1.0, (high - low) or 1.0

    def place(at: float, value: float) -> tuple[str, str]:
        y = HEIGHT - EDGE - (value - low) / tall * (HEIGHT - 2 * EDGE)
        return f"{(at - first) / wide * WIDTH:.1f}", f"{y:.1f}"

    chosen = readings[:: max(1, len(readings) // POINTS)]
    return {
        "points": " ".join(",".join(place(r.at.timestamp(), r.value)) for r in chosen),
        "dots": [place(f.at.timestamp(), f.value) for f in trial.firings[-200:]],
        "width": WIDTH,
        "height": HEIGHT,
        "floor": HEIGHT - EDGE,
        "top": EDGE,
        "low": f"{low:.6g}",
        "high": f"{high:.6g}",
        "begins": moments.terse(readings[0].at),
        "ends": moments.terse(readings[-1].at),
    }
