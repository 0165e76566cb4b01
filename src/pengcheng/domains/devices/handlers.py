"""What devices do by themselves."""

from __future__ import annotations

from django_tasks import task

from pengcheng.domains.devices import api
from pengcheng.domains.devices.api import firmware
from pengcheng.kernel.context import system_context


@task()
def look_after() -> int:
    """Judge the health of all devices, and end commands that came too late."""
    api.expire_commands()
    return api.judge_all(context=system_context("devices"))


@task()
def roll_out() -> int:
    """Take the roll-outs of firmware one step further."""
    return firmware.step_all(context=system_context("devices"))
