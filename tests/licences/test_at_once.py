"""Several at the same moment: one key one licence, no serial twice, one end."""

import threading

import pytest
from django.db import connection

from pengcheng.domains.licences import api
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.kernel import audit
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict
from tests.licences.scenes import GROUNDS, WANG, issued, renewed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def at_once(*works):
    """Run each in a thread with a connection of its own; answers and problems, in no order."""
    found, start = [], threading.Barrier(len(works))

    def body(work):
        try:
            start.wait(60)
            found.append(work())
        except Exception as problem:
            found.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=body, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_one_key_sent_several_times_at_once_makes_one_licence():
    found = at_once(*[lambda: issued(idempotency_key="double-click")] * 5)
    assert len({one.number for one in found}) == 1
    assert sorted(one.created for one in found) == [False] * 4 + [True]
    assert LicenceRecord.objects.count() == 1
    assert OutboxEvent.objects.filter(type="licences.licence.issued").count() == 1


def test_serials_never_repeat():
    found = at_once(*[lambda key=f"at-once-{n}": issued(idempotency_key=key) for n in range(6)])
    assert len({one.number for one in found}) == 6
    assert len({one.status_index for one in found}) == 6
    assert audit.verify().whole


def test_of_a_revocation_and_two_renewals_one_wins():
    licence = issued()
    found = at_once(
        lambda: api.revoke(context=WANG, licence_id=licence.id, **GROUNDS),
        lambda: renewed(licence),
        lambda: renewed(licence),
    )
    lost = [one for one in found if isinstance(one, Exception)]
    assert [type(one) for one in lost] == [Conflict, Conflict]
    assert api.dossier(context=WANG, licence_id=licence.id).intact
    assert LicenceRecord.objects.filter(predecessor_id=licence.id).count() <= 1
