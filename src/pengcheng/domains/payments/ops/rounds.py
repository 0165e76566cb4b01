"""What comes round: keeping up with the operator, and closing a day."""

from datetime import date

from pengcheng.domains.payments.ops import booking, matching, notifying, ordering
from pengcheng.kernel.context import Context


def keep_up(context: Context) -> int:
    """Answers how many things moved."""
    return notifying.send_due(context) + booking.catch_up(context) + ordering.expire_due(context)


def close_day(context: Context, day: date) -> int:
    """Match the day; answers how many departments were settled with, none while it is not clean."""
    if not matching.match(context, day).is_clean:
        return 0
    return len(matching.settle(context, day))
