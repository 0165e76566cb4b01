"""What casework does by itself: it watches clocks and steps, ties families, asks how it was."""

from django_tasks import task

from pengcheng.domains.casework import api
from pengcheng.domains.casework.events import (
    AppealDecided,
    CaseDecided,
    ChildDropped,
    ChildEnded,
)
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import Envelope, hears


@task()
def check_clocks() -> int:
    """Warnings, overruns and closings that have come due; every ten minutes."""
    return api.check_clocks(context=system_context("casework"))


@hears(CaseDecided)
def on_decided(envelope: Envelope, event: CaseDecided) -> None:
    """A matter has ended: its applicant is invited to rate it."""
    api.follow_end(context=envelope.context("casework"), news=event)


@hears(AppealDecided)
def on_appeal_decided(envelope: Envelope, event: AppealDecided) -> None:
    """It has ended once more, by other eyes."""
    api.follow_end(context=envelope.context("casework"), news=event)


@task()
def run_steps() -> int:
    """Timers, deadlines of steps, and what is to be tried again; every minute."""
    return api.run_steps(context=system_context("casework"))


@hears(ChildEnded)
def on_child_ended(envelope: Envelope, event: ChildEnded) -> None:
    api.child_ended(context=envelope.context("casework"), child_id=event.case_id)


@hears(ChildDropped)
def on_child_dropped(envelope: Envelope, event: ChildDropped) -> None:
    api.drop_child(context=envelope.context("casework"), child_id=event.child)
