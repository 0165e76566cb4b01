"""What happens to the steps when the case stops, goes on or ends."""

from datetime import date, datetime
from typing import Any

from pengcheng.domains.casework.contracts import StepState
from pengcheng.domains.casework.rules import timing
from pengcheng.domains.casework.rules.process.status import OPEN, Statuses, told
from pengcheng.kernel.workcalendar import WorkCalendar


def moved_on(
    statuses: Statuses, paused_on: date | None, today: date, warn_days: dict[str, int]
) -> dict[str, Any]:
    """The days of open steps, moved on by the working days that the pause took."""
    found: dict[str, Any] = {}
    for step_id, status in statuses.items():
        if status.state not in OPEN or status.due_on is None or paused_on is None:
            continue
        span = timing.resumed(
            WorkCalendar.china(), status.due_on, paused_on, today, warn_days.get(step_id, 1)
        )
        warned = status.warned and today >= span.warn_on
        found |= told(step_id, due_on=span.due_on, warn_on=span.warn_on, warned=warned)
    return found


def cancelled(statuses: Statuses, now: datetime) -> dict[str, Any]:
    """Open steps end with the case."""
    found: dict[str, Any] = {}
    for step_id, status in statuses.items():
        if status.state in OPEN:
            found |= told(step_id, state=StepState.CANCELLED, ended_at=now)
    return found
