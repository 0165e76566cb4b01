"""The door of casework: open a case, move it by known steps, read it, prove its history.

Steps of people on a shared case need the ``version`` they saw, so that of two who act at once one
wins and the other is told (`Conflict`). Steps that the state does not allow raise `Conflict` too;
a missing right raises `Denied`, a missing or wrong value `Invalid`.
"""

from datetime import datetime

from pengcheng.domains.casework.api.at_once import (
    heading as heading,
)
from pengcheng.domains.casework.api.at_once import (
    open_and_decide as open_and_decide,
)
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
from pengcheng.domains.casework.api.processes import (
    child_ended as child_ended,
)
from pengcheng.domains.casework.api.processes import (
    claim_task as claim_task,
)
from pengcheng.domains.casework.api.processes import (
    complete_task as complete_task,
)
from pengcheng.domains.casework.api.processes import (
    delegate_task as delegate_task,
)
from pengcheng.domains.casework.api.processes import (
    deliver_message as deliver_message,
)
from pengcheng.domains.casework.api.processes import (
    drop_child as drop_child,
)
from pengcheng.domains.casework.api.processes import (
    list_tasks as list_tasks,
)
from pengcheng.domains.casework.api.processes import (
    migrate_cases as migrate_cases,
)
from pengcheng.domains.casework.api.processes import (
    park_step as park_step,
)
from pengcheng.domains.casework.api.processes import (
    process as process,
)
from pengcheng.domains.casework.api.processes import (
    release_task as release_task,
)
from pengcheng.domains.casework.api.processes import (
    resume as resume,
)
from pengcheng.domains.casework.api.processes import (
    return_for_correction as return_for_correction,
)
from pengcheng.domains.casework.api.processes import (
    run_steps as run_steps,
)
from pengcheng.domains.casework.api.processes import (
    suspend as suspend,
)
from pengcheng.domains.casework.api.processes import (
    task_colleagues as task_colleagues,
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
    Outcome,
    Person,
    Receipt,
    RuleDecision,
    Submission,
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


def add_evidence(
    *, context: Context, case_id: str, submission: Submission, reason: Label
) -> Case | None:
    """What came in late without the applicant (a register answered): the whole submission as it
    now is, with a line in the journal. None when the case has ended; only the system may."""
    return steps.add_evidence(context, case_id, submission, reason)


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
