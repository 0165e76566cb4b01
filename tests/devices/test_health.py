"""Whether devices are well, and what becomes of commands by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from pengcheng.domains.devices import api, events
from pengcheng.domains.devices.contracts import Measure
from pengcheng.domains.devices.rules.health import Signs, judge
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Denied, Invalid
from tests.devices.scenes import Street, add, admin
from tests.support.people import person, signed_in

pytestmark = pytest.mark.one_database
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MEASURE = Measure(key="temp", stuck_after=3600)


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


@pytest.mark.parametrize(
    ("signs", "health"),
    [
        (Signs(interval=60), "new"),
        (Signs(interval=60, seen_at=ago(seconds=179)), "well"),
        (Signs(interval=60, seen_at=ago(seconds=180)), "late"),
        (Signs(interval=1, seen_at=ago(seconds=29)), "well"),
        (Signs(interval=0, seen_at=ago(days=90)), "well"),
        (Signs(seen_at=NOON, connects=[ago(minutes=n) for n in range(5)]), "flapping"),
        (Signs(seen_at=NOON, connects=[ago(minutes=4 * n) for n in range(5)]), "well"),
        (Signs(seen_at=NOON, refused_at=ago(minutes=9)), "out_of_range"),
        (Signs(seen_at=NOON, refused_at=ago(minutes=11)), "well"),
        (Signs(seen_at=NOON, changed={"temp": ago(hours=1)}), "stuck"),
        (Signs(seen_at=NOON, changed={"temp": ago(minutes=59)}), "well"),
        (Signs(seen_at=NOON, skew=61), "skewed"),
        (Signs(interval=60, seen_at=ago(hours=1), skew=999, refused_at=NOON), "late"),
    ],
)
def test_the_worst_is_said(signs: Signs, health: str) -> None:
    assert judge(signs, [MEASURE], NOON).health == health


def told(kind: Any) -> int:
    return OutboxEvent.objects.filter(type=kind.type).count()


@pytest.mark.django_db
def test_a_device_that_is_late_is_told_once_and_so_is_its_return(street: Street) -> None:
    shown, who = add("ws-1"), system_context("devices")
    with clock.frozen(NOON) as frozen:
        street.post("/ingest/readings", {"temp": 1}, shown.token)
        street.run(street.house.crew.write())
        frozen.advance(seconds=200)
        assert api.judge_all(context=who) == 1
        assert api.judge_all(context=who) == 0
        assert told(events.DeviceLate) == 1
        assert api.devices(context=admin(), health="late")[1] == 1
        street.post("/ingest/readings", {"temp": 2}, shown.token)
        street.run(street.house.crew.write())
        assert api.judge_all(context=who) == 1
    assert told(events.DeviceBack) == 1
    assert api.condition(context=admin(), device_id=shown.device.id).health == "well"


@pytest.mark.django_db
def test_an_illness_is_told_with_its_figures_and_its_end(street: Street) -> None:
    shown, who = add("ws-1"), system_context("devices")

    def said(body: Any) -> list[dict[str, Any]]:
        street.post("/ingest/readings", body, shown.token)
        street.run(street.house.crew.write())
        api.judge_all(context=who)
        rows = OutboxEvent.objects.filter(type__startswith="devices.device.").order_by("id")
        return [each.data for each in rows if each.type != events.DeviceAdded.type]

    with clock.frozen(NOON) as frozen:
        told_first = said({"temp": 99})[-1]
        assert (told_first["health"], told_first["value"], told_first["bound"]) == (
            *("out_of_range", 99.0, 60.0),
        )
        assert len(said({"temp": 98})) == 1, "once"
        frozen.advance(seconds=601)
        assert said({"temp": 20})[-1]["was"] == "out_of_range"
        frozen.advance(seconds=7200)
        ended = said({"temp": 20})[-1]
        assert (ended["health"], ended["about"], ended["value"]) == ("stuck", "temp", 7200.0)


@pytest.mark.django_db
def test_a_command_that_nobody_takes_expires_and_one_that_was_lost_is_sent_again(
    street: Street,
) -> None:
    shown = add("lamp", "generic")
    with clock.frozen(NOON) as frozen:
        first = api.command(context=admin(), device_id="lamp", method="on", seconds=60)
        found = street.get("/ingest/commands", shown.token).body["commands"]
        assert [each["method"] for each in found] == ["on"]
        assert street.get("/ingest/commands", shown.token).body["commands"] == []
        frozen.advance(seconds=61)
        assert api.expire_commands() == 1
        assert api.expire_commands() == 0
        assert street.post("/ingest/commands/1", {"ok": True}, shown.token).status == 404
    assert api.one_command(context=admin(), command_id=first.id).state == "expired"
    assert told(events.CommandEnded) == 1


@pytest.mark.django_db
def test_a_device_that_only_calls_says_what_came_of_it(street: Street) -> None:
    shown = add("lamp", "generic")
    commands = [api.command(context=admin(), device_id="lamp", method="on") for _ in range(2)]
    street.get("/ingest/commands", shown.token)
    assert street.post("/ingest/commands/1", {"ok": True}, shown.token).status == 204
    assert street.post("/ingest/commands/2", {"error": "hot"}, shown.token).status == 204
    states = [api.one_command(context=admin(), command_id=each.id).state for each in commands]
    assert states == ["done", "failed"]


@pytest.mark.django_db
def test_who_may_not_commands_nothing(street: Street) -> None:
    add("lamp", "generic")
    with pytest.raises(Denied):
        api.command(context=admin("official"), device_id="lamp", method="on")
    with pytest.raises(Invalid):
        api.command(context=admin(), device_id="lamp", method="on", seconds=10**9)


@pytest.mark.django_db
def test_programs_read_devices_and_command_them(street: Street) -> None:
    shown = add("ws-1")
    street.post("/ingest/readings", {"ts": 1_780_000_000, "values": {"temp": 1}}, shown.token)
    browser = signed_in(person("dev-boss", roles=("admin",), kind="official"))
    assert Client().get("/api/v1/devices/devices").status_code in {401, 403}
    listed = browser.get("/api/v1/devices/devices?search=ws").json()
    assert listed["total"] == 1
    one = browser.get("/api/v1/devices/devices/ws-1").json()
    assert one["latest"][0]["value"] == 1
    past = browser.get("/api/v1/devices/devices/ws-1/readings?attribute=temperature").json()
    assert [each["value"] for each in past["items"]] == [1]
    address = "/api/v1/devices/devices/ws-1/commands"
    body = {"method": "reboot", "params": {"in": 5}}
    made = browser.post(address, body, content_type="application/json")
    assert made.status_code == 201
    found = browser.get(f"/api/v1/devices/commands/{made.json()['id']}").json()
    assert (found["method"], found["state"]) == ("reboot", "queued")
