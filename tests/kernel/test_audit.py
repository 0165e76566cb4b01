"""The audit chain shows every alteration, and the database refuses most of them."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from pengcheng.kernel import audit
from pengcheng.kernel.acting import act
from pengcheng.kernel.models import AuditEntry, AuditHead
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict, Denied

pytestmark = pytest.mark.django_db
LAMP = Resource("lamp", "1")


@pytest.fixture
def chain(official):
    for number in range(5):
        audit.record(official, action="lamps.lamp.light", resource=f"lamp/{number}")


def without_guard(verb):
    suffix = " ON kernel_audit" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS kernel_audit_no_{verb}{suffix}")


def test_an_untouched_chain_is_whole(chain):
    report = audit.verify()
    assert (report.whole, report.count) == (True, 5)


def test_the_empty_chain_is_whole():
    assert audit.verify().whole


def test_the_database_refuses_to_change_a_line(chain):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(resource="lamp/2").update(actor="nobody")


def test_an_altered_line_is_found(chain):
    without_guard("update")
    AuditEntry.objects.filter(resource="lamp/2").update(outcome="denied")
    report = audit.verify()
    assert not report.whole
    assert report.broken_at == AuditEntry.objects.get(resource="lamp/2").id


def test_a_missing_line_in_the_middle_is_found(chain):
    without_guard("delete")
    AuditEntry.objects.filter(resource="lamp/2").delete()
    assert audit.verify().broken_at == AuditEntry.objects.get(resource="lamp/3").id


def test_missing_lines_at_the_end_are_found(chain):
    without_guard("delete")
    AuditEntry.objects.filter(resource="lamp/4").delete()
    assert audit.verify().reason == "lines missing at the end"


def test_an_act_writes_one_line_with_its_facts(official):
    with act(official, "lamps.lamp.light", LAMP) as acting:
        acting.note(watts=40)
    (line,) = audit.entries(resource="lamp/1")
    assert (line.actor, line.outcome, line.facts) == ("o-1", "success", {"watts": 40})


def test_a_refused_act_is_audited_and_changes_nothing(citizen):
    with pytest.raises(Denied), act(citizen, "lamps.lamp.light", LAMP):
        pytest.fail("a refused act must not begin")
    (line,) = audit.entries(resource="lamp/1")
    assert (line.outcome, line.facts["code"]) == ("denied", "kernel.permit.no_right")


@pytest.mark.django_db(transaction=True)
def test_a_failed_act_undoes_its_change_but_not_its_line(official):
    with (
        pytest.raises(Conflict),
        act(official, "lamps.lamp.light", LAMP),
    ):
        AuditHead.objects.update_or_create(id=1, defaults={"digest": "f" * 64})
        raise Conflict(code="lamps.lamp.broken", zh="灯坏了", en="The lamp is broken")
    (line,) = audit.entries(resource="lamp/1")
    assert line.outcome == "failure"
    assert audit.verify().whole


def test_an_act_within_an_act_is_one_transaction(official):
    with pytest.raises(Conflict), act(official, "lamps.lamp.light", LAMP):
        with act(official, "lamps.lamp.light", Resource("lamp", "2")):
            pass
        raise Conflict(code="lamps.lamp.broken", zh="灯坏了", en="The lamp is broken")
    assert audit.entries(resource="lamp/2") == []


def test_entries_can_be_asked_by_actor_and_action(chain):
    assert len(audit.entries(actor="o-1", limit=3)) == 3
    assert audit.entries(action="lamps.lamp.see") == []
