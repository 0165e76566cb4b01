"""What happened to incidents."""

from __future__ import annotations

from typing import ClassVar

from pengcheng.domains.command.contracts import Outcome, State
from pengcheng.kernel.event import Event


class IncidentEvent(Event, frozen=True, kw_only=True):
    """What every event of an incident tells."""

    number: str
    level: int
    state: State
    version: int


class IncidentRaised(IncidentEvent, frozen=True, kw_only=True):
    """A limit was crossed and an incident stands open. Its cause is the crossing."""

    type: ClassVar[str] = "command.incident.raised"
    zh: str
    en: str
    entity: str
    limit: str
    observation: str
    district: str


class IncidentAppended(IncidentEvent, frozen=True, kw_only=True):
    """The limit was crossed again while the incident was still open."""

    type: ClassVar[str] = "command.incident.appended"
    observation: str


class IncidentAcknowledged(IncidentEvent, frozen=True, kw_only=True):
    """An official took notice."""

    type: ClassVar[str] = "command.incident.acknowledged"
    seconds: int


class IncidentAssigned(IncidentEvent, frozen=True, kw_only=True):
    """A unit was given the incident."""

    type: ClassVar[str] = "command.incident.assigned"
    unit: str


class IncidentStarted(IncidentEvent, frozen=True, kw_only=True):
    """The unit has begun."""

    type: ClassVar[str] = "command.incident.started"
    unit: str


class IncidentResolved(IncidentEvent, frozen=True, kw_only=True):
    """The unit reports the matter settled."""

    type: ClassVar[str] = "command.incident.resolved"
    unit: str


class IncidentClosed(IncidentEvent, frozen=True, kw_only=True):
    """The incident is over: handled, or a false alarm."""

    type: ClassVar[str] = "command.incident.closed"
    outcome: Outcome


class IncidentReopened(IncidentEvent, frozen=True, kw_only=True):
    """The matter was not settled after all."""

    type: ClassVar[str] = "command.incident.reopened"
