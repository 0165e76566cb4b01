"""When counters can be visited: the counters as data, and the times of a plan."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from functools import cache

from msgspec import convert

from pengcheng.domains.services.contracts.appointments import Counter, OpeningPlan
from pengcheng.domains.services.rules.vocabulary import data_bytes
from pengcheng.kernel.workcalendar import WorkCalendar

LONGEST_SPAN = 62  # days
SHORTEST, LONGEST = 5, 240  # minutes
MOST = 50
DAYS_AHEAD = 30
"""How far ahead people may book."""
REMIND_BEFORE = timedelta(hours=24)
CHANGE_UNTIL = timedelta(hours=1)
"""Later than so long before, a time is neither given back nor changed by its owner."""


@cache
def counters() -> dict[str, Counter]:
    rows = tomllib.loads(data_bytes("counters.toml").decode())["counter"]
    return {row["id"]: convert(row, Counter) for row in rows}


def faults_of(plan: OpeningPlan, today: date) -> list[str]:
    """The fields of a plan that cannot be right."""
    wrong = {
        "counter": plan.counter not in counters(),
        "first": plan.first < today,
        "last": plan.last < plan.first or (plan.last - plan.first).days > LONGEST_SPAN,
        "end": plan.end <= plan.start,
        "minutes": not SHORTEST <= plan.minutes <= LONGEST,
        "capacity": not 1 <= plan.capacity <= MOST,
    }
    return [name for name, is_so in wrong.items() if is_so]


def times(
    plan: OpeningPlan, calendar: WorkCalendar, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    """Begin and end of every time of the plan; only whole ones, only on working days."""
    length = timedelta(minutes=plan.minutes)
    day = plan.first
    while day <= plan.last:
        if calendar.is_working_day(day):
            start = datetime.combine(day, plan.start, zone)
            end = datetime.combine(day, plan.end, zone)
            while start + length <= end:
                yield start, start + length
                start += length
        day += timedelta(days=1)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
