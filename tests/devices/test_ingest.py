"""Readings through the HTTP door: said, checked, stored."""

from __future__ import annotations

import cbor2
import pytest

from pengcheng.domains.devices import api
from pengcheng.kernel import clock
from tests.devices.scenes import Street, add, admin

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NOON = 1_780_000_000


def test_a_reading_is_in_the_entity_and_its_history_before_it_is_acknowledged(
    street: Street,
) -> None:
    shown = add("ws-1", longitude=114.0, latitude=22.5)
    reply = street.post("/ingest/readings", {"ts": NOON, "values": {"temp": 21.5}}, shown.token)
    assert (reply.status, reply.body) == (200, {"stored": 1, "duplicates": 0, "refused": []})
    device = api.device(context=admin(), device_id="ws-1")
    latest = api.latest(context=admin(), device=device)
    assert [(each.measure.key, each.value, each.unit) for each in latest] == [("temp", 21.5, "°C")]
    assert latest[0].observed_at.timestamp() == NOON
    assert street.values("ws-1", "temperature") == [21.5]
    entity = street.broker.reader("").fetch("urn:ngsi-ld:WeatherObserved:ws-1")
    assert entity["attrs"]["https://uri.etsi.org/ngsi-ld/location"][0]["value"]["coordinates"] == [
        114.0,
        22.5,
    ]


def test_what_comes_twice_is_kept_once_even_when_it_comes_late(street: Street) -> None:
    token = add("ws-1").token
    messages = [{"ts": NOON + n, "values": {"temp": n}} for n in (1, 3, 2)]
    first = [street.post("/ingest/readings", each, token).body["stored"] for each in messages]
    again = street.post("/ingest/readings", messages, token).body
    assert first == [1, 1, 1]
    assert (again["stored"], again["duplicates"]) == (0, 3)
    assert street.values("ws-1", "temperature") == [1, 2, 3]
    device = api.device(context=admin(), device_id="ws-1")
    assert api.latest(context=admin(), device=device)[0].value == 3


def test_what_is_out_of_range_or_unknown_is_named_and_stops_nothing_else(street: Street) -> None:
    token = add("ws-1").token
    body = {"ts": NOON, "values": {"temp": 99, "hum": 40, "colour": "red"}}
    found = street.post("/ingest/readings", body, token).body
    assert found["stored"] == 1
    assert [(each["key"], each["code"]) for each in found["refused"]] == [
        ("temp", "above"),
        ("colour", "unknown"),
    ]
    street.run(street.house.crew.write())
    condition = api.condition(context=admin(), device_id=street.directory.by_name["ws-1"].id)
    assert (condition.stored, condition.refused) == (1, 2)
    assert [each["code"] for each in condition.flaws] == ["above", "unknown"]


def test_a_clock_that_is_ahead_is_put_right_and_the_skew_written_down(street: Street) -> None:
    token, ahead = add("ws-1").token, 3600
    now = clock.now().timestamp()
    body = [{"ts": now + ahead + n, "values": {"temp": n}} for n in (-20, -10, 0)]
    assert street.post("/ingest/readings", body, token).body["stored"] == 3
    device = api.device(context=admin(), device_id="ws-1")
    times = [
        at.timestamp()
        for at, _ in api.history(context=admin(), device=device, attribute="temperature")
    ]
    assert times[2] == pytest.approx(now, abs=30)
    assert times[2] - times[0] == pytest.approx(20, abs=0.01)
    again = street.post("/ingest/readings", body, token).body
    assert again["duplicates"] == 3, "the same skew is taken for a message that is sent again"
    street.run(street.house.crew.write())
    assert api.condition(context=admin(), device_id="ws-1").skew == 0
    assert api.condition(context=admin(), device_id=device.id).skew == pytest.approx(3600, abs=30)


def test_a_clock_that_was_never_set_counts_as_none(street: Street) -> None:
    token = add("ws-1").token
    assert street.post("/ingest/readings", {"ts": 12, "values": {"temp": 1}}, token).status == 200
    device = api.device(context=admin(), device_id="ws-1")
    age = clock.now() - api.latest(context=admin(), device=device)[0].observed_at
    assert abs(age.total_seconds()) < 60


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            b'[{"bn":"urn:dev:ow:10e2:","bt":1.78e9,"n":"temp","u":"Cel","v":23.1}]',
            "application/senml+json",
        ),
        (cbor2.dumps([{-2: "urn:dev:", -3: 1.78e9, 0: "temp", 2: 23.1}]), "application/senml+cbor"),
        (cbor2.dumps({"ts": NOON, "values": {"temp": 23.1}}), "application/cbor"),
        (b'{"temp": 23.1, "timestamp": "2026-05-28T20:26:40Z"}', "application/json"),
    ],
)
def test_each_way_of_writing_it_means_the_same(street: Street, body: bytes, kind: str) -> None:
    token = add("ws-1").token
    assert street.post("/ingest/readings", body, token, kind).body["stored"] == 1
    assert street.values("ws-1", "temperature") == [23.1]


def test_a_message_of_another_shape_is_read_by_the_table_of_its_profile(street: Street) -> None:
    token = add("m-1", "meter").token
    body = {"d": {"t": NOON * 1000, "reg": [{"v": 12345}]}}
    assert street.post("/ingest/readings", body, token).body["stored"] == 1
    assert street.values("m-1", "volume") == [12.345]


def test_thingsboards_own_address_takes_the_token_in_the_path(street: Street) -> None:
    token = add("ws-1").token
    assert street.post(f"/ingest/v1/{token}/telemetry", {"temp": 20}).status == 200
    assert street.post("/ingest/v1/wrong/telemetry", {"temp": 20}).status == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 422), (b"7", 422), (b"[1]", 422), (b"[" * 5000, 422), (b" " * (1 << 20) + b"{}", 413)],
)
def test_bad_bodies_are_refused_with_a_problem(street: Street, body: bytes, status: int) -> None:
    reply = street.post("/ingest/readings", body, add("ws-1").token)
    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_device_without_a_token_or_switched_off_stays_outside(street: Street) -> None:
    shown = add("ws-1")
    assert street.post("/ingest/readings", {"temp": 1}).status == 401
    assert street.post("/ingest/readings", {"temp": 1}, "guess").status == 401
    assert street.post("/ingest/readings", {"temp": 1}, shown.token).status == 200
    api.set_active(context=admin(), device_id=shown.device.id, active=False)
    street.directory.load()
    assert street.post("/ingest/readings", {"temp": 1}, shown.token).status == 401


def test_a_new_token_ends_the_old_one(street: Street) -> None:
    shown = add("ws-1")
    street.directory.load()
    fresh = api.issue_token(context=admin(), device_id=shown.device.id)
    street.directory.load()
    assert street.post("/ingest/readings", {"temp": 1}, shown.token).status == 401
    assert street.post("/ingest/readings", {"temp": 1}, fresh).status == 200


def test_who_floods_is_told_to_wait_and_others_are_not(street: Street) -> None:
    loud, quiet = add("loud", rate=2).token, add("quiet").token
    found = [street.post("/ingest/readings", {"temp": n}, loud).status for n in range(8)]
    assert 429 in found
    assert street.post("/ingest/readings", {"temp": 1}, quiet).status == 200
