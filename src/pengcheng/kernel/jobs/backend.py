"""The backend behind ``django_tasks``: a job is a row of our own table."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from pengcheng.kernel.jobs.queue import enqueue
from pengcheng.kernel.models import Job

_STATUS = {
    Job.State.READY: TaskResultStatus.READY,
    Job.State.RUNNING: TaskResultStatus.RUNNING,
    Job.State.DONE: TaskResultStatus.SUCCESSFUL,
    Job.State.DEAD: TaskResultStatus.FAILED,
}


class DatabaseBackend(BaseTaskBackend):
    """Keeps tasks in ``kernel_job``; arguments are passed by name only."""

    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Enqueue by the standard interface. Raises TypeError for positional arguments."""
        if args:
            raise TypeError("pass a task's arguments by name")
        job_id = enqueue(task, **kwargs)
        assert job_id is not None  # noqa: S101  (without a unique key there is always a job)
        return self.get_result(job_id)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """The job as a task result. Raises TaskResultDoesNotExist."""
        job = Job.objects.filter(id=result_id).first()
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return _result(job, self.alias)


def _result(job: Job, alias: str) -> TaskResult[Any]:
    result: TaskResult[Any] = TaskResult(
        task=import_string(job.task),
        id=job.id,
        status=_STATUS[Job.State(job.state)],
        enqueued_at=job.enqueued,
        started_at=job.started,
        finished_at=job.finished,
        last_attempted_at=job.started,
        args=[],
        kwargs=job.kwargs,
        backend=alias,
        errors=_errors(job),
        worker_ids=[job.worker] if job.worker else [],
    )
    object.__setattr__(result, "_return_value", job.result)
    return result


def _errors(job: Job) -> list[TaskError]:
    if not job.error:
        return []
    return [TaskError(exception_class_path=job.error_class, traceback=job.error)]
