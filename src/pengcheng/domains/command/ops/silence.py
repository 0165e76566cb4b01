"""From a device that fell silent to an incident, and back."""

from __future__ import annotations

from datetime import datetime

from pengcheng.domains.command import models
from pengcheng.domains.command.events import IncidentClosed
from pengcheng.domains.command.ops import raising
from pengcheng.domains.command.ops.journal import facts_of, write
from pengcheng.domains.devices.events import DeviceBack, DeviceLate
from pengcheng.domains.sensing.events import LimitCrossed
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource


def raise_from(context: Context, late: DeviceLate, at: datetime) -> str:
    """Told as a crossed limit is: the value is for how many seconds it has been silent."""
    crossing = LimitCrossed(
        subject=late.subject,
        limit=_limit(late.device),
        limit_zh=f"设备失联：{late.name}",
        limit_en=f"device is silent: {late.name}",
        severity="minor",
        direction="above",
        raise_at=float(late.interval),
        entity=late.entity,
        attribute="deviceSilence",
        observation="",
        value=float(round((at - late.seen_at).total_seconds())),
        unit_code="SEC",
        observed_at=late.seen_at,
        provenance="measured",
    )
    return raising.raise_from(context, crossing)


def _limit(device: str) -> str:
    return f"device-{device}"


def note_back(context: Context, back: DeviceBack, at: datetime) -> str | None:
    """What nobody took up yet closes by itself; what somebody has in hand is only told."""
    rows = models.Incident.objects.select_for_update().filter(limit=_limit(back.device))
    with act(context, "command.incident.raise", Resource(kind="incident")) as acting:
        incident = rows.exclude(state="closed").first()
        if incident is None or incident.cleared_at is not None:
            return None
        acting.concerns(Resource(kind="incident", id=incident.id))
        before = incident.state
        incident.cleared_at = incident.updated_at = at
        incident.version += 1
        event = ""
        if before == "open":
            incident.state, incident.outcome, incident.closed_at = "closed", "handled", at
            event = acting.emit(IncidentClosed(**facts_of(incident), outcome="handled"))
        incident.save()
        action = "close" if event else "cleared"
        write(context, incident, action=action, before=before, event=event, cause=True)
    return incident.id
