"""Entity maps (4.5.25, 5.14, 5.5.9.3, 6.32, 6.34) and split entities (4.3.6.7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pengcheng.kernel import clock
from pengcheng.kit.ngsild import terms
from tests.sensing.ngsild.conftest import Client, Reply, vehicle
from tests.sensing.ngsild.test_distributed import Other, other, register  # noqa: F401

FLEET = {"type": "Vehicle"}


@pytest.fixture
def fleet(ngsi: Client) -> Client:
    ngsi.post("/entityOperations/create", [vehicle(n, speed=n * 10) for n in range(1, 6)])
    return ngsi


def place(reply: Reply) -> str:
    return reply.header("ngsild-entitymap").removeprefix("/ngsi-ld/v1")


def numbers(reply: Reply) -> list[str]:
    return [each["id"].rpartition(":")[2] for each in reply.json]


def test_6_34_3_1_a_map_is_made_read_prolonged_and_deleted(fleet: Client) -> None:
    made = fleet.get("/entityMaps", q="speed>30", **FLEET)
    assert made.status == 201
    body = made.json
    assert body["type"] == "EntityMap"
    assert body["linkedMaps"] == {}
    assert body["entityMap"] == {f"urn:ngsi-ld:Vehicle:{n}": ["@none"] for n in (4, 5)}
    assert fleet.get(place(made)).json == body
    ends = terms.stamp(clock.now() + timedelta(hours=1))
    fragment = {"type": "EntityMap", "expiresAt": ends, "entityMap": {}}
    assert fleet.patch(place(made), fragment).status == 204
    found = fleet.get(place(made)).json
    assert found == {**body, "expiresAt": ends}
    assert fleet.delete(place(made)).status == 204
    for method in ("GET", "DELETE"):
        assert fleet(method, place(made)).kind == "ResourceNotFound"
    assert fleet.patch(place(made), {"expiresAt": ends}).kind == "ResourceNotFound"


def test_5_14_what_does_not_hold_of_maps_is_refused(fleet: Client) -> None:
    assert fleet.get("/entityMaps").kind == "BadRequestData"
    assert fleet.get("/entityMaps/x").kind == "BadRequestData"
    assert fleet.get("/entityMaps", entityMapLifetime="x", **FLEET).kind == "BadRequestData"
    made = fleet.post("/entityMaps", {"type": "Query", "entities": [{"type": "Vehicle"}]})
    assert (made.status, len(made.json["entityMap"])) == (201, 5)
    for wrong in ({"expiresAt": "2020"}, {"type": "Map"}, []):
        assert fleet.patch(place(made), wrong).kind == "BadRequestData"


def test_5_14_2_a_map_ends_when_it_is_told_to(fleet: Client) -> None:
    made = fleet.get("/entities", entityMap="true", **FLEET)
    headers = {"NGSILD-EntityMap": made.header("ngsild-entitymap")}
    path = made.header("ngsild-entitymap").removeprefix("/ngsi-ld/v1")
    assert fleet.patch(path, {"expiresAt": "2099-01-01T00:00:00Z"}).status == 204
    assert fleet.get(path).json["expiresAt"] == "2099-01-01T00:00:00Z"
    assert fleet.patch(path, {"expiresAt": "2020-01-01T00:00:00Z"}).status == 204
    again = fleet.get("/entities", headers=headers, **FLEET)
    assert again.status == 201
    assert again.header("ngsild-entitymap") != headers["NGSILD-EntityMap"]


def test_5_5_9_3_pages_follow_the_map_and_what_left_leaves_it(fleet: Client) -> None:
    asked = {**FLEET, "q": "speed>0", "limit": "2"}
    first = fleet.get("/entities", entityMap="true", entityMapLifetime="PT5M", **asked)
    assert (first.status, numbers(first)) == (201, ["1", "2"])
    headers = {"NGSILD-EntityMap": first.header("ngsild-entitymap")}
    fleet.post("/entities", vehicle(6, speed=60))
    fleet.delete("/entities/urn:ngsi-ld:Vehicle:3")
    second = fleet.get("/entities", headers=headers, offset="2", count="true", **asked)
    assert (second.status, numbers(second)) == (200, ["4", "5"])
    assert second.header("ngsild-results-count") == "4"
    assert second.header("ngsild-entitymap") == first.header("ngsild-entitymap")
    assert 'rel="prev"' in second.header("link")
    assert 'rel="next"' not in second.header("link")


def test_5_5_14_a_map_that_has_expired_is_made_anew(fleet: Client) -> None:
    first = fleet.get("/entities", entityMap="true", entityMapLifetime="PT1M", **FLEET)
    headers = {"NGSILD-EntityMap": first.header("ngsild-entitymap")}
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        again = fleet.get("/entities", headers=headers, **FLEET)
    assert again.status == 201
    assert again.header("ngsild-entitymap") != first.header("ngsild-entitymap")


def test_5_14_4_4_a_map_knows_who_has_what(fleet: Client, other: Other) -> None:  # noqa: F811
    other.post("/entityOperations/create", [vehicle(5, fuel=1), vehicle(9, speed=90)])
    register(fleet, other, id="urn:ngsi-ld:ContextSourceRegistration:o")
    made = fleet.get("/entityMaps", **FLEET)
    source = "urn:ngsi-ld:ContextSourceRegistration:o"
    assert made.json["entityMap"]["urn:ngsi-ld:Vehicle:5"] == ["@none", source]
    assert made.json["entityMap"]["urn:ngsi-ld:Vehicle:9"] == [source]
    assert other.get(f"/entityMaps/{made.json['linkedMaps'][source]}").status == 200
    headers = {"NGSILD-EntityMap": made.header("ngsild-entitymap")}
    found = fleet.get("/entities", headers=headers, options="keyValues", offset="4", **FLEET)
    assert found.status == 200
    assert found.json == [vehicle(5, speed=50, fuel=1), vehicle(9, speed=90)]
    body = {"type": "Query", "entities": [FLEET], "entityMap": True}
    posted = fleet.post("/entityOperations/query", body, limit="1")
    assert (posted.status, len(posted.json)) == (201, 1)
    one = fleet.get("/entities/urn:ngsi-ld:Vehicle:5", entityMap="true")
    assert one.status == 200
    assert list(fleet.get(place(one)).json["entityMap"].values()) == [["@none", source]]


def test_4_3_6_7_split_entities_are_put_together_before_they_are_chosen(
    fleet: Client,
    other: Other,  # noqa: F811
) -> None:
    other.post("/entities", vehicle(1, fuel=7))
    register(fleet, other)
    asked = {**FLEET, "q": "speed==10;fuel==7", "options": "keyValues"}
    assert fleet.get("/entities", **asked).json == []
    assert fleet.get("/entities", splitEntities="true", **asked).json == [
        vehicle(1, speed=10, fuel=7)
    ]
    made = fleet.get("/entities", splitEntities="true", entityMap="true", **asked)
    assert (made.status, numbers(made)) == (201, ["1"])
