"""A fault on a pole opens an incident, once, and repair is told."""

from __future__ import annotations

import pytest

from pengcheng.domains.command import api as command
from pengcheng.domains.command.contracts import IncidentQuery
from pengcheng.domains.poles import api
from pengcheng.kernel.events import deliver_pending
from tests.poles.scenes import SYSTEM, mounted, pole

pytestmark = pytest.mark.django_db


def test_a_fault_opens_an_incident_and_repair_closes_what_nobody_took_up() -> None:
    on = pole(simulated=True)
    lamp = mounted(on)
    fault = api.report(context=SYSTEM, pole_id=on.id, mount_id=lamp.id, text="不亮")
    api.report(context=SYSTEM, pole_id=on.id, mount_id=lamp.id, text="仍不亮")
    deliver_pending()
    (incident,) = command.incidents(context=SYSTEM, query=IncidentQuery())[0]
    assert "模拟" in incident.zh
    assert incident.entity == "urn:ngsi-ld:Device:L-1"
    api.move_fault(context=SYSTEM, fault_id=fault.id, to="repaired")
    deliver_pending()
    assert command.incident(context=SYSTEM, incident_id=incident.id).state == "closed"
