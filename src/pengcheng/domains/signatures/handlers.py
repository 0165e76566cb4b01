"""What the signatures do by themselves."""

from __future__ import annotations

from django_tasks import task

from pengcheng.domains.signatures import api
from pengcheng.kernel.context import system_context


@task()
def renew_stamps() -> int:
    """Stamp sealed documents anew before their last proof of time runs out; every day."""
    return api.renew_stamps(context=system_context("signatures"))
