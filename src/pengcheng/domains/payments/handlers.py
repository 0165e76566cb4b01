"""What payments do by themselves: hear from the operator, expire, close the day."""

from datetime import timedelta

from django_tasks import task

from pengcheng.domains.payments import api
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context


@task()
def keep_up() -> int:
    """Notifications, payments nobody told us of, orders that ran out; every ten seconds."""
    return api.keep_up(context=system_context("payments"))


@task()
def close_the_day() -> int:
    """Match yesterday's statement and, when it is clean, settle with the departments."""
    day = clock.today() - timedelta(days=1)
    return api.close_day(context=system_context("payments"), day=day)
