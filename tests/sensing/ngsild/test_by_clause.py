"""What the text of GS CIM 009 V1.9.1 says where it is easily misread, each test named by clause."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from tests.sensing.ngsild.conftest import Client, Receiver, serve, vehicle
from tests.sensing.ngsild.test_sources import info, source

ONE = "/entities/urn:ngsi-ld:Vehicle:1"
SUB = "urn:ngsi-ld:Subscription:1"
LD = {"content-type": "application/ld+json"}


@pytest.fixture
def car(ngsi: Client) -> Client:
    ngsi.post("/entities", vehicle(speed=5, scope="/A"))
    return ngsi


def test_4_5_5_1_the_dataset_none_is_the_default_instance(ngsi: Client) -> None:
    speed = {"type": "Property", "value": 5, "datasetId": "@none"}
    assert ngsi.post("/entities", vehicle(speed=speed)).status == 201
    assert ngsi.get(ONE).json["speed"] == {"type": "Property", "value": 5}


def test_5_6_7_4_a_null_in_a_batch_is_bad_data(ngsi: Client) -> None:
    for path in ("create", "upsert", "update", "merge", "delete"):
        assert ngsi.post(f"/entityOperations/{path}", [None]).kind == "BadRequestData"


def test_5_6_3_4_without_overwriting_scopes_are_added(car: Client) -> None:
    assert car.post(f"{ONE}/attrs", {"scope": ["/A", "/B"]}, options="noOverwrite").status == 204
    assert car.get(ONE).json["scope"] == ["/A", "/B"]


def test_5_6_4_4_and_5_6_5_4_the_scope_is_deleted_but_not_updated_in_part(car: Client) -> None:
    assert car.patch(f"{ONE}/attrs/scope", {"value": "/B"}).kind == "BadRequestData"
    assert car.delete(f"{ONE}/attrs/scope").status == 204
    assert "scope" not in car.get(ONE).json
    assert car.delete(f"{ONE}/attrs/scope").kind == "ResourceNotFound"


def test_5_6_4_4_members_that_are_false_are_written(ngsi: Client) -> None:
    flag = {"type": "JsonProperty", "json": {"a": 1}}
    ngsi.post("/entities", vehicle(on={"value": True, "unitCode": "X"}, doc=flag))
    assert ngsi.patch(f"{ONE}/attrs/on", {"value": False, "unitCode": ""}).status == 204
    assert ngsi.patch(f"{ONE}/attrs/doc", {"json": {}}).status == 204
    found = ngsi.get(ONE).json
    assert found["on"] == {"type": "Property", "value": False, "unitCode": ""}
    assert found["doc"]["json"] == {}


def test_6_5_to_6_7_an_entity_of_another_type_is_not_found(car: Client) -> None:
    calls: list[tuple[str, str, Any]] = [
        ("PATCH", ONE, {"speed": 6}),
        ("PUT", ONE, {"speed": 6}),
        ("POST", f"{ONE}/attrs", {"speed": 6}),
        ("PATCH", f"{ONE}/attrs", {"speed": 6}),
        ("PATCH", f"{ONE}/attrs/speed", {"value": 6}),
        ("PUT", f"{ONE}/attrs/speed", {"value": 6}),
        ("DELETE", f"{ONE}/attrs/speed", None),
        ("DELETE", ONE, None),
    ]
    for method, path, body in calls:
        assert car(method, path, body, type="Bus").kind == "ResourceNotFound"
        assert car(method, path, body, type="Bus|Vehicle").status == 204


def test_4_10_a_distance_is_above_zero(car: Client) -> None:
    near = {"type": "Vehicle", "geometry": "Point", "coordinates": "[1,2]"}
    assert car.get("/entities", georel="near;maxDistance==0", **near).kind == "BadRequestData"
    assert car.get("/entities", georel="near;maxDistance==1e3", **near).status == 200


def test_4_23_ordering_goes_with_what_is_held_here(ngsi: Client) -> None:
    values: list[Any] = [True, {"a": 2}, "b", 3, [1], "B", "2026-01-01", None, "á", {"a": 1}]
    for number, value in enumerate(values):
        ngsi.post(
            "/entities", vehicle(number, **({} if value is None else {"v": {"value": value}}))
        )
    asked = {"type": "Vehicle", "options": "keyValues"}
    found = ngsi.get("/entities", orderBy="v", **asked).json
    kinds = [3, "B", "b", "á", {"a": 1}, {"a": 2}, [1], True, "2026-01-01", None]
    assert [each.get("v") for each in found] == kinds  # texts by code point
    found = ngsi.get("/entities", orderBy="v", collation="und", **asked).json
    assert [each.get("v") for each in found][1:4] == ["á", "b", "B"]
    source = {"type": "ContextSourceRegistration", "endpoint": "http://127.0.0.1:9"}
    ngsi.post("/csourceRegistrations", {**source, "information": [{"entities": [{"type": "Bus"}]}]})
    assert ngsi.get("/entities", orderBy="v", **asked).status == 200  # nobody else is asked
    assert ngsi.get("/entities", type="Bus", orderBy="v").kind == "BadRequestData"
    assert ngsi.get("/entities", type="Bus", orderBy="v", local="true").json == []
    last = ngsi.get("/entities", orderBy="v[a];desc", local="true", limit="2", **asked).json
    assert [each["v"] for each in last] == [{"a": 2}, {"a": 1}]
    wrong = ngsi.get("/entities", orderBy="v", collation="?", local="true", **asked)
    assert wrong.kind == "BadRequestData"


def test_5_6_21_4_what_is_purged_is_not_chosen_by_links(car: Client) -> None:
    assert car.delete("/entities", type="Vehicle", q="owner{name}").kind == "BadRequestData"


def test_5_2_12_what_does_not_hold_of_a_subscription(ngsi: Client) -> None:
    changes: list[dict[str, Any]] = [
        {"timeInterval": 5, "entities": None, "watchedAttributes": ["speed"]},
        {"ngsildConformance": "one"},
        {"csf": "a=="},
        {"entities": [{"type": "*"}], "localOnly": False},
        {"notification": {"endpoint": {"uri": "http://a.b"}, "join": "flat", "joinLevel": 0}},
        {"notification": {"endpoint": {"uri": "http://a.b"}, "pick": ["a"], "omit": ["b", "a"]}},
        {"notification": {"endpoint": {"uri": "http://a.b"}, "pick": ["a"], "attributes": ["a"]}},
        {"notification": {"endpoint": {"uri": "http://a.b"}, "omit": [5, {}]}},
    ]
    for change in changes:
        body = {
            "type": "Subscription",
            "entities": [{"type": "Vehicle"}],
            "notification": {"endpoint": {"uri": "http://a.b"}},
            **change,
        }
        sent = {key: value for key, value in body.items() if value is not None}
        assert ngsi.post("/subscriptions", sent).kind == "BadRequestData"


def test_5_2_12_members_that_no_subscription_has_are_not_kept(ngsi: Client) -> None:
    identity = "urn:ngsi-ld:Subscription:plain"
    ours = {"remotes": {"urn:a:b": "urn:c:d"}, "context": "http://a.b/c", "reach": "http://a.b"}
    body = {
        "id": identity,
        "type": "Subscription",
        "entities": [{"type": "Vehicle"}],
        "notification": {"endpoint": {"uri": "http://a.b"}},
        "colour": "red",
        **ours,
    }
    assert ngsi.post("/subscriptions", body).status == 201
    before = ngsi.get(f"/subscriptions/{identity}").json
    assert not {"colour", *ours} & before.keys()
    assert ngsi.patch(f"/subscriptions/{identity}", {"colour": "blue", **ours}).status == 204
    assert ngsi.get(f"/subscriptions/{identity}").json == before


def test_5_2_9_what_does_not_hold_of_a_source(ngsi: Client) -> None:
    changes: list[dict[str, Any]] = [
        {"mode": "auxiliary", "operations": ["createEntity"]},
        {"contextSourceInfo": [{"key": "accept", "value": "text/html"}]},
        {"contextSourceInfo": [{"key": "ngsildConformance", "value": "x"}]},
        {"contextSourceInfo": [{"key": "jsonldContext", "value": "x"}]},
        {"contextSourceInfo": "x"},
        {"management": {"timeout": 0}},
        {"management": {"cacheDuration": "soon"}},
        {"management": {"localOnly": 1}},
        {"datasetId": ["x"]},
    ]
    for change in changes:
        body = {**source(info("Vehicle")), **change}
        assert ngsi.post("/csourceRegistrations", body).kind == "BadRequestData"


def test_5_10_2_a_region_may_hold_what_is_asked_for(ngsi: Client) -> None:
    ring = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    body = source(info("Vehicle"), location={"type": "Polygon", "coordinates": [ring]})
    ngsi.post("/csourceRegistrations", body)
    asked = {"type": "Vehicle", "geometry": "Polygon", "georel": "within"}
    inside = "[[[1,1],[2,1],[2,2],[1,2],[1,1]]]"
    outside = "[[[8,8],[9,8],[9,9],[8,9],[8,8]]]"
    assert len(ngsi.get("/csourceRegistrations", coordinates=inside, **asked).json) == 1
    assert ngsi.get("/csourceRegistrations", coordinates=outside, **asked).json == []


def test_5_5_4_members_of_a_value_are_deleted_by_a_merge_only(ngsi: Client) -> None:
    value = {"type": "Property", "value": {"a": "urn:ngsi-ld:null", "b": 1}}
    assert ngsi.post("/entities", vehicle(a=value)).kind == "BadRequestData"
    ngsi.post("/entities", vehicle(a={"value": {"a": 1}}))
    for method, path, body in (
        ("PATCH", f"{ONE}/attrs", {"a": value}),
        ("PATCH", f"{ONE}/attrs/a", value),
        ("POST", "/entityOperations/update", [vehicle(a=value)]),
    ):
        assert ngsi(method, path, body).kind == "BadRequestData"
    assert ngsi.patch(ONE, {"a": value}).status == 204
    assert ngsi.get(ONE, options="keyValues").json == vehicle(a={"b": 1})


def test_6_5_3_4_a_bare_value_keeps_to_the_kind_of_what_it_changes(ngsi: Client) -> None:
    many = {"dataset": {"@none": 1, "urn:a:b": 2}}
    body = vehicle(at={"type": "Relationship", "object": "urn:a:1"}, many=1)
    body["names"] = {"type": "LanguageProperty", "languageMap": {"en": "x"}}
    body["row"] = {"type": "ListProperty", "valueList": [1]}
    ngsi.post("/entities", body)
    for wrong in ({"at": 5}, {"names": 5}, {"row": 5}):
        assert ngsi.patch(ONE, wrong, format="simplified").kind == "BadRequestData"
    right = {"at": "urn:a:2", "names": "y", "row": [2], "many": many}
    assert ngsi.patch(ONE, right, format="simplified", lang="fr").status == 204
    names = {"languageMap": {"en": "x", "fr": "y"}}
    found = ngsi.get(ONE, options="keyValues").json
    assert found == vehicle(at="urn:a:2", many=many, names=names, row=[2])


# --- subscriptions ----------------------------------------------------------------------


def subscription(url: str, **more: Any) -> dict[str, Any]:
    notification = {"endpoint": {"uri": url}, **more.pop("notification", {})}
    entities = [{"type": "Vehicle"}]
    return {"type": "Subscription", "entities": entities, "notification": notification, **more}


def test_5_8_6_linked_entities_come_with_a_notification(ngsi: Client, receiver: Receiver) -> None:
    ngsi.post("/entities", {"id": "urn:a:1", "type": "Park", "free": 7})
    for join in ("inline", "flat"):
        body = subscription(receiver.url, notification={"join": join, "format": "simplified"})
        ngsi.post("/subscriptions", body)
    ngsi.post("/entities", vehicle(1, at={"type": "Relationship", "object": "urn:a:1"}))
    ngsi.until(lambda: len(receiver.got) == 2)
    park = {"id": "urn:a:1", "type": "Park", "free": 7}
    told = sorted((body["data"] for _, body in receiver.got), key=len)
    assert told == [[vehicle(1, at=park)], [vehicle(1, at="urn:a:1"), park]]


def test_5_8_6_an_instance_that_goes_is_told_beside_those_that_stay(
    ngsi: Client, receiver: Receiver
) -> None:
    ngsi.post("/subscriptions", subscription(receiver.url, notificationTrigger=["entityUpdated"]))
    ngsi.post("/entities", vehicle(1, v=[{"value": 1}, {"value": 2, "datasetId": "urn:a:b"}]))
    ngsi.until(lambda: len(receiver.got) == 1)
    ngsi.delete(f"{ONE}/attrs/v", datasetId="urn:a:b")
    ngsi.until(lambda: len(receiver.got) == 2)
    gone = {"type": "Property", "value": "urn:ngsi-ld:null", "datasetId": "urn:a:b"}
    assert receiver.got[1][1]["data"][0]["v"] == [{"type": "Property", "value": 1}, gone]


def test_5_8_6_a_notification_speaks_the_version_that_was_asked_for(
    ngsi: Client, receiver: Receiver
) -> None:
    ngsi.post("/subscriptions", subscription(receiver.url, ngsildConformance="1.7"))
    ngsi.post("/entities", vehicle(1, v={"type": "JsonProperty", "json": {"a": 1}}))
    ngsi.until(lambda: receiver.got)
    assert receiver.got[0][1]["data"][0]["v"] == {"type": "Property", "value": {"a": 1}}


def test_5_2_15_an_endpoint_that_failed_is_left_alone_for_a_while(
    ngsi: Client, receiver: Receiver
) -> None:
    receiver.status = 400
    endpoint = {"uri": receiver.url, "cooldown": 60_000}
    body = subscription(receiver.url, id=SUB, notification={"endpoint": endpoint})
    ngsi.post("/subscriptions", body)
    for speed in (1, 2):
        ngsi.post("/entityOperations/upsert", [vehicle(1, speed=speed)])
        ngsi.until(lambda: receiver.got)
        ngsi.rest()
    assert len(receiver.got) == 1
    assert ngsi.get(f"/subscriptions/{SUB}").json["notification"]["timesFailed"] == 1


def test_5_8_1_4_a_subscription_says_in_whose_names_it_speaks(ngsi: Client) -> None:
    body = subscription("http://a.b", id=SUB)
    ngsi.post("/subscriptions", {**body, "@context": {"a": "urn:x:a"}}, headers=LD)
    address = ngsi.get(f"/subscriptions/{SUB}").json["jsonldContext"]
    assert ngsi.get(address.partition("/ngsi-ld/v1")[2]).json == {"@context": {"a": "urn:x:a"}}
    ngsi.post("/subscriptions", subscription("http://a.b", id=f"{SUB}2"))
    assert "core-context" in ngsi.get(f"/subscriptions/{SUB}2").json["jsonldContext"]


# --- links ------------------------------------------------------------------------------


def test_5_7_1_4_attrs_choose_what_is_told_beside_links(ngsi: Client) -> None:
    ngsi.post("/entities", {"id": "urn:a:1", "type": "Park", "free": 7})
    link = {"type": "Relationship", "object": "urn:a:1"}
    place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [1, 2]}}
    ngsi.post("/entities", vehicle(1, at=link, speed=1, location=place))
    found = ngsi.get(ONE, attrs="at", join="inline", options="keyValues").json
    assert found == vehicle(1, at={"id": "urn:a:1", "type": "Park", "free": 7})
    geo = ngsi.get(ONE, join="flat", headers={"accept": "application/geo+json"}).json
    assert geo["type"] == "FeatureCollection"
    assert [each["id"] for each in geo["features"]] == ["urn:ngsi-ld:Vehicle:1", "urn:a:1"]


def test_5_7_4_4_evolutions_are_asked_for_by_time(ngsi: Client) -> None:
    for more in ({}, {"lastN": "1"}, {"local": "true"}):
        assert ngsi.get("/temporal/entities", type="Vehicle", **more).kind == "BadRequestData"


# --- contexts ---------------------------------------------------------------------------


def test_5_13_a_cached_context_is_listed_but_not_served(ngsi: Client) -> None:
    async def give(_request: web.Request) -> web.Response:
        return web.json_response({"@context": {"a": "urn:x:a"}})

    site, url = ngsi.loop.run_until_complete(serve({("GET", "/{any:.*}"): give}))
    link = f'<{url}/c.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
    ngsi.get("/entities", type="Vehicle", headers={"link": link})
    (told,) = ngsi.get("/jsonldContexts", details="true", kind="Cached").json
    assert told["URL"] == f"{url}/c.jsonld"
    assert {"localId", "createdAt", "kind"} <= told.keys()
    place = f"/jsonldContexts/{told['localId']}"
    assert ngsi.get(place).kind == "OperationNotSupported"
    assert ngsi.get(place, details="true").json["URL"] == told["URL"]
    assert ngsi.delete(place, reload="true").status == 204
    ngsi.loop.run_until_complete(site.cleanup())
    assert ngsi.delete(place, reload="true").kind == "LdContextNotAvailable"
    assert ngsi.delete(place).status == 204
    assert ngsi.get("/jsonldContexts").json == []


@pytest.mark.parametrize(
    "said",
    ["NGSI-LD=1.5", 'ngsi-ld="1.5"', "ngsi-ld=1.5; q=0.4", "respond-async, ngsi-ld = 1.5"],
)
def test_4_3_6_8_a_preference_as_rfc_7240_spells_it(car: Client, said: str) -> None:
    answer = car.get(ONE, headers={"prefer": said})
    assert answer.header("preference-applied") == "ngsi-ld=1.5"
    other = car.get(ONE, headers={"prefer": "xngsi-ld=1.5"})
    assert not other.header("preference-applied")
