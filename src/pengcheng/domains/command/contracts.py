"""What others may know of command: frozen values."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

State = Literal["open", "acknowledged", "assigned", "in_progress", "resolved", "closed"]
STATES: tuple[State, ...] = (
    "open",
    "acknowledged",
    "assigned",
    "in_progress",
    "resolved",
    "closed",
)
Step = Literal["acknowledge", "assign", "start", "resolve", "close", "reopen", "dismiss"]
Outcome = Literal["", "handled", "false_alarm"]
OUTCOMES: tuple[Outcome, ...] = ("", "handled", "false_alarm")
LEVELS = (1, 2, 3, 4)


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the city that needs a hand. ``level`` 1 (I) is the gravest, 4 (IV) the least."""

    id: str
    number: str
    zh: str
    en: str
    state: State
    outcome: Outcome
    level: int
    limit: str
    entity: str
    entity_zh: str
    entity_en: str
    attribute: str
    value: float
    unit_code: str
    provenance: str
    observation: str
    observed_at: datetime
    district: str
    district_zh: str
    district_en: str
    longitude: float | None
    latitude: float | None
    unit: str
    crossings: int
    raised_at: datetime
    acknowledged_at: datetime | None
    closed_at: datetime | None
    cleared_at: datetime | None
    updated_at: datetime
    version: int

    @property
    def seconds_to_acknowledge(self) -> int | None:
        """How long it stood before someone took notice."""
        if self.acknowledged_at is None:
            return None
        return int((self.acknowledged_at - self.raised_at).total_seconds())


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an incident's journal."""

    sequence: int
    at: datetime
    actor: str
    actor_name: str
    action: str
    from_state: str
    to_state: str
    reason: str
    unit: str
    event: str
    cause: str


class IncidentQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which incidents are asked for."""

    state: str = ""
    level: int = 0
    district: str = ""
    search: str = ""
    only_open: bool = False
    sort: str = "-raised_at"


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who can be sent. ``busy`` is the number of open incidents it has in hand."""

    id: str
    zh: str
    en: str
    skills: tuple[str, ...]
    longitude: float
    latitude: float
    simulated: bool = True
    busy: int = 0
    distance_km: float | None = None


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table that grades: by the attribute's value, or by the limit's severity."""

    id: str
    level: int
    basis: str
    severity: str = ""
    attribute: str = ""
    direction: str = ""
    threshold: float | None = None


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the state machine: a step, where it may begin and where it leads."""

    step: Step
    before: frozenset[State]
    after: State
    needs_reason: bool = False
    needs_unit: bool = False
    outcome: Outcome = ""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """What someone wants to do with an incident, and the version they saw."""

    step: Step
    version: int
    reason: str = ""
    unit: str = ""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link of the chain from an incident back to what was observed."""

    kind: Literal["incident", "event", "observation", "entity"]
    id: str
    type: str
    at: datetime | None
    facts: dict[str, str]


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents by state and by level (open ones), and the median seconds to acknowledge."""

    states: dict[str, int]
    levels: dict[int, int]
    median_seconds: float | None
    counted_at: datetime
