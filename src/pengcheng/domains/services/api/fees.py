"""The door of fees: what a matter costs, and what becomes of it."""

from __future__ import annotations

from pengcheng.domains.payments.contracts import Order
from pengcheng.domains.services.ops import fees
from pengcheng.domains.services.ops.fees import MATTER
from pengcheng.kernel.context import Context

__all__ = ["MATTER"]


def of_matter(*, context: Context, case_id: str) -> tuple[Order, ...]:
    """What one's matter cost or costs, oldest first; needs a purpose."""
    return fees.of_matter(context, case_id)


def is_wanted(*, context: Context, case_id: str) -> bool:
    """Whether the matter waits for a fee whose order was cancelled or ran out."""
    return fees.is_wanted(context, case_id)


def again(*, context: Context, case_id: str) -> None:
    """Ask for such a fee anew. Raises Conflict when none is wanted."""
    fees.again(context, case_id)


def ask(*, context: Context, case_id: str) -> None:
    """A process waits for the fee; for the handlers."""
    fees.ask(context, case_id)


def paid(*, context: Context, case_id: str, amount_fen: int) -> None:
    """The fee came in; for the handlers."""
    fees.paid(context, case_id, amount_fen)


def give_back(*, context: Context, case_id: str) -> None:
    """The application was withdrawn; for the handlers."""
    fees.give_back(context, case_id)
