"""Counts for boards: load, not persons' data."""

from datetime import datetime, timedelta

from django.db.models import Count, Q

from pengcheng.domains.casework.contracts import (
    Board,
    ClockState,
    GroupLoad,
    OfficialLoad,
    Person,
)
from pengcheng.domains.casework.models import CaseRecord
from pengcheng.domains.casework.ops.listing import clock_filter
from pengcheng.domains.casework.rules.table import OPEN
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit


def board(context: Context) -> Board:
    permit(context, "casework.board.read")
    now = clock.now()
    decided = CaseRecord.objects.filter(decided_at__gte=now - timedelta(days=30))
    states = CaseRecord.objects.values_list("state").annotate(n=Count("pk")).order_by("state")
    return Board(
        at=now,
        groups=_groups(now),
        officials=_officials(now),
        states=dict(states),
        decided_30_days=decided.count(),
        automatic_30_days=decided.filter(automatic=True).count(),
    )


def _groups(now: datetime) -> tuple[GroupLoad, ...]:
    today = clock.local(now).date()

    def shade(state: ClockState) -> Count:
        return Count("pk", filter=clock_filter(state, today))

    rows = (
        CaseRecord.objects.filter(state__in=OPEN)
        .values("group")
        .annotate(
            open=Count("pk"),
            unassigned=Count("pk", filter=Q(assignee_id="")),
            warning=shade(ClockState.WARNING),
            overdue=shade(ClockState.OVERDUE),
            paused=shade(ClockState.PAUSED),
        )
        .order_by("-overdue", "-open", "group")
    )
    return tuple(GroupLoad(**row) for row in rows)


def _officials(now: datetime) -> tuple[OfficialLoad, ...]:
    overdue = clock_filter(ClockState.OVERDUE, clock.local(now).date())
    rows = (
        CaseRecord.objects.filter(state__in=OPEN)
        .exclude(assignee_id="")
        .values_list("assignee_id", "assignee_name")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=overdue))
        .order_by("-overdue", "-open", "assignee_name")
    )
    return tuple(
        OfficialLoad(official=Person(id_, name), open=open_, overdue=late)
        for id_, name, open_, late in rows
    )
