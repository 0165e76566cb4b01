"""Doing the queued work.

A job is claimed with a lease in a short transaction of its own; its work and the mark that it is
done are one
transaction. A worker that dies leaves a lease that runs out, and another takes the job up again.
"""

from __future__ import annotations

import logging
import os
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from pengcheng.kernel import clock
from pengcheng.kernel.models import Job
from pengcheng.kernel.relay import backoff

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
LEASE = timedelta(minutes=10)


def run_pending(limit: int | None = None) -> int:
    """Run what is due until nothing is, or ``limit`` jobs have been run; returns how many were."""
    done = 0
    while limit is None or done < limit:
        job = _claim()
        if job is None:
            break
        _run(job)
        done += 1
    return done


def _claim() -> Job | None:
    now = clock.now()
    due = Q(state=Job.State.READY, due__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    if not Job.objects.filter(due).exists():  # looking takes no turn among writers
        return None
    with transaction.atomic():
        rows = Job.objects.filter(due).order_by("-priority", "due", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        job = rows.first()
        if job is None:
            return None
        job.state = Job.State.RUNNING
        job.started, job.lease_until = now, now + LEASE
        job.worker = f"{socket.gethostname()}:{os.getpid()}"
        job.attempts += 1
        job.save()
        return job


class _Overtaken(Exception):
    """The lease ran out and another worker has the job: what was done here is undone."""


def _run(job: Job) -> None:
    try:
        if job.attempts > MAX_ATTEMPTS:
            raise RuntimeError("each worker that took it up died")
        function: Callable[..., Any] = import_string(job.task).func
        with transaction.atomic():
            job.result = function(**job.kwargs)
            job.state, job.finished, job.lease_until = Job.State.DONE, clock.now(), None
            job.error = job.error_class = ""
            _put_down(job)
    except _Overtaken:
        log.warning("job %s (%s) took longer than its lease", job.id, job.task)
    except Exception as error:
        log.exception("job %s (%s) failed", job.id, job.task)
        with suppress(_Overtaken):
            _failed(job, error)


def _put_down(job: Job) -> None:
    """Save the end of this attempt, if it is still ours: each claim counts one more attempt."""
    held = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
    ended = ("state", "result", "error", "error_class", "due", "finished", "lease_until")
    if not held.update(**{name: getattr(job, name) for name in ended}):
        raise _Overtaken


def _failed(job: Job, error: Exception) -> None:
    job.result = None
    job.error = "".join(traceback.format_exception(error))[-4000:]
    job.error_class = f"{type(error).__module__}.{type(error).__qualname__}"
    job.finished, job.lease_until = None, None
    job.due = clock.now() + backoff(job.attempts)
    job.state = Job.State.DEAD if job.attempts >= MAX_ATTEMPTS else Job.State.READY
    _put_down(job)
