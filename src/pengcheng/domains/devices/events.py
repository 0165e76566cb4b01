"""What happened to devices."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pengcheng.domains.devices.contracts import CommandState, Health, RolloutState
from pengcheng.kernel.event import Event


class DeviceAdded(Event, frozen=True, kw_only=True):
    """A device was registered."""

    type: ClassVar[str] = "devices.device.added"
    device: str
    name: str
    profile: str


class DeviceLate(Event, frozen=True, kw_only=True):
    """A device should have spoken and did not: an incident for whoever keeps it."""

    type: ClassVar[str] = "devices.device.late"
    device: str
    name: str
    entity: str
    owner: str
    place: str
    interval: int
    seen_at: datetime


class DeviceIll(Event, frozen=True, kw_only=True):
    """A device speaks, but not as it should: it flaps, stands still, or is out of range.

    ``value`` is what was seen (connections, seconds, a refused reading), ``bound`` what it passed.
    """

    type: ClassVar[str] = "devices.device.ill"
    device: str
    name: str
    entity: str
    health: Health
    about: str
    value: float
    bound: float
    unit_code: str
    direction: Literal["above", "below"] = "above"


class DeviceBack(Event, frozen=True, kw_only=True):
    """What was the matter with a device is over: ``was``, late where nothing is said."""

    type: ClassVar[str] = "devices.device.back"
    device: str
    name: str
    health: Health
    was: Health = "late"


class CommandEnded(Event, frozen=True, kw_only=True):
    """A command was done, failed or came too late."""

    type: ClassVar[str] = "devices.command.ended"
    command: str
    device: str
    method: str
    state: CommandState


class RolloutMoved(Event, frozen=True, kw_only=True):
    """A roll-out of firmware began, went on, stood still or ended."""

    type: ClassVar[str] = "devices.rollout.moved"
    rollout: str
    package: str
    state: RolloutState
    stage: int
    reason: str
