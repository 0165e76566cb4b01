"""The door of casework: open a case, move it by known steps, read it, prove its history.

Steps of people on a shared case need the ``version`` they saw, so that of two who act at once one
wins and the other is told (`Conflict`). Steps that the state does not allow raise `Conflict` too;
a missing right raises `Denied`, a missing or wrong value `Invalid`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pengcheng.domains.casework.api.desk import (
    claim_many as claim_many,
)
from pengcheng.domains.casework.api.desk import (
    desks as desks,
)
from pengcheng.domains.casework.api.desk import (
    drop_view as drop_view,
)
from pengcheng.domains.casework.api.desk import (
    hand_over as hand_over,
)
from pengcheng.domains.casework.api.desk import (
    keep_view as keep_view,
)
from pengcheng.domains.casework.api.desk import (
    release_many as release_many,
)
from pengcheng.domains.casework.api.desk import (
    saved_views as saved_views,
)
from pengcheng.domains.casework.api.desk import (
    trend as trend,
)
from pengcheng.domains.casework.api.letters import (
    draft_letter as draft_letter,
)
from pengcheng.domains.casework.api.letters import (
    make_letter as make_letter,
)
from pengcheng.domains.casework.api.letters import (
    newest_letter as newest_letter,
)
from pengcheng.domains.casework.api.letters import (
    read_letter as read_letter,
)
from pengcheng.domains.casework.api.letters import (
    reason_blocks as reason_blocks,
)
from pengcheng.domains.casework.api.ratings import (
    export_ratings as export_ratings,
)
from pengcheng.domains.casework.api.ratings import (
    follow_end as follow_end,
)
from pengcheng.domains.casework.api.ratings import (
    league as league,
)
from pengcheng.domains.casework.api.ratings import (
    mend_rating as mend_rating,
)
from pengcheng.domains.casework.api.ratings import (
    rate as rate,
)
from pengcheng.domains.casework.api.ratings import (
    rate_by_ticket as rate_by_ticket,
)
from pengcheng.domains.casework.api.ratings import (
    rating_board as rating_board,
)
from pengcheng.domains.casework.api.ratings import (
    rating_comments as rating_comments,
)
from pengcheng.domains.casework.api.ratings import (
    rating_offer as rating_offer,
)
from pengcheng.domains.casework.api.ratings import (
    rating_offer_by_ticket as rating_offer_by_ticket,
)
from pengcheng.domains.casework.api.ratings import (
    rating_ticket as rating_ticket,
)
from pengcheng.domains.casework.api.ratings import (
    verify_rating as verify_rating,
)
from pengcheng.domains.casework.contracts import (
    AppealOutcome,
    Board,
    Case,
    CasePage,
    CaseQuery,
    CaseRow,
    CaseStatus,
    Definition,
    Dossier,
    JournalEntry,
    JournalReport,
    Label,
    MigrationPlan,
    MigrationReport,
    Outcome,
    Person,
    ProcessView,
    Receipt,
    RuleDecision,
    Submission,
    TaskPage,
    TaskQuery,
    Version,
)
from pengcheng.domains.casework.ops import (
    boards,
    clocks,
    definitions,
    listing,
    lookup,
    opening,
    reading,
    steps,
)
from pengcheng.domains.casework.ops import versions as versioning
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
from pengcheng.domains.casework.rules import bundle
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import FieldError

LARGEST_EXPORT = listing.LARGEST_EXPORT

# --- definitions ------------------------------------------------------------------------


def register_definition(*, context: Context, definition: Definition) -> str:
    """Keep the bundle and answer its SHA-256; registering the same bundle again changes nothing.

    Callers register in their own name: ``system_context("services")``.
    """
    return definitions.register(context, definition)


def get_definition(*, context: Context, sha256: str) -> Definition:
    """The bundle at that address, its bytes checked against it."""
    return definitions.get(context, sha256)


def publish(
    *,
    context: Context,
    definition: Definition,
    note: str = "",
    valid_from: datetime | None = None,
) -> Version:
    """Make this bundle the one that new cases of its item take; running cases keep theirs.

    Checks the whole bundle first: `Invalid` names each fault with its step and field. Publishing
    what is current already answers that version.
    """
    return versioning.publish(context, definition, note, valid_from)


def current(*, kind: str, item_code: str) -> Version | None:
    """The version in force now, if one was published; an empty ``kind`` means any."""
    return versioning.current(kind, item_code)


def versions(*, context: Context, kind: str, item_code: str) -> tuple[Version, ...]:
    """Every published version of the item, newest first."""
    return versioning.versions(context, kind, item_code)


def check_definition(*, definition: Definition) -> tuple[FieldError, ...]:
    """Why this bundle cannot be published; empty when it can. For editors."""
    return bundle.faults(definition)


# --- opening and deciding ---------------------------------------------------------------


def open_case(
    *,
    context: Context,
    definition: str,
    submission: Submission,
    idempotency_key: str,
    owner: Person | None = None,
) -> Receipt:
    """Open a case pinned to ``definition`` (a SHA-256); may run in the caller's own transaction.

    The key is the applicant's, one per submission: the same key with the same content answers the
    same case (``created`` False, no code), with other content it is a `Conflict`. ``owner``
    defaults to ``context.on_behalf_of`` or the actor; only the system may name someone else.
    """
    return opening.open_case(context, definition, submission, idempotency_key, owner)


def decide_by_rule(*, context: Context, case_id: str, decision: RuleDecision) -> Case:
    """Record what the pinned decision table concluded, with its trace; only the system may.

    Allowed while no official has the case (submitted, accepted). A refusal can always be appealed
    to a person. Inputs are those of the case's own submission; their hash is kept. Use
    ``system_context("services", cause=receipt.event)``.
    """
    return steps.decide_by_rule(context, case_id, decision)


def accept(*, context: Context, case_id: str, version: int | None = None) -> Case:
    """Formally accept (受理) a submitted case for review by a person."""
    return steps.accept(context, case_id, version)


def claim(*, context: Context, case_id: str, version: int | None = None) -> Case:
    """Take a waiting case or an appeal on one's desk; a submitted case is accepted on the way."""
    return steps.claim(context, case_id, version)


