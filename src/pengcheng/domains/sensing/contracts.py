"""What others may know of sensing: frozen values, in the words of NGSI-LD."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Provenance = Literal["measured", "replayed", "generated"]
PROVENANCES: tuple[Provenance, ...] = ("measured", "replayed", "generated")
Severity = Literal["minor", "moderate", "severe", "extreme"]
SEVERITIES: tuple[Severity, ...] = ("minor", "moderate", "severe", "extreme")
Direction = Literal["above", "below"]
DIRECTIONS: tuple[Direction, ...] = ("above", "below")
ReplayPhase = Literal["running", "paused", "ended"]
REPLAY_PHASES: tuple[ReplayPhase, ...] = ("running", "paused", "ended")
MAX_BATCH = 1000


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be observed: its unit and the range that physics allows."""

    name: str = ""
    zh: str
    en: str
    unit_code: str
    unit: str
    lowest: float
    highest: float
    decimals: int


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that is observed. Coordinates are WGS 84; ``district`` is a code of places.

    With an empty district and coordinates given, saving finds the district.
    """

    id: str
    type: str
    zh: str
    en: str
    longitude: float | None = None
    latitude: float | None = None
    district: str = ""
    district_zh: str = ""
    district_en: str = ""
    source: str = ""


class ObservationIn(msgspec.Struct, frozen=True, kw_only=True):
    """A reading as it is sent in. An empty unit code means the attribute's own unit."""

    entity: str
    attribute: str
    value: float
    observed_at: datetime
    unit_code: str = ""


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """A reading as it is kept: when it was observed, when it reached us, and how it came to be."""

    id: str
    entity: str
    attribute: str
    value: float
    unit_code: str
    observed_at: datetime
    recorded_at: datetime
    provenance: Provenance
    source: str


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """One row that was not taken, by its place in the batch, and why."""

    index: int
    code: str
    zh: str
    en: str


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch."""

    accepted: tuple[str, ...]
    duplicates: int
    refused: tuple[Refused, ...]


class Latest(msgspec.Struct, frozen=True, kw_only=True):
    """The newest reading of one attribute of one entity, with what a reader needs to judge it."""

    entity: Entity
    observation: Observation


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A page of readings, newest first; ``following`` is the next page's cursor, or empty."""

    items: tuple[Observation, ...]
    following: str = ""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A threshold rule; the gap from ``raise_at`` to ``clear_at`` keeps a trembling value quiet."""

    id: str
    entity_type: str
    attribute: str
    direction: Direction
    raise_at: float
    clear_at: float
    severity: Severity
    zh: str
    en: str
    basis: str
    hold_seconds: int = 0
    clear_hold_seconds: int = 0
    entity: str = ""
    active: bool = True


class DistrictTotal(msgspec.Struct, frozen=True, kw_only=True):
    """The sum of an attribute's newest readings in one district."""

    district: str
    zh: str
    en: str
    entities: int
    total: float
    observed_at: datetime
    recorded_at: datetime


class ReplayRow(msgspec.Struct, frozen=True, kw_only=True):
    """All readings of one entity at one moment of a data set."""

    entity: str
    observed_at: datetime
    readings: dict[str, float]


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """A data set played again as if it were now."""

    id: str
    source: str
    zh: str
    en: str
    phase: ReplayPhase
    cursor: datetime
    ends_at: datetime
    step_seconds: float
    stepped_at: datetime


class CityModel(msgspec.Struct, frozen=True, kw_only=True):
    """A city data model, and how often what was written did not fit it; the last time of that."""

    name: str
    subject: str
    version: str
    fields: int
    required: tuple[str, ...]
    strict: bool
    count: int = 0
    refused: int = 0
    at: datetime | None = None
    entity: str = ""
    attribute: str = ""
    expected: str = ""
