"""The process of a case: its steps, tasks, messages, special procedures, moves to new versions."""

from collections.abc import Mapping
from typing import Any

from pengcheng.domains.casework.contracts import (
    Case,
    Label,
    MigrationPlan,
    MigrationReport,
    Person,
    ProcessView,
    TaskPage,
    TaskQuery,
)
from pengcheng.domains.casework.ops import reading
from pengcheng.domains.casework.ops.process import (
    listing as task_listing,
)
from pengcheng.domains.casework.ops.process import (
    migrating,
    signals,
    suspending,
    sweeping,
    tasks,
)
from pengcheng.kernel.context import Context


def process(*, context: Context, case_id: str) -> ProcessView:
    """The steps of the case, its parent and children, for whoever may read the case."""
    return reading.process(context, case_id)


def list_tasks(*, context: Context, query: TaskQuery) -> TaskPage:
    """Tasks open to the asker's groups, or on the asker's desk."""
    return task_listing.list_tasks(context, query)


def claim_task(*, context: Context, case_id: str, step_id: str) -> Case:
    """Take a task of one's group; of two at once one wins, the other is told who has it."""
    return tasks.claim(context, case_id, step_id)


def release_task(*, context: Context, case_id: str, step_id: str, reason: str = "") -> Case:
    """Give a claimed task back to its group."""
    return tasks.release(context, case_id, step_id, reason)


def delegate_task(
    *, context: Context, case_id: str, step_id: str, assignee: Person, reason: str
) -> Case:
    """Hand a task to a colleague, with the reason."""
    return tasks.delegate(context, case_id, step_id, assignee, reason)


def complete_task(
    *, context: Context, case_id: str, step_id: str, outcome: str = "", note: str = ""
) -> Case:
    """Answer a task one has claimed, with one of its outcomes; the process goes on at once."""
    return tasks.complete(context, case_id, step_id, outcome, note)


def return_for_correction(*, context: Context, case_id: str, step_id: str, reason: str) -> Case:
    """The one-time notice (补正) of the whole case, sent from a task: stops all its clocks."""
    return tasks.return_for_correction(context, case_id, step_id, reason)


def task_colleagues(*, context: Context, case_id: str, step_id: str) -> tuple[Person, ...]:
    """Officials of the task's group to whom it could be handed."""
    return tasks.colleagues(context, case_id, step_id)


def suspend(
    *,
    context: Context,
    case_id: str,
    version: int,
    reason: str,
    legal_basis: str,
    days: int = 0,
) -> Case:
    """Begin a special procedure (特别程序): its time is not counted. Stops all clocks.

    ``days``: the working days it should take, as the applicant is told; 0: not known.
    """
    return suspending.suspend(context, case_id, version, reason, legal_basis, days)


def resume(*, context: Context, case_id: str, version: int, reason: str = "") -> Case:
    """The special procedure is over: all clocks go on where they stood."""
    return suspending.resume(context, case_id, version, reason)


def deliver_message(
    *, context: Context, case_id: str, name: str, facts: Mapping[str, Any] | None = None
) -> bool:
    """Tell a case what a message step waits for; sent again it changes nothing and answers False.

    ``facts`` are there for conditions under the step's id; an ``outcome`` among them is the step's.
    A message may come before its step: it is kept.
    """
    return signals.deliver(context, case_id, name, facts or {})


def park_step(
    *,
    context: Context,
    case_id: str,
    step_id: str,
    waiting_for: Label,
    retry_after: int | None = None,
) -> None:
    """What a message step needs is out of order. `casework.message.wanted` is told again later.

    ``waiting_for`` is shown to the applicant. Without ``retry_after`` (seconds) each failure waits
    longer than the one before.
    """
    signals.park(context, case_id, step_id, waiting_for, retry_after)


def migrate_cases(
    *, context: Context, plan: MigrationPlan, dry_run: bool = True
) -> MigrationReport:
    """Move running cases to another bundle of the same item, or say what that would do.

    Supervisors only. Each case is looked at and moved by itself; one with an obstacle stays.
    """
    return migrating.migrate(context, plan, dry_run=dry_run)


# --- for casework's own handlers --------------------------------------------------------


def run_steps(*, context: Context) -> int:
    """Fire timers, warn, record overruns, try again what was parked; answers how many cases."""
    return sweeping.run_steps(context)


def child_ended(*, context: Context, child_id: str) -> bool:
    """A child case has ended: its parent's step goes on with the outcome."""
    return signals.child_ended(context, child_id)


def drop_child(*, context: Context, child_id: str) -> bool:
    """The parent has ended: the child, if still open, is withdrawn."""
    return signals.drop(context, child_id)
