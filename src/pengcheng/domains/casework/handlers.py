"""What casework does by itself: it watches clocks and steps, ties families, asks how it was."""

import logging

from django_tasks import task

from pengcheng.domains.casework import api
from pengcheng.domains.casework.events import (
    AppealDecided,
    CaseDecided,
    ChildDropped,
    ChildEnded,
    CorrectionRequested,
)
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import Envelope, hears
from pengcheng.kernel.problems import Unavailable

log = logging.getLogger(__name__)


@task()
def check_clocks() -> int:
    """Warnings, overruns and closings that have come due; every ten minutes."""
    return api.check_clocks(context=system_context("casework"))


@hears(CaseDecided)
def on_decided(envelope: Envelope, event: CaseDecided) -> None:
    """A matter has ended: its applicant is invited to rate it and gets a letter.

    A decision by rule is read on the page; its letter is made when it is first asked for.
    """
    api.follow_end(context=envelope.context("casework"), news=event)
    if not event.automatic:
        _write(envelope, event.case_id)


@hears(AppealDecided)
def on_appeal_decided(envelope: Envelope, event: AppealDecided) -> None:
    """It has ended once more, by other eyes."""
    api.follow_end(context=envelope.context("casework"), news=event)
    _write(envelope, event.case_id)


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


@hears(CorrectionRequested)
def on_correction_requested(envelope: Envelope, event: CorrectionRequested) -> None:
    """The one-time notice goes out as a letter too."""
    _write(envelope, event.case_id)


def _write(envelope: Envelope, case_id: str) -> None:
    """A machine without a Chinese font makes no letters; that must not hold up anything else."""
    try:
        api.make_letter(context=envelope.context("casework"), case_id=case_id)
    except Unavailable:
        log.warning("no letter for case %s: install a Chinese font", case_id)
