"""The watch on promised time: warn once, record an overrun once, close what nobody can appeal."""

import logging

from django.db.models import QuerySet

from pengcheng.domains.casework import events
from pengcheng.domains.casework.contracts import State, Step
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.casework.ops import lookup
from pengcheng.domains.casework.ops.walking import Words, walking
from pengcheng.domains.casework.rules.table import ENDED, RUNNING
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit

log = logging.getLogger(__name__)
BATCH = 500


def check_clocks(context: Context) -> int:
    """Each case in a transaction of its own: one that fails must not hold up the others."""
    permit(context, "casework.case.clock")
    lookup.forget_old()
    today = clock.today()
    running = CaseRecord.objects.filter(state__in=RUNNING)
    ended = CaseRecord.objects.filter(state__in=ENDED - {State.CLOSED})
    return (
        _each(context, Step.OVERRUN, running.filter(overrun=False, due_on__lt=today))
        + _each(
            context,
            Step.WARN,
            running.filter(warned=False, warn_on__lte=today, due_on__gte=today),
        )
        + _each(context, Step.CLOSE, ended.filter(open_until__lt=today))
    )


def _each(context: Context, step: Step, rows: QuerySet[CaseRecord]) -> int:
    done = 0
    for case_id in rows.order_by("due_on").values_list("pk", flat=True)[:BATCH]:
        try:
            _one(context, step, case_id)
            done += 1
        except Exception:
            log.exception("clock step %s of case %s failed", step, case_id)
    return done


def _one(context: Context, step: Step, case_id: str) -> None:
    with walking(context, case_id, step) as walk:
        if (step == Step.OVERRUN and walk.row.overrun) or (step == Step.WARN and walk.row.warned):
            return  # another worker was faster
        walk.step(step, Words())
        if step == Step.CLOSE:
            walk.tell(events.CaseClosed)
        else:
            kind = events.CaseOverdue if step == Step.OVERRUN else events.CaseDueSoon
            walk.tell(kind, due_on=str(walk.row.due_on))