def release(
    *, context: Context, case_id: str, version: int | None = None, reason: str = ""
) -> Case:
    """Give a claimed case back to its group."""
    return steps.release(context, case_id, version, reason)


def assign(*, context: Context, case_id: str, version: int, assignee: Person, reason: str) -> Case:
    """Hand the case to a colleague, with the reason. Nobody can be given their own application."""
    return steps.assign(context, case_id, version, assignee, reason)


def request_correction(*, context: Context, case_id: str, version: int, reason: str) -> Case:
    """The one-time notice (补正): say everything that is missing at once. Stops the clock."""
    return steps.request_correction(context, case_id, version, reason)


def decide(
    *,
    context: Context,
    case_id: str,
    version: int,
    outcome: Outcome,
    reason: str,
    legal_basis: str = "",
) -> Case:
    """Grant or refuse, by the official who has the case, with reasons.

    The legal basis is the definition's own when none is given.
    """
    return steps.decide(context, case_id, version, outcome, reason, legal_basis)


def decide_appeal(
    *,
    context: Context,
    case_id: str,
    version: int,
    outcome: AppealOutcome,
    reason: str,
    legal_basis: str = "",
) -> Case:
    """Uphold or overturn the refusal, by a person who claimed the appeal and did not refuse."""
    return steps.decide_appeal(context, case_id, version, outcome, reason, legal_basis)


# --- the applicant's steps --------------------------------------------------------------


def supplement(*, context: Context, case_id: str, submission: Submission, note: str = "") -> Case:
    """Answer the correction notice with the whole submission as it now is; the clock goes on."""
    return steps.supplement(context, case_id, submission, note)


def withdraw(*, context: Context, case_id: str, reason: str = "") -> Case:
    """Take the application back before it is decided."""
    return steps.withdraw(context, case_id, reason)


def appeal(*, context: Context, case_id: str, reason: str) -> Case:
    """Ask for a person to look again at a refusal, within the definition's time."""
    return steps.appeal(context, case_id, reason)


# --- reading ----------------------------------------------------------------------------


def get_case(*, context: Context, case_id: str) -> Case:
    """The case for its owner or an official of its group; needs a purpose in the context."""
    return reading.get_case(context, case_id)


def dossier(*, context: Context, case_id: str) -> Dossier:
    """Case, journal and its verification together."""
    return reading.dossier(context, case_id)


def list_cases(*, context: Context, query: CaseQuery) -> CasePage:
    """A page of cases; see `Scope`. All but ``own`` need a purpose in the context."""
    return listing.list_cases(context, query)


def export_cases(*, context: Context, query: CaseQuery) -> tuple[CaseRow, ...]:
    """The rows of a list to take away, `LARGEST_EXPORT` at most; audited as an export.

    When the list goes on, one row more comes to tell so: do not write it out.
    """
    return listing.export_cases(context, query)


def journal(*, context: Context, case_id: str) -> tuple[JournalEntry, ...]:
    """Every step from the first on. Officials are shown to the owner by office, not by name."""
    return reading.journal(context, case_id)


def verify_journal(*, context: Context, case_id: str) -> JournalReport:
    """Recompute the chain, the pinned definition, the submissions and the stored state."""
    return reading.verify_journal(context, case_id)


def colleagues(*, context: Context, case_id: str) -> tuple[Person, ...]:
    """Officials of the case's group to whom it could be handed."""
    return reading.colleagues(context, case_id)


def board(*, context: Context) -> Board:
    """Counts for boards: load per group and official, states, last 30 days."""
    return boards.board(context)


# --- without an account -----------------------------------------------------------------


def lookup_status(*, context: Context, reference: str, code: str) -> CaseStatus:
    """How a case stands, for the holder of number and code; five wrong codes lock it a while."""
    return lookup.lookup_status(context, reference, code)


def renew_code(*, context: Context, case_id: str) -> str:
    """A new look-up code for the owner; the old one stops working."""
    return lookup.renew_code(context, case_id)


# --- the clock --------------------------------------------------------------------------


def check_clocks(*, context: Context) -> int:
    """Warn and record overruns once each, close what is past appeal; answers how many moved."""
    return clocks.check_clocks(context)


# --- the process of a case --------------------------------------------------------------


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
