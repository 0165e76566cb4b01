"""Snapshots (4.3.7, 5.5.15, 5.16, 6.36 to 6.38)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pengcheng.kernel import clock
from tests.sensing.ngsild.conftest import Client, Receiver, Reply, vehicle

SNAP = "urn:ngsi-ld:Snapshot:1"
ONE = "/entities/urn:ngsi-ld:Vehicle:1"
WITHIN = {"NGSILD-Snapshot": SNAP}
FLEET = {"type": "Query", "entities": [{"type": "Vehicle"}], "q": "speed>10"}
PAST = {
    "type": "Query",
    "entities": [{"type": "Vehicle"}],
    "temporalQ": {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"},
}


def snapshot(**more: Any) -> dict[str, Any]:
    return {"id": SNAP, "type": "Snapshot", "snapshotQueries": [FLEET], **more}


def made(ngsi: Client, **more: Any) -> Reply:
    reply = ngsi.post("/snapshots", snapshot(**more))
    assert reply.status == 201, reply.body
    ngsi.until(lambda: status(ngsi)["snapshotStatus"] != "preparing")
    return reply


def status(ngsi: Client, identity: str = SNAP) -> Any:
    return ngsi.broker.snapshots.get("", identity)


@pytest.fixture
def fleet(ngsi: Client) -> Client:
    ngsi.post("/entityOperations/create", [vehicle(n, speed=n * 10) for n in (1, 2, 3)])
    ngsi.post(
        "/temporal/entities",
        vehicle(2, speed=[{"value": 7, "observedAt": "2026-01-01T00:00:00Z"}]),
    )
    return ngsi


def test_5_16_1_a_snapshot_keeps_what_was_and_lives_on_its_own(fleet: Client) -> None:
    reply = made(fleet, snapshotTemporalQueries=[PAST])
    assert reply.header("location") == f"/ngsi-ld/v1/snapshots/{SNAP}"
    told = fleet.get(f"/snapshots/{SNAP}").json
    assert told["snapshotStatus"] == "success"
    assert told["snapshotQueriesDetails"] == [{"resultStatus": "success"}]
    assert told["snapshotTemporalQueriesDetails"] == [{"resultStatus": "success"}]
    assert told["snapshotPriority"] == 5
    fleet.patch("/entities/urn:ngsi-ld:Vehicle:2", {"speed": 99})
    within = fleet.get("/entities", type="Vehicle", options="keyValues", headers=WITHIN)
    assert within.json == [vehicle(2, speed=20), vehicle(3, speed=30)]
    assert within.header("ngsild-snapshot") == SNAP
    assert fleet.get(ONE, headers=WITHIN).status == 404
    past = fleet.get("/temporal/entities/urn:ngsi-ld:Vehicle:2", headers=WITHIN, attrs="speed")
    assert [each["value"] for each in past.json["speed"]] == [7]
    assert (
        fleet.patch("/entities/urn:ngsi-ld:Vehicle:3", {"speed": 1}, headers=WITHIN).status == 204
    )
    assert fleet.get("/entities/urn:ngsi-ld:Vehicle:3").json["speed"]["value"] == 30
    assert fleet.get("/types", headers=WITHIN).json["typeList"] == ["Vehicle"]


def test_5_16_2_a_clone_goes_its_own_way(fleet: Client) -> None:
    made(fleet)
    copy = {"id": "urn:ngsi-ld:Snapshot:2", "type": "Snapshot", "snapshotPriority": 9}
    assert fleet.post(f"/snapshots/{SNAP}/clone", copy).status == 201
    fleet.until(lambda: status(fleet, copy["id"])["snapshotStatus"] == "success")
    fleet.delete("/entities/urn:ngsi-ld:Vehicle:2", headers=WITHIN)
    other = {"NGSILD-Snapshot": copy["id"]}
    assert len(fleet.get("/entities", type="Vehicle", headers=other).json) == 2
    assert fleet.get(f"/snapshots/{copy['id']}").json["snapshotQueries"] == [FLEET]
    assert fleet.post(f"/snapshots/{SNAP}/clone", copy).kind == "AlreadyExists"
    assert fleet.post("/snapshots/urn:x:y/clone", copy).kind == "ResourceNotFound"


def test_5_16_4_and_5_16_6_its_end_can_be_moved_and_is_told(
    fleet: Client, receiver: Receiver
) -> None:
    info = [{"key": "Authorization", "value": "x"}]
    made(fleet, endpoint=receiver.url, receiverInfo=info)
    fleet.until(lambda: receiver.got)
    headers, body = receiver.got[0]
    assert headers["Authorization"] == "x"
    assert (body["type"], body["snapshotId"]) == ("SnapshotNotification", SNAP)
    assert body["snapshotStatus"] == "success"
    before = fleet.get(f"/snapshots/{SNAP}").json["expiresAt"]
    changed = fleet.patch(f"/snapshots/{SNAP}", {"snapshotLifetime": "P3D"})
    assert changed.status == 200
    assert changed.json["expiresAt"] > before
    fleet.until(lambda: len(receiver.got) == 2)
    with clock.frozen(clock.now() + timedelta(days=4)):
        assert fleet.get(f"/snapshots/{SNAP}").kind == "ResourceNotFound"
        fleet.loop.run_until_complete(fleet.broker.snapshots.sweep())
    assert fleet.broker.connection.one("SELECT count(*) FROM ngsild_entity") == (3,)


def test_5_16_5_and_5_16_7_snapshots_are_deleted_and_purged(fleet: Client) -> None:
    made(fleet)
    assert fleet.delete(f"/snapshots/{SNAP}").status == 204
    assert fleet.delete(f"/snapshots/{SNAP}").kind == "ResourceNotFound"
    assert fleet.get("/entities", type="Vehicle", headers=WITHIN).kind == "ResourceNotFound"
    made(fleet)
    assert len(fleet.get("/entities", type="Vehicle", headers=WITHIN).json) == 2
    assert "inside" not in fleet.get(f"/snapshots/{SNAP}").json
    assert fleet.delete("/snapshots", q="snapshotPriority>5").kind == "ResourceNotFound"
    for wrong in ({}, {"q": "speed>1"}, {"q": "=="}):
        assert fleet.delete("/snapshots", **wrong).kind == "BadRequestData"
    assert (
        fleet.delete("/snapshots", q='snapshotPriority<=5;snapshotStatus=="success"').status == 204
    )
    assert fleet.get(f"/snapshots/{SNAP}").status == 404


def test_5_16_1_4_what_does_not_hold_is_refused_and_what_is_empty_said(fleet: Client) -> None:
    changes: list[dict[str, Any]] = [
        {"type": "Other"},
        {"snapshotQueries": []},
        {"snapshotQueries": [PAST]},
        {"snapshotTemporalQueries": [FLEET]},
        {"snapshotQueries": [{"type": "Query"}]},
        {"snapshotPriority": 11},
        {"snapshotLifetime": "long"},
        {"id": "x"},
        {"endpoint": "x"},
        {"receiverInfo": {}},
    ]
    for change in changes:
        assert fleet.post("/snapshots", snapshot(**change)).kind == "BadRequestData", change
    assert fleet.post("/snapshots", {"type": "Snapshot"}).kind == "BadRequestData"
    made(fleet, snapshotQueries=[{**FLEET, "q": "speed>1000"}])
    assert status(fleet)["snapshotStatus"] == "empty"
    assert fleet.get("/entities", type="Vehicle", headers=WITHIN).json == []
    assert fleet.post("/snapshots", snapshot()).kind == "AlreadyExists"
    for wrong in ({"id": "urn:a:b"}, {"snapshotQueries": [FLEET]}, {"snapshotPriority": 0}):
        assert fleet.patch(f"/snapshots/{SNAP}", wrong).kind == "BadRequestData"


def test_6_3_22_a_subscription_within_is_told_of_what_happens_within(
    fleet: Client, receiver: Receiver
) -> None:
    made(fleet)
    body = {
        "type": "Subscription",
        "entities": [{"type": "Vehicle"}],
        "notification": {"endpoint": {"uri": receiver.url}},
    }
    assert fleet.post("/subscriptions", body, headers=WITHIN).status == 201
    fleet.patch("/entities/urn:ngsi-ld:Vehicle:2", {"speed": 1})
    fleet.patch("/entities/urn:ngsi-ld:Vehicle:2", {"speed": 2}, headers=WITHIN)
    fleet.until(lambda: receiver.got)
    headers, told = receiver.got[0]
    assert headers["NGSILD-Snapshot"] == SNAP
    assert "NGSILD-Tenant" not in headers
    assert told["data"][0]["speed"]["value"] == 2
    assert fleet.get("/subscriptions").json == []
