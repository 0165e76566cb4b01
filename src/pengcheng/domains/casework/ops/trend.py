"""How load comes and goes: the age of what is open, and thirty days of opened and decided."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from pengcheng.domains.casework.contracts import Step
from pengcheng.domains.casework.contracts.desk import AGES, Ageing, DayCount, Trend
from pengcheng.domains.casework.models import CaseRecord, JournalLine
from pengcheng.domains.casework.rules.table import OPEN
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit

DAYS = 30


def trend(context: Context) -> Trend:
    permit(context, "casework.board.read")
    now = clock.now()
    return Trend(at=now, ageing=_ageing(now), days=_days(now))


def _ageing(now: datetime) -> tuple[Ageing, ...]:
    ends = [now - timedelta(days=days) for days in AGES]
    bands = [Q(opened_at__gt=ends[0])]
    bands += [Q(opened_at__lte=a, opened_at__gt=b) for a, b in pairwise(ends)]
    bands.append(Q(opened_at__lte=ends[-1]))
    counts = {f"band{place}": Count("pk", filter=band) for place, band in enumerate(bands)}
    rows = CaseRecord.objects.filter(state__in=OPEN).values_list("group").annotate(**counts)
    return tuple(
        Ageing(group=group, counts=tuple(found)) for group, *found in rows.order_by("group")
    )


def _days(now: datetime) -> tuple[DayCount, ...]:
    first = clock.local(now).date() - timedelta(days=DAYS - 1)
    since = datetime.combine(first, datetime.min.time(), clock.CITY_ZONE)
    opened = _by_day("opened_at", since)
    decided = _by_day("decided_at", since)
    overrun = _overruns(since)
    return tuple(
        DayCount(
            day=day,
            opened=opened.get(day, 0),
            decided=decided.get(day, 0),
            overrun=overrun.get(day, 0),
        )
        for day in (first + timedelta(days=place) for place in range(DAYS))
    )


def _by_day(column: str, since: datetime) -> dict[date, int]:
    rows = CaseRecord.objects.filter(**{f"{column}__gte": since})
    day = TruncDate(column, tzinfo=clock.CITY_ZONE)
    return dict(rows.annotate(day=day).values_list("day").annotate(n=Count("pk")).order_by("day"))


def _overruns(since: datetime) -> dict[date, int]:
    rows = JournalLine.objects.filter(step=Step.OVERRUN, at__gte=since)
    day = TruncDate("at", tzinfo=clock.CITY_ZONE)
    return dict(rows.annotate(day=day).values_list("day").annotate(n=Count("pk")).order_by("day"))
