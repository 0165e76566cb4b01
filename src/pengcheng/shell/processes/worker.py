"""The worker: brings events to their handlers, does the queued work, looks at the schedule."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterable
from types import FrameType

from django.db import DatabaseError, close_old_connections, connection

from pengcheng.kernel import jobs
from pengcheng.kernel.events import deliver_pending

log = logging.getLogger(__name__)

PAUSE = 0.2  # seconds without work before looking again
SCHEDULE = 1.0
TROUBLE = 2.0  # pause after the database refused
BATCH = 500
FEW = {"relay": 100, "jobs": 10}
GATHER = 0.1
"""After fewer deliveries or jobs others may gather for so long: a round costs more than one, holds
up those who write meanwhile, and makes them read anew.
"""

Step = Callable[[], int]


def relay() -> int:
    return deliver_pending(BATCH, gathering=True)


def work() -> int:
    """A few jobs at a time, so that a stop is heard between them."""
    return jobs.run_pending(FEW["jobs"])


def loop(step: Step, stop: threading.Event, *, pause: float = PAUSE, few: int = 10) -> None:
    """Do `step` again and again; without work, or without a database, wait a little."""
    while not stop.is_set():
        try:
            done = step()
        except DatabaseError as error:
            log.warning("database: %s; trying again", error)
            connection.close()
            stop.wait(TROUBLE)
            continue
        close_old_connections()
        if not done or step is jobs.enqueue_due:
            stop.wait(pause)
        elif done < few:
            stop.wait(GATHER)
    connection.close()


LOOPS: tuple[tuple[str, Step, float], ...] = (
    ("relay", relay, PAUSE),
    ("jobs", work, PAUSE),
    ("schedule", jobs.enqueue_due, SCHEDULE),
)


def run_worker(loops: Iterable[tuple[str, Step, float]] = LOOPS) -> None:
    """Run until told to stop. Each loop has a thread and a database connection of its own: a long
    job delays no event.
    """
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    threads = [
        threading.Thread(
            target=loop,
            args=(step, stop),
            kwargs={"pause": pause, "few": FEW.get(name, 0)},
            name=name,
        )
        for name, step, pause in loops
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():  # a join without limit would not hear signals
            thread.join(0.5)
