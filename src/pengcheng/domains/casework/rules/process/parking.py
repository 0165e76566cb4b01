"""How long to wait before something that is out of order is tried again."""

from datetime import datetime, timedelta
from typing import Any

from pengcheng.domains.casework.contracts import Label, StepState
from pengcheng.domains.casework.rules.process.status import StepStatus

MINUTES = (1, 2, 5, 15, 30, 60, 180)


def parked(
    status: StepStatus | None, waiting_for: Label, now: datetime, seconds: int | None = None
) -> dict[str, Any]:
    """The changes of a step that has to wait; each failure waits longer than the one before."""
    attempts = (status.attempts if status else 0) + 1
    usual = MINUTES[min(attempts, len(MINUTES)) - 1] * 60
    return {
        "state": StepState.PARKED,
        "attempts": attempts,
        "next_try_at": now + timedelta(seconds=seconds or usual),
        "waiting_zh": waiting_for.zh,
        "waiting_en": waiting_for.en,
        "begun_at": status.begun_at if status and status.begun_at else now,
    }
