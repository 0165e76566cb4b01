"""The only door into command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pengcheng.domains.cameras.events import AlarmRaised
from pengcheng.domains.command import contracts, rules
from pengcheng.domains.command.ops import (
    alarms,
    breakage,
    moving,
    raising,
    reading,
    silence,
    tables,
)
from pengcheng.domains.devices.events import DeviceBack, DeviceIll, DeviceLate
from pengcheng.domains.poles.events import FaultOpened, FaultRepaired
from pengcheng.domains.sensing.events import LimitCleared, LimitCrossed
from pengcheng.domains.streams.events import RuleFired
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit


def raise_from_limit(*, context: Context, crossing: LimitCrossed) -> str:
    """Raise an incident for a crossed limit, or append to the open one; returns its id."""
    return raising.raise_from(context, crossing)


def raise_from_rule(*, context: Context, fired: RuleFired) -> str | None:
    """Raise an incident for a rule that fired; a firing taken back is noted in the open one."""
    return raising.raise_from_rule(context, fired)


def raise_from_device(*, context: Context, late: DeviceLate, at: datetime) -> str:
    """Raise an incident for a device that fell silent; returns its id."""
    return silence.raise_from(context, late, at)


def raise_from_illness(*, context: Context, ill: DeviceIll, at: datetime) -> str:
    """Raise an incident for a device that is ill; returns its id."""
    return silence.raise_ill(context, ill, at)


def note_device_back(*, context: Context, back: DeviceBack, at: datetime) -> str | None:
    """Close the incident of what is over if nobody took it up, else note it."""
    return silence.note_back(context, back, at)


def raise_from_fault(*, context: Context, fault: FaultOpened) -> str:
    """Open an incident for a fault on a pole, once."""
    return breakage.raise_from(context, fault)


def raise_from_alarm(*, context: Context, alarm: AlarmRaised) -> str:
    """Open an incident for an alarm of a camera, or write it into the open one."""
    return alarms.raise_from(context, alarm)


def note_fault_repaired(*, context: Context, repaired: FaultRepaired) -> str | None:
    """It works again; returns the incident, if one stood open."""
    return breakage.note_repaired(context, repaired)


def note_limit_cleared(*, context: Context, cleared: LimitCleared) -> str | None:
    """Write into the open incident that the readings are within the limit again."""
    return raising.note_cleared(context, cleared)


def move(*, context: Context, incident_id: str, move: contracts.Move) -> contracts.Incident:
    """Take one step of the state machine. Raises Conflict, Invalid, NotFound."""
    return moving.move(context, incident_id, move)


def steps(*, incident: contracts.Incident) -> tuple[contracts.Transition, ...]:
    """What may be done with an incident now."""
    return rules.steps_from(incident.state)


def all_steps() -> tuple[contracts.Transition, ...]:
    """The whole state machine."""
    return tuple(rules.TRANSITIONS.values())


def incident(*, context: Context, incident_id: str) -> contracts.Incident:
    """One incident. Raises NotFound."""
    _may_read(context, incident_id)
    return reading.incident_contract(reading.find(incident_id))


def incidents(
    *,
    context: Context,
    query: contracts.IncidentQuery,
    offset: int = 0,
    limit: int = 50,
) -> tuple[tuple[contracts.Incident, ...], int]:
    """A page of incidents, and how many there are in all."""
    _may_read(context)
    return reading.incidents(query, offset=offset, limit=limit)


def journal(*, context: Context, incident_id: str) -> tuple[contracts.JournalEntry, ...]:
    """Every step of an incident, oldest first."""
    _may_read(context, incident_id)
    return reading.journal(incident_id)


def chain(*, context: Context, incident_id: str) -> tuple[contracts.Link, ...]:
    """From the incident back to the observation, link by link."""
    _may_read(context, incident_id)
    return reading.chain(context, incident_id)


def counts(*, context: Context) -> contracts.Counts:
    """Incidents by state and level."""
    _may_read(context)
    return reading.counts()


def units_for(*, context: Context, incident: contracts.Incident) -> tuple[contracts.Unit, ...]:
    """The units to offer: skilled and free first, then the nearest."""
    _may_read(context, incident.id)
    place = None
    if incident.longitude is not None and incident.latitude is not None:
        place = (incident.longitude, incident.latitude)
    return rules.fitting_units(tables.units(), attribute=incident.attribute, place=place)


def units(*, context: Context) -> tuple[contracts.Unit, ...]:
    """Every unit."""
    _may_read(context)
    return tables.units()


def save_units(*, context: Context, units: Sequence[contracts.Unit]) -> int:
    """Set units."""
    return tables.save_units(context, units)


def save_levels(*, context: Context, levels: Sequence[contracts.Level]) -> int:
    """Set rows of the grading table."""
    return tables.save_levels(context, levels)


def _may_read(context: Context, incident_id: str = "") -> None:
    permit(context, "command.incident.read", Resource(kind="incident", id=incident_id))
