"""Work that comes round: the manifests say what and how often; the database says when next."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.module_loading import import_string

from pengcheng.kernel import clock
from pengcheng.kernel.jobs.queue import enqueue
from pengcheng.kernel.models import ScheduleState
from pengcheng.kernel.registry import Schedule, manifests


def enqueue_due() -> int:
    """Enqueue each scheduled task whose hour has come, once however many workers ask; returns how
    many.
    """
    entries = [entry for manifest in manifests() for entry in manifest.schedule]
    return sum(_enqueue_one(entry, clock.now()) for entry in entries)


def next_due(entry: Schedule, now: datetime) -> datetime:
    """The next moment after ``now`` at which the entry is due. Missed rounds are not made up."""
    if entry.every is not None:
        return now + timedelta(seconds=entry.every)
    if entry.daily is None:
        raise ValueError(f"schedule of {entry.task}: say 'every' or 'daily'")
    here = clock.local(now)
    at = datetime.combine(here.date(), time.fromisoformat(entry.daily), here.tzinfo)
    return at if at > here else at + timedelta(days=1)


def _enqueue_one(entry: Schedule, now: datetime) -> int:
    known = ScheduleState.objects.filter(task=entry.task).first()
    if known is not None and known.due > now:
        return 0
    with transaction.atomic():
        first = now if entry.every is not None else next_due(entry, now)
        ScheduleState.objects.get_or_create(task=entry.task, defaults={"due": first})
        state = ScheduleState.objects.select_for_update().get(task=entry.task)
        if state.due > now:
            return 0
        enqueue(import_string(entry.task), unique_key=f"schedule/{entry.task}")
        state.due = next_due(entry, now)
        state.save(update_fields=["due"])
    return 1
