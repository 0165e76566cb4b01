"""A city's worker with handlers and jobs whose every effect can be counted, to be killed in tests.

    python -m tests.support.crash_main tables | emit … | work

Each effect is a row without any uniqueness of its own: what is done twice is seen twice.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import ClassVar

from django.db import connection, transaction
from django_tasks import task

from pengcheng.kernel import jobs
from pengcheng.kernel.context import system_context
from pengcheng.kernel.event import Event
from pengcheng.kernel.events import Envelope, emit, hears

SERIAL = {
    "sqlite": "integer PRIMARY KEY AUTOINCREMENT",
    "postgresql": "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
}


class Counted(Event, frozen=True, kw_only=True):
    """Something happened for the n-th time."""

    type: ClassVar[str] = "crash.thing.counted"
    number: int


def make_tables() -> None:
    serial = SERIAL[connection.vendor]
    with connection.cursor() as cursor:
        for name in ("crash_change", "crash_effect"):
            columns = f"id {serial}, kind text, subject text, number integer"
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")


def write(table: str, kind: str, subject: str, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (kind, subject, number) VALUES (%s, %s, %s)",  # noqa: S608
            [kind, subject, number],
        )


@hears(Counted)
def first(envelope: Envelope, event: Counted) -> None:
    write("crash_effect", "first", event.subject, event.number)
    stand_still(f"handler {event.subject} {event.number}")


@hears(Counted)
def second(envelope: Envelope, event: Counted) -> None:
    """Another handler of the same events: neither may lose or repeat for the other's sake."""
    write("crash_effect", "second", event.subject, event.number)
    time.sleep(0.001)


@task()
def work(subject: str, number: int) -> None:
    write("crash_effect", "job", subject, number)
    stand_still(f"job {subject} {number}")
    time.sleep(0.001)


def stand_still(at: str) -> None:
    """At the named place, after the effect and before its commit, say so and wait to be killed."""
    sign = Path(os.environ.get("CRASH_SIGN", os.devnull))
    if os.environ.get("CRASH_AT") == at:
        sign.write_text(at)
        time.sleep(60)


def happen(subject: str, number: int) -> None:
    """A change, its event and a job of it, in one transaction."""
    with transaction.atomic():
        write("crash_change", "change", subject, number)
        emit(system_context("crash"), Counted(subject=subject, number=number))
        jobs.enqueue(work, subject=subject, number=number)
