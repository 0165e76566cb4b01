"""The worker's loops: they go on after trouble, rest without work, and stop when told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError

from pengcheng.shell.processes import worker

pytestmark = pytest.mark.django_db(transaction=True)


class Stop(threading.Event):
    """An event that counts its waits and is set after some of them, so that no test sleeps."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after
        self.pauses: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout)
        if len(self.pauses) >= self.after:
            self.set()
        return self.is_set()


def steps(*results: int | Exception) -> Callable[[], int]:
    """A step with these outcomes one after the other, then none."""
    left = list(results)

    def step() -> int:
        outcome = left.pop(0) if left else 0
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return step


def test_work_is_done_without_pause_and_then_rested() -> None:
    stop = Stop(after=1)
    worker.loop(steps(30, 20, 10), stop, pause=0.2)
    assert stop.pauses == [0.2]


def test_after_a_little_work_more_may_gather() -> None:
    stop = Stop(after=3)
    worker.loop(steps(3, 30, 1), stop, pause=0.2)
    assert stop.pauses == [worker.GATHER, worker.GATHER, 0.2]


def test_a_database_that_refuses_is_tried_again_after_a_longer_pause() -> None:
    stop = Stop(after=3)
    worker.loop(steps(OperationalError("locked"), 10), stop, pause=0.2)
    assert stop.pauses == [worker.TROUBLE, 0.2, 0.2]


def test_the_schedule_rests_even_when_something_was_due(monkeypatch: pytest.MonkeyPatch) -> None:
    due = steps(1, 1)
    monkeypatch.setattr(worker.jobs, "enqueue_due", due)
    stop = Stop(after=2)
    worker.loop(due, stop, pause=1.0)
    assert stop.pauses == [1.0, 1.0]


def test_an_unforeseen_error_ends_the_worker_for_its_supervisor_to_see() -> None:
    with pytest.raises(ZeroDivisionError):
        worker.loop(steps(ZeroDivisionError()), Stop(after=1))


def test_a_stop_is_heard_between_steps() -> None:
    stop = Stop(after=99)
    done: list[int] = []

    def step() -> int:
        done.append(1)
        stop.set()
        return 1

    worker.loop(step, stop)
    assert done == [1]
