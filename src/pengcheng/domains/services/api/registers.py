"""The door to what registers know, what waits for them, and the bounds of what lies here unsent."""

from __future__ import annotations

from pengcheng.domains.casework.contracts import Case
from pengcheng.domains.services.ops import (
    corrections,
    drafts,
    facts,
    forms,
    matters,
    sweeping,
    waiting,
)
from pengcheng.kernel.context import Context
from pengcheng.kit.forms.answers import Answer
from pengcheng.kit.forms.definition import Definition, Text

CORRECTION = corrections.KIND


def fill_lists(*, form: Definition) -> Definition:
    """The form with the options of its lists that others keep."""
    return forms.filled(form)


def refresh_facts(*, context: Context, draft_id: str, page: str = "") -> tuple[Text, ...]:
    """Fetch what registers know for a page of a draft; answers the registers that were silent."""
    return facts.refresh(context, draft_id, page)


def dispute(*, context: Context, draft_id: str, key: str, value: str, reason: str) -> Answer:
    """Say that a register is wrong: its owner looks at it, one's own word stands meanwhile."""
    return corrections.dispute(context, draft_id, key, value, reason)


def answer_in_words(*, context: Context, case_id: str, note: str) -> Case:
    """Answer the correction notice of a case that has no form of its own, such as a dispute."""
    return matters.answer(context, case_id, note)


def settle_correction(*, context: Context, case_id: str, outcome: str) -> bool:
    """Carry out what the owner of a register decided."""
    return corrections.settled(context, case_id, outcome)


def resume_waiting(*, context: Context) -> int:
    """Let applications go on whose register answers again; answers how many did."""
    return waiting.resume(context)


def sweep_files(*, context: Context) -> int:
    """Delete files that no application names any more; answers how many."""
    return sweeping.sweep(context)


def remove_member(*, context: Context, draft_id: str, page: str, row: int) -> None:
    """Take one member out of a group of the form, with its answers and files."""
    drafts.remove_member(context, draft_id, page, row)


def register_awaited(*, context: Context, case_id: str) -> Text | None:
    """The register that one's own application waits for, by its name; None when for none."""
    return facts.awaited(context, case_id)
