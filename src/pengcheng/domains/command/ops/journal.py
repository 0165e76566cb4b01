"""The journal of an incident, and what every one of its events tells."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.command import models
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context


def facts_of(incident: models.Incident) -> dict[str, Any]:
    """The part that all events of an incident share."""
    return {
        "subject": f"incident/{incident.id}",
        "number": incident.number,
        "level": incident.level,
        "state": incident.state,
        "version": incident.version,
    }


def write(
    context: Context,
    incident: models.Incident,
    *,
    action: str,
    before: str = "",
    reason: str = "",
    event: str = "",
    cause: bool = False,
) -> None:
    """Add a line. With ``cause`` the line stands for the event that caused it, and only one may."""
    last = models.JournalEntry.objects.filter(incident=incident).count()
    models.JournalEntry.objects.create(
        incident=incident,
        sequence=last + 1,
        at=clock.now(),
        actor=context.actor.id,
        actor_name=context.actor.name,
        action=action,
        from_state=before,
        to_state=incident.state,
        reason=reason,
        unit=incident.unit_id or "",
        event=event,
        cause=(context.cause or "") if cause else "",
    )
