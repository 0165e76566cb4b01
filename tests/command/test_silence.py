"""A device that falls silent is an incident, once, until it speaks again."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse

from pengcheng.domains.command import api
from pengcheng.domains.devices.contracts import Health
from pengcheng.domains.devices.events import DeviceBack, DeviceIll, DeviceLate
from pengcheng.kernel.event import Event
from pengcheng.kernel.events import deliver_pending, emit
from tests.command.scenes import incidents, only, step
from tests.sensing.scenes import NOON, SYSTEM

pytestmark = pytest.mark.usefixtures("city")
LATE = DeviceLate(
    subject="device/d1", device="d1", name="ws-1", entity="urn:ngsi-ld:Device:ws-1", owner="",
    place="", interval=60, seen_at=NOON,
)  # fmt: skip
BACK = DeviceBack(subject="device/d1", device="d1", name="ws-1", health="well")


def tell(*told: Event) -> None:
    for event in told:
        with transaction.atomic():
            emit(SYSTEM, event)
    deliver_pending()


def test_an_incident_that_nobody_took_up_closes_when_the_device_speaks_again() -> None:
    tell(LATE)
    assert (only().state, only().entity_en) == ("open", "ws-1")
    assert "ws-1" in only().en
    tell(BACK)
    item = only()
    assert (item.state, item.outcome) == ("closed", "handled")
    lines = api.journal(context=SYSTEM, incident_id=item.id)
    assert [line.action for line in lines] == ["raise", "close"]
    tell(LATE)
    assert sorted(each.state for each in incidents()) == ["closed", "open"]


def test_what_somebody_has_in_hand_is_told_and_stays_open() -> None:
    from tests.support.people import context_of, holder, signed_in

    official = holder("official")
    tell(LATE)
    step(context_of(official), "acknowledge")
    tell(BACK, BACK)
    assert only().state == "acknowledged"
    assert only().cleared_at is not None
    page = signed_in(official).get(reverse("command:incident", args=[only().id]))
    assert "ws-1" in page.content.decode()


@pytest.mark.parametrize(
    ("health", "attribute"),
    [
        ("flapping", "deviceFlapping"),
        ("stuck", "deviceStuck"),
        ("out_of_range", "deviceOutOfRange"),
    ],
)
def test_an_illness_is_an_incident_of_its_own_until_it_ends(health: Health, attribute: str) -> None:
    ill = DeviceIll(
        subject="device/d1", device="d1", name="ws-1", entity="urn:ngsi-ld:Device:ws-1",
        health=health, about="temp", value=7.0, bound=5.0, unit_code="C62",
    )  # fmt: skip
    over = DeviceBack(subject="device/d1", device="d1", name="ws-1", health="well", was=health)
    tell(LATE, ill, ill)
    assert sorted(each.attribute for each in incidents()) == sorted(["deviceSilence", attribute])
    tell(over)
    states = {each.attribute: each.state for each in incidents()}
    assert states == {"deviceSilence": "open", attribute: "closed"}
