"""What casework does by itself: it watches its clocks."""

from django_tasks import task

from pengcheng.domains.casework import api
from pengcheng.kernel.context import system_context


@task()
def check_clocks() -> int:
    """Warnings, overruns and closings that have come due; every ten minutes."""
    return api.check_clocks(context=system_context("casework"))
