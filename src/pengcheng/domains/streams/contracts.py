"""What others may know of rules on the stream: frozen values."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from pengcheng.domains.sensing.contracts import Severity

Kind = Literal[
    "each", "rate", "count", "tumbling", "sliding", "session", "absence", "sequence", "learned"
]
KINDS: tuple[Kind, ...] = (
    "each",
    "rate",
    "count",
    "tumbling",
    "sliding",
    "session",
    "absence",
    "sequence",
    "learned",
)
Verdict = Literal["fired", "corrected", "retracted"]
VERDICTS: tuple[Verdict, ...] = ("fired", "corrected", "retracted")
MOST_SECONDS = 604_800  # a week: more would keep more than a state should carry
MOST_KEPT = 5000


class Reading(msgspec.Struct, frozen=True):
    """One value of the stream; ``id`` is the observation's."""

    id: str
    at: datetime
    value: float


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """Limits for each hour of the week, learned from the past and judged on a later past."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    asked_rate: float
    measured_rate: float
    learned_from: int
    judged_on: int
    begins: datetime
    ends: datetime


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What is watched, how, and when it is news. ``condition`` and ``then`` are FEEL."""

    id: str
    zh: str
    en: str
    entity_type: str
    attribute: str
    kind: Kind
    condition: str
    then: str = ""
    seconds: int = 0  # length of a window, a session's gap, how long to wait
    number: int = 0  # readings of a count window
    lateness: int = 0  # how long the stream waits for readings that are late
    corrections: int = 0  # how long after that a closed window may be corrected
    quiet: int = 0  # after a firing, nothing of the same entity for so long
    area: str = ""  # a district's code: only entities in it
    severity: Severity = "moderate"
    incident: bool = True
    active: bool = True
    false_alarms: float = 0.01
    baseline: Baseline | None = None
    version: int = 0


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it was, who changed it and when."""

    rule: Rule
    changed_by: str
    changed_at: datetime


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """A rule held; ``observations`` are those that caused it. ``key`` makes it one only."""

    key: str
    at: datetime
    value: float
    observations: tuple[str, ...]
    verdict: Verdict = "fired"


class Fired(msgspec.Struct, frozen=True, kw_only=True):
    """A firing as it is kept."""

    id: str
    rule: str
    version: int
    entity: str
    firing: Firing
    noted_at: datetime


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would have done with the past of one entity."""

    entity: str
    readings: tuple[Reading, ...]
    firings: tuple[Firing, ...]
    late: int
