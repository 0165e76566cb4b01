"""Classes of tropical cyclones by wind (GB/T 19201-2006), in m/s near the centre."""

from __future__ import annotations

CLASSES = (
    ("super", 51.0),
    ("severe", 41.5),
    ("typhoon", 32.7),
    ("severe_storm", 24.5),
    ("storm", 17.2),
    ("depression", 10.8),
)


def strength(wind: float | None) -> str:
    """The class; "unknown" when no wind is told, "low" below the lowest class."""
    if wind is None:
        return "unknown"
    return next((name for name, least in CLASSES if wind >= least), "low")


def least(name: str) -> float:
    return dict(CLASSES).get(name, 0.0)
