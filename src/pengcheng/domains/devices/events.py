"""What happened to devices."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pengcheng.domains.devices.contracts import CommandState, Health
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


class DeviceBack(Event, frozen=True, kw_only=True):
    """A device that was late has spoken again."""

    type: ClassVar[str] = "devices.device.back"
    device: str
    name: str
    health: Health


class CommandEnded(Event, frozen=True, kw_only=True):
    """A command was done, failed or came too late."""

    type: ClassVar[str] = "devices.command.ended"
    command: str
    device: str
    method: str
    state: CommandState
