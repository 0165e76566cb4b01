"""Several workers at once: still once in effect, in order, and one unbroken chain."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django_tasks import task

from pengcheng.kernel import audit, jobs
from pengcheng.kernel.events import deliver_pending, emit, hears
from pengcheng.kernel.models import Job
from pengcheng.kernel.relay import backlog
from tests.kernel.conftest import LampLit

pytestmark = pytest.mark.django_db(transaction=True)
RAN: list[int] = []


@task()
def count_up(number: int) -> None:
    RAN.append(number)


def at_once(work, times=4):
    """Run ``work`` in several threads, each with its own connection; errors surface here."""
    errors, start = [], threading.Barrier(times)

    def body():
        try:
            start.wait(60)
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=body) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


def test_several_relays_tell_each_event_once_and_in_order(official):
    told = []

    @hears(LampLit)
    def listen(envelope, event):
        told.append((event.subject, event.watts))

    for watts in range(20):
        for lamp in ("lamp/1", "lamp/2", "lamp/3"):
            with transaction.atomic():
                emit(official, LampLit(subject=lamp, watts=watts))

    at_once(deliver_pending)
    deliver_pending()
    for lamp in ("lamp/1", "lamp/2", "lamp/3"):
        assert [watts for subject, watts in told if subject == lamp] == list(range(20))
    assert backlog() == {"pending": 0, "dead": 0}


def test_several_workers_do_each_job_once():
    RAN.clear()
    for number in range(40):
        jobs.enqueue(count_up, number=number)
    at_once(jobs.run_pending)
    assert sorted(RAN) == list(range(40))
    assert Job.objects.filter(state="done").count() == 40


def test_one_key_gives_one_job_however_many_ask():
    made = []
    at_once(lambda: made.append(jobs.enqueue(count_up, unique_key="k", number=1)))
    assert len([job for job in made if job]) == 1


def test_the_audit_chain_stays_one_under_many_hands(official):
    def write():
        for _ in range(10):
            audit.record(official, action="lamps.lamp.light", resource="lamp/1")

    at_once(write)
    report = audit.verify()
    assert (report.whole, report.count) == (True, 40)
