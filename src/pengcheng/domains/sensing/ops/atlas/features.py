"""Features and collections, whatever store they come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from shapely.geometry.base import BaseGeometry

from pengcheng.kit.ngsild import geometry
from pengcheng.kit.ngsild.fitting import Misfit, Model
from pengcheng.kit.ogc.asking import Times

Points = list[tuple[datetime, Any]]
MOST_SEEN = 500_000  # features that are looked at for one answer


@dataclass
class Feature:
    """One thing on the map. ``observed`` names what has a series in time."""

    id: str
    geometry: dict[str, Any] | None
    values: dict[str, Any]
    time: datetime | None = None
    observed: tuple[str, ...] = ()
    source: Source | None = field(default=None, repr=False)
    verdict: tuple[Model, list[Misfit]] | None = None  # of its city data model; asked for of one

    @cached_property
    def shape(self) -> BaseGeometry | None:
        known = self.geometry is not None and geometry.looks_like(self.geometry)
        return geometry.to_shape(self.geometry or {}) if known else None

    @property
    def title(self) -> str:
        return str(self.values.get("name") or self.id)


@dataclass(frozen=True)
class Parameter:
    """Something that is observed."""

    name: str
    iri: str
    zh: str
    en: str
    unit: str = ""


@dataclass
class Collection:
    id: str
    zh: str
    en: str
    count: int
    about_zh: str = ""
    about_en: str = ""
    sources: list[Source] = field(default_factory=list)


@dataclass
class Summary:
    """What one look through a collection tells."""

    count: int = 0
    box: tuple[float, float, float, float] | None = None
    times: tuple[datetime, datetime] | None = None
    properties: dict[str, str] = field(default_factory=dict)  # name → type of JSON Schema
    parameters: dict[str, Parameter] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)  # of geometries


class Source(Protocol):
    def collections(self) -> list[Collection]: ...
    def features(self, collection: str) -> Iterator[Feature]: ...
    def feature(self, collection: str, identity: str) -> Feature | None: ...
    def parameter(self, feature: Feature, name: str) -> Parameter: ...
    def span(self, feature: Feature) -> tuple[datetime, datetime] | None: ...
    def series(self, feature: Feature, name: str, times: Times, most: int) -> Points: ...
