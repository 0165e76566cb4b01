"""What the licences do by themselves: they expire."""

from django_tasks import task

from pengcheng.domains.licences import api
from pengcheng.kernel.context import system_context


@task()
def expire_due() -> int:
    """Note down what has come to its last day; every night and, for a backlog, every hour."""
    return api.expire_due(context=system_context("licences"))
