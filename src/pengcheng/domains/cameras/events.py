"""What happened to cameras."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pengcheng.domains.cameras.contracts import Severity
from pengcheng.kernel.event import Event


class AlarmRaised(Event, frozen=True, kw_only=True):
    """A device reported an alarm of the first, second or third degree."""

    type: ClassVar[str] = "cameras.alarm.raised"
    alarm: str
    number: str
    name: str
    entity: str
    method: int
    method_zh: str
    method_en: str
    severity: Severity
    at: datetime
    simulated: bool
    longitude: float | None = None
    latitude: float | None = None
    district: str = ""
    district_zh: str = ""
    district_en: str = ""
