"""What others may know of storms: frozen values. Distances in km, winds in m/s, times in UTC."""

from __future__ import annotations

from datetime import datetime

import msgspec

SHENZHEN = (114.06, 22.54)
NEAR_KM = 300.0


class Fix(msgspec.Struct, frozen=True):
    """Where a storm was at a moment, and how strong, where that is known."""

    at: datetime
    lon: float
    lat: float
    wind: float | None = None
    pressure: float | None = None


class Storm(msgspec.Struct, frozen=True, kw_only=True):
    """A track; ``agency`` says whose, and so over how many minutes its winds are."""

    id: str
    season: int
    agency: str
    fixes: tuple[Fix, ...]

    @property
    def wind_minutes(self) -> int:
        return 1 if self.agency == "JTWC" else 10


class Approach(msgspec.Struct, frozen=True):
    """When a storm was nearest to a place, where it was then, how far and how strong."""

    fix: Fix
    km: float


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A storm as a place met it."""

    storm: Storm
    nearest: Approach
    peak: float | None  # the highest wind of the whole track
    near_wind: float | None  # the highest wind while within NEAR_KM


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where the tracks come from."""

    attribution: str
    licence: str
    as_of: str
    changed: str
