"""From a device that fell silent or is ill to an incident, and back."""

from __future__ import annotations

from datetime import datetime

from pengcheng.domains.command import models
from pengcheng.domains.command.events import IncidentClosed
from pengcheng.domains.command.ops import raising
from pengcheng.domains.command.ops.journal import facts_of, write
from pengcheng.domains.devices.events import DeviceBack, DeviceIll, DeviceLate
from pengcheng.domains.sensing.events import LimitCrossed
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource

ATTRIBUTES = {
    "flapping": ("deviceFlapping", "设备频繁上下线", "device comes and goes"),
    "stuck": ("deviceStuck", "读数长时间不变", "value stands still"),
    "out_of_range": ("deviceOutOfRange", "读数超出范围", "reading out of range"),
}


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


def raise_ill(context: Context, ill: DeviceIll, at: datetime) -> str:
    """An illness is told the same way: what was seen, and what it passed."""
    attribute, zh, en = ATTRIBUTES[ill.health]
    about = f"（{ill.about}）" if ill.about else ""
    about_en = f" ({ill.about})" if ill.about else ""
    crossing = LimitCrossed(
        subject=ill.subject,
        limit=_limit(ill.device, ill.health),
        limit_zh=f"{zh}：{ill.name}{about}",
        limit_en=f"{en}: {ill.name}{about_en}",
        severity="minor",
        direction=ill.direction,
        raise_at=ill.bound,
        entity=ill.entity,
        attribute=attribute,
        observation="",
        value=ill.value,
        unit_code=ill.unit_code,
        observed_at=at,
        provenance="measured",
    )
    return raising.raise_from(context, crossing)


def _limit(device: str, health: str = "late") -> str:
    """One open incident for a device and what is the matter with it."""
    return f"device-{device}" if health == "late" else f"device-{device}-{health}"


def note_back(context: Context, back: DeviceBack, at: datetime) -> str | None:
    """What nobody took up yet closes by itself; what somebody has in hand is only told."""
    return note_over(context, _limit(back.device, back.was), at)


def note_over(context: Context, limit: str, at: datetime) -> str | None:
    """The same for whatever ends by itself."""
    rows = models.Incident.objects.select_for_update().filter(limit=limit)
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
