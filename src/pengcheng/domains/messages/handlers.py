"""What messages does by itself: it hands over what is due."""

from django_tasks import task

from pengcheng.domains.messages import api
from pengcheng.kernel.context import system_context


@task()
def deliver_due() -> int:
    """What is due goes to its gateway; every five seconds."""
    return api.deliver_due(context=system_context("messages"))
