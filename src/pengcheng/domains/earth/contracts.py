"""What others may know of storms and scenes: frozen values. Distances in km, winds in m/s, times in
UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

SHENZHEN = (114.06, 22.54)
NEAR_KM = 300.0
SIMULATED = "pengcheng:simulated"
"""The property that says of a scene or collection that it was made up."""


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


class NewScene(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of the ground from above, as a STAC item tells it; checked."""

    id: str
    geometry: dict[str, Any] | None
    bbox: tuple[float, ...]
    at: datetime | None  # None: only from when to when is known
    start: datetime
    end: datetime
    cloud: float | None
    properties: dict[str, Any]
    assets: dict[str, Any]
    links: tuple[dict[str, Any], ...]
    extensions: tuple[str, ...]

    @property
    def simulated(self) -> bool:
        return self.properties.get(SIMULATED) is True

    @property
    def title(self) -> str:
        told = self.properties.get("title")
        return told[:300] if isinstance(told, str) and told.strip() else self.id


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Who put something into the catalogue, when, and which version this is."""

    by: str
    at: datetime
    changed_at: datetime
    version: int
    key: str

    @property
    def etag(self) -> str:
        return f'"{self.key}-{self.version}"'


class Scene(NewScene, frozen=True, kw_only=True):
    """A scene of the catalogue."""

    collection: str
    kept: Kept


class NewCollection(msgspec.Struct, frozen=True, kw_only=True):
    """Scenes of one origin: ``document`` has its extent, providers and whatever else is told."""

    id: str
    title: str
    description: str
    licence: str
    document: dict[str, Any]
    links: tuple[dict[str, Any], ...]
    extensions: tuple[str, ...]

    @property
    def simulated(self) -> bool:
        return self.document.get(SIMULATED) is True

    @property
    def providers(self) -> tuple[str, ...]:
        return tuple(each["name"] for each in self.document.get("providers", ()))


class Collection(NewCollection, frozen=True, kw_only=True):
    """A collection of the catalogue."""

    kept: Kept


class Order(msgspec.Struct, frozen=True):
    """A field to sort by, and whether from the largest down."""

    field: str
    down: bool = False


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which scenes; ``after`` is where the page before ended, ``place`` a geometry."""

    collections: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    place: dict[str, Any] | None = None
    start: datetime | None = None
    end: datetime | None = None
    cloud: float | None = None
    sort: tuple[Order, ...] = ()
    after: tuple[str | float, ...] = ()
    skip: int = 0
    limit: int = 10


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A page of scenes; ``total`` is None where counting would mean reading very many."""

    scenes: tuple[Scene, ...]
    after: tuple[str | float, ...] = ()
    total: int | None = None
