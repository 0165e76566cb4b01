"""What devices do by themselves."""

from __future__ import annotations

from django_tasks import task

from pengcheng.domains.devices import api
from pengcheng.kernel.context import system_context


@task()
def look_after() -> int:
    """Judge the health of all devices, and end commands that came too late."""
    api.expire_commands()
    return api.judge_all(context=system_context("devices"))
