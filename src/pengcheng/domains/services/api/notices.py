"""The door of notices: what applicants are told of their cases."""

from __future__ import annotations

from datetime import datetime

from pengcheng.domains.services.ops import notices
from pengcheng.kernel.context import Context


def tell_of_case(*, context: Context, case_id: str, state: str, cause: str) -> None:
    """Send the applicant the notice of this state, in the words the case was opened with; once."""
    notices.tell(context, case_id, state, cause)


def tell_of_delay(*, context: Context, case_id: str, due_on: str, cause: str) -> None:
    """Tell the applicant that the promised time is over."""
    notices.late(context, case_id, due_on, cause)


def tell_words(*, context: Context, case_id: str, step_id: str, cause: str) -> None:
    """Send the words that a notice step of the process holds."""
    notices.tell_words(context, case_id, step_id, cause)


def remind_of_correction(*, context: Context, case_id: str) -> bool:
    """Remind the applicant of a correction, if it is still missing."""
    return notices.remind(context, case_id)


def reminder_due() -> datetime:
    """When to remind of a correction asked for now."""
    return notices.reminder_due()
