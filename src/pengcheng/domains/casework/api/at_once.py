"""The door for programs that do several things with a case in one transaction."""

from pengcheng.domains.casework.contracts import (
    Heading,
    Opened,
    Person,
    RuleDecision,
    Submission,
)
from pengcheng.domains.casework.ops import at_once, reading
from pengcheng.kernel.context import Context


def open_and_decide(
    *,
    context: Context,
    definition: str,
    submission: Submission,
    idempotency_key: str,
    owner: Person | None,
    decision: RuleDecision | None,
    by: Context,
) -> Opened:
    """`open_case`, and with a ``decision`` `decide_by_rule` by the system (``by``) in one go.

    A key that was used before answers the case it opened, and decides nothing again.
    """
    return at_once.open_and_decide(
        context, definition, submission, idempotency_key, owner, decision, by
    )


def heading(*, context: Context, case_id: str) -> Heading:
    """Number, title and owner of a case, for a message about it; read like `get_case`."""
    return reading.heading(context, case_id)
