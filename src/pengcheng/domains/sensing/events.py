"""What happened in sensing."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pengcheng.domains.sensing.contracts import Direction, Provenance, Severity
from pengcheng.kernel.event import Event


class ObservationsRecorded(Event, frozen=True, kw_only=True):
    """A batch of readings was taken in; the live faces listen to it."""

    type: ClassVar[str] = "sensing.observation.recorded"
    source: str
    provenance: Provenance
    count: int
    newest: datetime
    first: str = ""  # the batch's observations lie between these two ids
    last: str = ""
    judged: bool = True  # false: history, which raises nothing


class LimitCrossed(Event, frozen=True, kw_only=True):
    """A reading went beyond a limit, first in this episode. Its cause is the observation."""

    type: ClassVar[str] = "sensing.limit.crossed"
    limit: str
    limit_zh: str
    limit_en: str
    severity: Severity
    direction: Direction
    raise_at: float
    entity: str
    attribute: str
    observation: str
    value: float
    unit_code: str
    observed_at: datetime
    provenance: Provenance


class LimitCleared(Event, frozen=True, kw_only=True):
    """The readings are within the limit again: the episode is over, by the observation."""

    type: ClassVar[str] = "sensing.limit.cleared"
    limit: str
    entity: str
    attribute: str
    observation: str
    value: float
    observed_at: datetime
    opened_by: str
