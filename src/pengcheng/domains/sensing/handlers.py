"""What sensing does by itself."""

from __future__ import annotations

from django_tasks import task

from pengcheng.domains.sensing import api
from pengcheng.kernel.context import system_context


@task()
def replay_step() -> int:
    """Play what is due of the replays; the schedule calls it every few seconds."""
    return api.step_due_replays(context=system_context("sensing"))
