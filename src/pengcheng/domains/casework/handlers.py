"""What casework does by itself: it watches its clocks and asks how it was."""

from django_tasks import task

from pengcheng.domains.casework import api
from pengcheng.domains.casework.events import AppealDecided, CaseDecided
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
