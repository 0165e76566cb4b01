"""The door of notices about accounts and mandates, for what identity tells."""

from __future__ import annotations

from pengcheng.domains.services.ops import account_notices
from pengcheng.kernel.context import Context


def tell_of_change(*, context: Context, account_id: str, change: str, cause: str) -> None:
    """Tell an account's owner that their means to sign in were changed; once per cause."""
    account_notices.tell_of_change(context, account_id, change, cause)


def tell_of_mandate(
    *, context: Context, mandate_id: str, change: str, principal: str, agent: str, cause: str
) -> None:
    """Tell both sides of a mandate; once per cause."""
    account_notices.tell_of_mandate(
        context, mandate_id, change, principal=principal, agent=agent, cause=cause
    )
