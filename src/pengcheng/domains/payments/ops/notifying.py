"""The simulated operator's side of notifications: signed, sent again until they are taken."""

from datetime import timedelta

from pengcheng.domains.payments.models import SimNotification
from pengcheng.domains.payments.ops import booking, operator, shared_key
from pengcheng.domains.payments.rules import signature
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Problem

LARGEST_PAUSE = 6  # times five minutes


def send_due(context: Context) -> int:
    """Send what is owed; in this process, through the same check as a call over HTTP."""
    if operator.switched().silent:
        return 0
    due = SimNotification.objects.filter(taken_at=None, due__lte=clock.now()).order_by("due")
    return sum(_send(context, row) for row in list(due[:200]))


def _send(context: Context, row: SimNotification) -> bool:
    body, at = row.body.encode(), int(clock.now().timestamp())
    header = signature.sign(shared_key.operator(), row.pk, at, body)
    try:
        booking.notified(context, row.pk, str(at), header, body)
    except Problem:
        row.attempts += 1
        row.due = clock.now() + timedelta(minutes=5 * min(row.attempts, LARGEST_PAUSE))
        row.save(update_fields=["attempts", "due"])
        return False
    SimNotification.objects.filter(pk=row.pk).update(taken_at=clock.now())
    return True
