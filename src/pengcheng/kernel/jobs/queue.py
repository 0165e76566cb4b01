"""Putting work into the queue, in the same transaction as the change that asks for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django_tasks.base import Task

from pengcheng.kernel import clock
from pengcheng.kernel.models import Job


def enqueue(
    task: Task[Any, Any],
    *,
    unique_key: str | None = None,
    run_after: datetime | None = None,
    **kwargs: Any,
) -> str | None:
    """Enqueue ``task``; returns the job's id, or None when one with the same key is open."""
    now = clock.now()
    job = Job(
        task=task.module_path,
        kwargs=kwargs,
        unique_key=unique_key,
        priority=task.priority,
        due=run_after or task.run_after or now,
        enqueued=now,
    )
    if unique_key and Job.objects.filter(unique_key=unique_key, state__in=_OPEN).exists():
        return None
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        return None
    return job.id


def backlog() -> dict[str, int]:
    """How many jobs wait, run and are dead, for the doctor."""
    states = (Job.State.READY, Job.State.RUNNING, Job.State.DEAD)
    return {state.value: Job.objects.filter(state=state).count() for state in states}


def retry_dead() -> int:
    """Give every dead job another round of attempts."""
    now = clock.now()
    revived = 0
    for job in Job.objects.filter(state=Job.State.DEAD):
        try:
            with transaction.atomic():
                job.state, job.attempts, job.due = Job.State.READY, 0, now
                job.save(update_fields=["state", "attempts", "due"])
                revived += 1
        except IntegrityError:
            continue  # a newer job with the same key is open; this one is superseded
    return revived


_OPEN = (Job.State.READY, Job.State.RUNNING)
