"""A person's own matters: how each stands, and what they can do about it now."""

from __future__ import annotations

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import (
    Case,
    CasePage,
    CaseQuery,
    CaseStatus,
    JournalEntry,
    ProcessView,
    State,
)
from pengcheng.domains.services.ops import corrections, drafts
from pengcheng.domains.services.ops.submitting import refuse_gaps
from pengcheng.domains.services.rules import bundles
from pengcheng.kernel.context import Context
from pengcheng.kit.forms import answers as answering

PURPOSE = "service.own-matter"
KINDS = (bundles.KIND, corrections.KIND)
"""Parts of life events stand in their own list."""


def _own(context: Context) -> Context:
    return context.for_purpose(PURPOSE)


def listed(context: Context, *, states: frozenset[State], open_only: bool, page: int) -> CasePage:
    """A page of the person's applications, newest first."""
    query = CaseQuery(
        scope="own",
        kinds=KINDS,
        states=states,
        open_only=open_only,
        sort="-opened",
        page=page,
    )
    return casework.list_cases(context=_own(context), query=query)


def one(context: Context, case_id: str) -> tuple[Case, tuple[JournalEntry, ...]]:
    """A case with its history, as its owner may see it."""
    own = _own(context)
    case = casework.get_case(context=own, case_id=case_id)
    return case, casework.journal(context=own, case_id=case_id)


def process(context: Context, case_id: str) -> ProcessView:
    """The steps of the case, its parent and children, for its owner."""
    return casework.process(context=_own(context), case_id=case_id)


def supplement(context: Context, case_id: str, note: str) -> Case:
    """Answer the correction notice with the answers and files as they now are."""
    draft = drafts.of_case(context, case_id)
    form = drafts.form_for_owner(context, draft.id)
    answers = answering.read(dict(draft.answers))
    refuse_gaps(answering.Filling(form, answers))
    submission = bundles.submission(form, answers, drafts.files_of(draft.id), drafts.LINK)
    return casework.supplement(
        context=_own(context), case_id=case_id, submission=submission, note=note
    )


def answer(context: Context, case_id: str, note: str) -> Case:
    """Answer the correction notice of a case that has no form, such as “this is wrong”: in words,
    what was handed in stays."""
    case = casework.get_case(context=_own(context), case_id=case_id)
    return casework.supplement(
        context=_own(context), case_id=case_id, submission=case.submission, note=note
    )


def withdraw(context: Context, case_id: str, reason: str) -> Case:
    return casework.withdraw(context=_own(context), case_id=case_id, reason=reason)


def appeal(context: Context, case_id: str, reason: str) -> Case:
    return casework.appeal(context=_own(context), case_id=case_id, reason=reason)


def renew_code(context: Context, case_id: str) -> str:
    return casework.renew_code(context=_own(context), case_id=case_id)


def status(context: Context, reference: str, code: str) -> CaseStatus:
    """How a case stands, for whoever holds number and code."""
    return casework.lookup_status(context=context, reference=reference, code=code)
