"""Promised time in working days: when it ends, when it turns amber, what a pause does to it."""

from datetime import date, timedelta

import msgspec

from pengcheng.domains.casework.contracts import ClockState, ClockView
from pengcheng.domains.casework.rules.fold import CaseState
from pengcheng.domains.casework.rules.table import OPEN
from pengcheng.kernel.workcalendar import WorkCalendar


class Span(msgspec.Struct, frozen=True):
    due_on: date
    warn_on: date


def span(calendar: WorkCalendar, start: date, days: int, warn_days: int) -> Span:
    """A limit of ``days`` working days beginning at ``start``; the day itself does not count."""
    due = calendar.next_working_day(calendar.add_working_days(start, days))
    return Span(due, days_before(calendar, due, warn_days))


def days_before(calendar: WorkCalendar, day: date, days: int) -> date:
    """The working day that lies ``days`` working days before ``day``."""
    while days > 0:
        day -= timedelta(days=1)
        days -= calendar.is_working_day(day)
    return day


def resumed(
    calendar: WorkCalendar, due_on: date, paused_on: date, today: date, warn_days: int
) -> Span:
    """The limit moved on by the working days that the pause took; an overrun stays an overrun."""
    lost = calendar.working_days_between(paused_on, today)
    due = calendar.add_working_days(due_on, lost)
    return Span(due, days_before(calendar, due, warn_days))


def view(calendar: WorkCalendar, case: CaseState, today: date) -> ClockView:
    """The clock as people read it today."""
    if case.due_on is None or case.state not in OPEN:
        return ClockView(state=ClockState.STOPPED, due_on=case.due_on, days=None)
    return clock(calendar, case.due_on, case.warn_on, case.paused_on, today)


def clock(
    calendar: WorkCalendar, due_on: date, warn_on: date | None, paused_on: date | None, today: date
) -> ClockView:
    """A promise that runs, or stands still since ``paused_on``."""
    if paused_on is not None:
        left = calendar.working_days_between(paused_on, due_on)
        return ClockView(state=ClockState.PAUSED, due_on=None, days=left)
    left = calendar.working_days_between(today, due_on)
    return ClockView(state=_shade(due_on, warn_on, today), due_on=due_on, days=left)


def _shade(due_on: date, warn_on: date | None, today: date) -> ClockState:
    if today > due_on:
        return ClockState.OVERDUE
    if warn_on is not None and today >= warn_on:
        return ClockState.WARNING
    return ClockState.RUNNING
