"""Work done later: Django's task interface on our own database, with retry, unique keys and a
schedule.
"""

from pengcheng.kernel.jobs.queue import backlog, enqueue, retry_dead
from pengcheng.kernel.jobs.schedule import enqueue_due
from pengcheng.kernel.jobs.worker import run_pending

__all__ = ["backlog", "enqueue", "enqueue_due", "retry_dead", "run_pending"]
