"""What has come to its last day is noted down as expired."""

import logging

from pengcheng.domains.licences.contracts import State, Step
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.domains.licences.ops import showings
from pengcheng.domains.licences.ops.steps import take
from pengcheng.domains.licences.ops.store import Grounds
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit
from pengcheng.kernel.problems import Conflict

log = logging.getLogger(__name__)
BATCH = 1000
GROUNDS = Grounds(reason="有效期届满")


def expire_due(context: Context) -> int:
    """Each licence in a transaction of its own: one that fails must not hold up the others."""
    permit(context, "licences.licence.expire")
    showings.forget_old()
    due = LicenceRecord.objects.filter(
        state__in=(State.VALID, State.SUSPENDED), valid_until__lt=clock.today()
    )
    done = 0
    for licence_id in due.order_by("valid_until", "pk").values_list("pk", flat=True)[:BATCH]:
        try:
            take(context, licence_id, Step.EXPIRE, GROUNDS)
            done += 1
        except Conflict:
            continue  # another worker was faster
        except Exception:
            log.exception("licence %s could not be expired", licence_id)
    return done
