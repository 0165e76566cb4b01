"""The watch on steps: days that are over, deadlines, and what is to be tried again."""

import logging

from django.db.models import Q

from pengcheng.domains.casework import events
from pengcheng.domains.casework.contracts import Step, StepState
from pengcheng.domains.casework.models import StepRecord
from pengcheng.domains.casework.ops.process.driving import go_on
from pengcheng.domains.casework.ops.walking import Walk, walking
from pengcheng.domains.casework.rules.process.status import ACTIVE, OPEN, StepStatus
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit

log = logging.getLogger(__name__)
BATCH = 500


def run_steps(context: Context) -> int:
    """Each case in a transaction of its own; one that fails is logged and comes again next time."""
    permit(context, "casework.process.run")
    done = 0
    for case_id in _due():
        try:
            _one(context, case_id)
            done += 1
        except Exception:
            log.exception("the process of case %s could not go on", case_id)
    return done


def _due() -> list[str]:
    today = clock.today()
    waiting = Q(state=StepState.WAITING, kind="timer", due_on__lt=today)
    parked = Q(state=StepState.PARKED, next_try_at__lte=clock.now())
    promised = Q(state__in=OPEN) & ~Q(kind="timer")
    late = promised & Q(overrun=False, due_on__lt=today)
    soon = promised & Q(warned=False, warn_on__lte=today, due_on__gte=today)
    rows = StepRecord.objects.filter(waiting | parked | late | soon, case__state__in=ACTIVE)
    found = rows.order_by("due_on", "next_try_at").values_list("case_id", flat=True)
    return list(dict.fromkeys(found[:BATCH]))


def _one(context: Context, case_id: str) -> None:
    with walking(context, case_id, Step.STEP_WARNED) as walk:
        if walk.row.state not in ACTIVE:
            return  # another worker was faster
        for step_id, status in walk.state.process.items():
            _watch(walk, step_id, status)
        go_on(walk)


def _watch(walk: Walk, step_id: str, status: StepStatus) -> None:
    today, kind = clock.today(), _kind(walk, step_id)
    if status.state not in OPEN or status.due_on is None or kind == "timer":
        return
    if status.due_on < today and not status.overrun:
        walk.line(Step.STEP_OVERRUN, step_id, {"overrun": True})
        walk.tell(events.StepOverdue, step_id=step_id, due_on=str(status.due_on))
    elif status.warn_on and status.warn_on <= today <= status.due_on and not status.warned:
        walk.line(Step.STEP_WARNED, step_id, {"warned": True})
        walk.tell(events.StepDueSoon, step_id=step_id, due_on=str(status.due_on))


def _kind(walk: Walk, step_id: str) -> str:
    steps = walk.pinned.process.steps if walk.pinned.process else ()
    return next((step.kind for step in steps if step.id == step_id), "")
