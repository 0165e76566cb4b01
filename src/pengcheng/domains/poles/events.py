"""What happened to poles."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pengcheng.domains.poles.contracts import Severity
from pengcheng.kernel.event import Event


class FaultOpened(Event, frozen=True, kw_only=True):
    """Something on a pole does not work. ``entity`` is that of the mount, else of the pole."""

    type: ClassVar[str] = "poles.fault.opened"
    fault: str
    pole: str
    code: str
    entity: str
    severity: Severity
    at: datetime
    simulated: bool


class FaultRepaired(Event, frozen=True, kw_only=True):
    """It works again."""

    type: ClassVar[str] = "poles.fault.repaired"
    fault: str
    entity: str
    at: datetime
