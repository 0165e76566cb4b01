"""Work asked for is done, once in effect, in time, and never silently dropped."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django_tasks import task
from django_tasks.base import TaskResultStatus

from pengcheng.kernel import clock, jobs
from pengcheng.kernel.jobs import schedule, worker
from pengcheng.kernel.models import Job, OutboxEvent, ScheduleState
from pengcheng.kernel.registry import Manifest, Schedule

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
DONE: list[str] = []
BROKEN: list[bool] = []


@task()
def light(name: str = "lamp") -> str:
    DONE.append(name)
    if BROKEN:
        OutboxEvent.objects.create(type="x", subject="x", time=NOON, context={}, data={})
        raise ConnectionError("no current")
    return f"{name} lit"


@task()
def slow() -> None:
    OutboxEvent.objects.create(type="x", subject="x", time=NOON, context={}, data={})
    if BROKEN:
        raise ConnectionError("no current")


@pytest.fixture(autouse=True)
def fresh():
    DONE.clear()
    BROKEN.clear()


def test_enqueued_work_is_done_once():
    jobs.enqueue(light, name="a")
    assert jobs.run_pending() == 1
    assert jobs.run_pending() == 0
    assert DONE == ["a"]


def test_the_standard_interface_tells_the_result():
    result = light.enqueue(name="b")
    assert result.status == TaskResultStatus.READY
    jobs.run_pending()
    again = light.get_result(result.id)
    assert (again.status, again.return_value) == (TaskResultStatus.SUCCESSFUL, "b lit")


def test_positional_arguments_are_refused():
    with pytest.raises(TypeError, match="by name"):
        light.enqueue("b")


def test_work_asked_for_in_a_change_that_is_undone_is_not_done():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.enqueue(light)
        1 / 0  # noqa: B018
    assert jobs.run_pending() == 0


def test_one_open_job_per_key():
    assert jobs.enqueue(light, unique_key="k") is not None
    assert jobs.enqueue(light, unique_key="k") is None
    jobs.run_pending()
    assert jobs.enqueue(light, unique_key="k") is not None


def test_work_for_later_waits():
    with clock.frozen(NOON) as hour:
        jobs.enqueue(light, run_after=NOON + dt.timedelta(minutes=5))
        assert jobs.run_pending() == 0
        hour.advance(seconds=301)
        assert jobs.run_pending() == 1


def test_failed_work_is_undone_tried_again_and_at_last_put_aside():
    BROKEN.append(True)
    with clock.frozen(NOON) as hour:
        job_id = jobs.enqueue(light)
        for _ in range(worker.MAX_ATTEMPTS):
            jobs.run_pending()
            hour.advance(hours=1)
        job = Job.objects.get(id=job_id)
        assert (job.state, job.attempts) == ("dead", worker.MAX_ATTEMPTS)
        assert "no current" in job.error
        assert not OutboxEvent.objects.exists()
        BROKEN.clear()
        assert jobs.retry_dead() == 1
        jobs.run_pending()
    assert Job.objects.get(id=job_id).state == "done"


def test_a_job_whose_worker_died_is_taken_up_again():
    with clock.frozen(NOON) as hour:
        job_id = jobs.enqueue(light)
        assert worker._claim().id == job_id, "the worker claims it and dies"
        assert jobs.run_pending() == 0
        hour.advance(seconds=worker.LEASE.total_seconds() + 1)
        assert jobs.run_pending() == 1
    assert DONE == ["lamp"]


@pytest.mark.parametrize("broken", [False, True])
def test_what_a_worker_did_after_its_lease_is_undone(broken):
    BROKEN[:] = [True] if broken else []
    with clock.frozen(NOON) as hour:
        job_id = jobs.enqueue(slow)
        late = worker._claim()
        hour.advance(seconds=worker.LEASE.total_seconds() + 1)
        other = worker._claim()
        worker._run(late)
        assert Job.objects.get(id=job_id).state == "running", "it is the other worker's"
        assert not OutboxEvent.objects.exists()
        BROKEN.clear()
        worker._run(other)
    assert Job.objects.get(id=job_id).state == "done"
    assert OutboxEvent.objects.count() == 1


def test_a_job_that_kills_every_worker_is_at_last_put_aside():
    with clock.frozen(NOON) as hour:
        job_id = jobs.enqueue(light)
        for _ in range(worker.MAX_ATTEMPTS):
            assert worker._claim().id == job_id, "the worker claims it and dies"
            hour.advance(seconds=worker.LEASE.total_seconds() + 1)
        jobs.run_pending()
        assert jobs.run_pending() == 0
    assert Job.objects.get(id=job_id).state == "dead"
    assert DONE == []


def test_an_unknown_task_does_not_stop_the_others():
    Job.objects.create(task="nowhere.at_all", due=NOON, enqueued=NOON)
    jobs.enqueue(light)
    jobs.run_pending()
    assert DONE == ["lamp"]
    assert Job.objects.get(task="nowhere.at_all").attempts == 1


@pytest.fixture
def every_minute(monkeypatch):
    entry = Schedule(task=light.module_path, every=60)
    manifest = Manifest(id="lamps", zh="灯", en="Lamps", tier=1, schedule=(entry,))
    monkeypatch.setattr(schedule, "manifests", lambda: (manifest,))


def test_scheduled_work_comes_round(every_minute):
    with clock.frozen(NOON) as hour:
        assert jobs.enqueue_due() == 1
        assert jobs.enqueue_due() == 0, "another worker asks in the same minute"
        jobs.run_pending()
        hour.advance(seconds=61)
        assert jobs.enqueue_due() == 1
        jobs.run_pending()
    assert len(DONE) == 2


def test_missed_rounds_are_not_made_up(every_minute):
    with clock.frozen(NOON) as hour:
        jobs.enqueue_due()
        hour.advance(days=3)
        jobs.enqueue_due()
        assert ScheduleState.objects.get().due == hour.now() + dt.timedelta(seconds=60)


def test_a_daily_hour_is_the_citys_hour():
    entry = Schedule(task="x", daily="03:00")
    at_noon = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)  # 12:00 in Shenzhen
    assert schedule.next_due(entry, at_noon) == dt.datetime(2026, 11, 22, 19, tzinfo=dt.UTC)
