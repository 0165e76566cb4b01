"""SensorThings 1.1 (OGC 18-088), by requirement: the model; making, changing, deleting."""

from __future__ import annotations

import pytest

from tests.sensing.maps.conftest import (
    Asker,
    Client,
    at,
    datastream,
    location,
    observation,
    observed,
    point,
    ref,
    sensor,
    thing,
)

SETS = {
    "Things": {"Datastreams", "Locations", "HistoricalLocations"},
    "Locations": {"Things", "HistoricalLocations"},
    "HistoricalLocations": {"Thing", "Locations"},
    "Datastreams": {"Thing", "Sensor", "ObservedProperty", "Observations"},
    "Sensors": {"Datastreams"},
    "ObservedProperties": {"Datastreams"},
    "Observations": {"Datastream", "FeatureOfInterest"},
    "FeaturesOfInterest": {"Observations"},
}


def vehicle(speed: float = 30, hour: int = 8) -> dict[str, object]:
    time = f"2026-11-20T{hour:02}:00:00Z"
    return {
        "id": "urn:ngsi-ld:Vehicle:1",
        "type": "Vehicle",
        "name": {"type": "Property", "value": "Bus 1"},
        "speed": {"type": "Property", "value": speed, "unitCode": "KMH", "observedAt": time},
        "location": {"type": "GeoProperty", "value": point(114.06, 22.54), "observedAt": time},
    }


def test_req_datamodel_the_service_document_lists_the_eight_sets(sta: Asker) -> None:
    told = sta.get("")
    assert {each["name"] for each in told["value"]} == SETS.keys()
    assert all(each["url"].startswith("http://city.example/sta/v1.1/") for each in told["value"])
    conformance = told["serverSettings"]["conformance"]
    assert "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel" in conformance
    assert not any("mqtt" in each or "multi-datastream" in each for each in conformance)


@pytest.mark.parametrize("native", [False, True])
def test_req_datamodel_every_set_leads_to_what_the_model_says(
    sta: Asker, city: Client, native: bool
) -> None:
    if native:
        city.post("/entities", vehicle())
    else:
        sta.make("Things", thing(Datastreams=[datastream("air", 20)]))
    for name, links in SETS.items():
        shown = sta.value(name)
        assert len(shown) == 1, name
        assert {k.partition("@")[0] for k in shown[0] if "navigationLink" in k} == links
        assert sta.get(shown[0]["@iot.selfLink"])["@iot.id"] == shown[0]["@iot.id"]
        expanded = sta.value(f"{name}?$expand={','.join(links)}")[0]
        for link in links:
            assert expanded[link], (name, link)
            assert sta.get(shown[0][f"{link}@iot.navigationLink"])


# --- one store with NGSI-LD ---------------------------------------------------------------


def test_what_is_made_here_is_an_entity_with_history_there(sta: Asker, city: Client) -> None:
    made = sta.make("Things", thing(Datastreams=[datastream("air", 20, 21.5)]))
    stream = sta.value(at(made) + "/Datastreams")[0]
    entity = city.get(f"/entities/{stream['@iot.id']}").json
    assert entity["type"] == "Datastream"
    assert entity["thing"]["object"] == made["@iot.id"]
    assert entity["result"]["value"] == 21.5
    assert city.get(f"/entities/{made['@iot.id']}").json["location"]["value"] == point(
        114.05, 22.55
    )
    series = city.get(f"/temporal/entities/{stream['@iot.id']}", attrs="result").json["result"]
    assert [each["value"] for each in series] == [20, 21.5]


def test_what_is_made_there_is_a_thing_with_observations_here(sta: Asker, city: Client) -> None:
    city.post("/entities", vehicle())
    city.patch("/entities/urn:ngsi-ld:Vehicle:1/attrs", {"speed": vehicle(50, 9)["speed"]})
    stream = sta.get("Datastreams('urn:ngsi-ld:Vehicle:1;speed')")
    assert stream["unitOfMeasurement"]["symbol"] == "KMH"
    assert stream["phenomenonTime"] == "2026-11-20T08:00:00Z/2026-11-20T09:00:00Z"
    assert [o["result"] for o in sta.value(at(stream) + "/Observations")] == [30, 50]
    assert sta.get(at(stream) + "/ObservedProperty")["name"] == "speed"


def test_a_reading_sent_here_is_the_newest_value_there(sta: Asker, city: Client) -> None:
    city.post("/entities", vehicle())
    place = "Datastreams('urn:ngsi-ld:Vehicle:1;speed')/Observations"
    made = sta.make(place, observation(10, 61))
    sta.make(place, observation(7, 1))  # late: it changes nothing that is newer
    entity = city.get("/entities/urn:ngsi-ld:Vehicle:1").json
    assert (entity["speed"]["value"], entity["speed"]["unitCode"]) == (61, "KMH")
    assert sta("DELETE", at(made)).status == 200
    assert city.get("/entities/urn:ngsi-ld:Vehicle:1").json["speed"]["value"] == 30


def test_an_entity_of_ngsi_ld_is_changed_there(sta: Asker, city: Client) -> None:
    city.post("/entities", vehicle())
    for place in ("Things", "Locations", "Sensors", "FeaturesOfInterest"):
        one = f"{place}('urn:ngsi-ld:Vehicle:1')"
        assert sta("PATCH", one, {"description": "mine"}).status == 409
        assert sta("DELETE", one).status == 409


def test_a_subscription_of_ngsi_ld_hears_of_a_reading(sta: Asker, city: Client) -> None:
    heard: list[object] = []
    city.broker.subscribing.happened = lambda *told: heard.append(told[2])  # type: ignore
    sta.make("Things", thing(Datastreams=[datastream("air", 20)]))
    assert any("result" in str(each.change.updated | each.change.created) for each in heard)


# --- making -------------------------------------------------------------------------------


def test_req_create_entity_answers_201_with_its_place(sta: Asker) -> None:
    for name, body in (
        ("Things", thing()),
        ("Locations", location()),
        ("Sensors", sensor()),
        ("ObservedProperties", observed()),
    ):
        reply = sta("POST", name, body)
        assert reply.status == 201
        assert sta.get(reply.header("location"))["name"] == body["name"]


def test_req_link_to_existing_entities(sta: Asker) -> None:
    one, eye, what = (
        sta.make("Things", thing()),
        sta.make("Sensors", sensor()),
        sta.make("ObservedProperties", observed()),
    )
    links = {"Thing": ref(one), "Sensor": ref(eye), "ObservedProperty": ref(what)}
    made = sta.make("Datastreams", datastream("air", **links))
    for name, target in links.items():
        assert sta.get(f"{at(made)}/{name}")["@iot.id"] == target["@iot.id"]
    for owner in (one, eye, what):
        assert sta.names(at(owner) + "/Datastreams") == ["air"]
    wrong = datastream("x", **{**links, "Sensor": {"@iot.id": "urn:ngsi-ld:Sensor:none"}})
    assert sta.make("Datastreams", wrong, 400)["error"]["target"] == "Sensor"


def test_req_deep_insert_is_whole_or_not_at_all(sta: Asker) -> None:
    broken = datastream("air", 20)
    broken["Observations"].append({"phenomenonTime": "yesterday", "result": 1})
    told = sta.make("Things", thing(Datastreams=[broken]), 400)
    assert told["error"]["target"] == "phenomenonTime"
    assert all(sta.value(name) == [] for name in SETS)


@pytest.mark.parametrize("missing", ["name", "description", "unitOfMeasurement", "Sensor"])
def test_req_create_entity_needs_all_that_is_mandatory(sta: Asker, missing: str) -> None:
    body = datastream("air", Thing=thing())
    del body[missing]
    assert sta.make("Datastreams", body, 400)["error"]["target"] == missing


def test_req_create_entity_makes_the_feature_of_interest_once(sta: Asker) -> None:
    made = sta.make("Things", thing(Datastreams=[datastream("air", 20, 21)]))
    features = sta.value("FeaturesOfInterest")
    assert [each["feature"] for each in features] == [point(114.05, 22.55)]
    assert len(sta.value(at(features[0]) + "/Observations")) == 2
    bare = sta.make("Things", {**thing("bare"), "Locations": []})
    stream = sta.make("Datastreams", datastream("air", Thing=ref(bare)))
    told = sta.make(at(stream) + "/Observations", observation(1, 2), 400)
    assert told["error"]["target"] == "FeatureOfInterest"
    assert at(made)


def test_req_historical_location_auto_creation(sta: Asker) -> None:
    one = sta.make("Things", thing())
    sta.make(at(one) + "/Locations", location("Futian", 114.06))
    assert sta.names(at(one) + "/Locations") == ["Futian"]
    past = sta.value(at(one) + "/HistoricalLocations?$expand=Locations($select=name)")
    assert [each["Locations"][0]["name"] for each in past] == ["Lianhuashan", "Futian"]


def test_a_historical_location_moves_the_thing_only_if_it_is_newest(sta: Asker) -> None:
    one = sta.make("Things", thing())
    old = sta.make("Locations", location("old", 113.9))
    made = sta.make(
        "HistoricalLocations",
        {"time": "2020-01-01T00:00:00Z", "Thing": ref(one), "Locations": [ref(old)]},
    )
    assert sta.names(at(one) + "/Locations") == ["Lianhuashan"]
    assert sta.get(at(made) + "/Thing")["@iot.id"] == one["@iot.id"]
    assert [each["@iot.id"] for each in sta.value(at(old) + "/HistoricalLocations")] == [
        made["@iot.id"]
    ]
    changed = sta("PATCH", at(made), {"time": "2021-01-01T00:00:00Z"})
    assert changed.json["time"] == "2021-01-01T00:00:00Z"


def test_an_observation_keeps_all_that_it_says(sta: Asker) -> None:
    one = sta.make("Things", thing(Datastreams=[datastream("air")]))
    stream = sta.value(at(one) + "/Datastreams")[0]
    said = {
        "phenomenonTime": "2026-11-20T08:00:00Z/2026-11-20T09:00:00Z",
        "resultTime": "2026-11-20T09:05:00Z",
        "result": {"low": 1, "high": [2, None]},
        "resultQuality": {"code": "good"},
        "validTime": "2026-11-20T08:00:00Z/2026-12-20T08:00:00Z",
        "parameters": {"height": 3},
    }
    made = sta.make(at(stream) + "/Observations", said)
    assert {key: made[key] for key in said} == said
    assert sta.get(at(made) + "/result/high") == {"high": [2, None]}
    for result in (None, True, "text", 0):
        made = sta.make(at(stream) + "/Observations", {"result": result})
        assert sta.get(at(made))["result"] is result or sta.get(at(made))["result"] == result


# --- changing and deleting ----------------------------------------------------------------


def test_req_update_entity_changes_only_what_is_named(sta: Asker) -> None:
    one = sta.make("Things", thing())
    told = sta("PATCH", at(one), {"name": "mast", "properties": {"floor": 4}})
    assert told.status == 200
    assert sta.get(at(one))["description"] == "the station"
    assert sta.get(at(one) + "/properties") == {"properties": {"floor": 4}}
    assert sta("PATCH", at(one), {"name": None}).status == 400
    assert sta("PATCH", at(one), {"Locations": [location()]}).status == 400


def test_req_update_entity_put_takes_away_what_is_not_named(sta: Asker) -> None:
    one = sta.make("Things", thing())
    assert sta("PUT", at(one), {"name": "mast", "description": "new"}).status == 200
    assert "properties" not in sta.get(at(one))
    assert sta("PUT", at(one), {"name": "mast"}).status == 400


def test_req_update_entity_jsonpatch(sta: Asker) -> None:
    one = sta.make("Things", thing())
    kind = "application/json-patch+json"
    steps = [
        {"op": "test", "path": "/name", "value": "station"},
        {"op": "add", "path": "/properties/tags", "value": ["a"]},
        {"op": "add", "path": "/properties/tags/-", "value": "b"},
        {"op": "move", "from": "/properties/owner", "path": "/properties/of"},
        {"op": "replace", "path": "/name", "value": "mast"},
    ]
    told = sta("PATCH", at(one), steps, content_type=kind).json
    assert told["properties"] == {"floor": 3, "of": "x", "tags": ["a", "b"]}
    for wrong in ([{"op": "test", "path": "/name", "value": "x"}], [{"op": "z"}], {}, [[]]):
        assert sta("PATCH", at(one), wrong, content_type=kind).status == 400
    assert sta.get(at(one))["name"] == "mast"


def test_an_observation_that_changes_keeps_its_id(sta: Asker, city: Client) -> None:
    sta.make("Things", thing(Datastreams=[datastream("air", 20, 21)]))
    last = sta.value("Observations?$orderby=phenomenonTime desc")[0]
    assert sta("PATCH", at(last), {"result": 99}).status == 200
    assert sta.get(at(last))["result"] == 99
    assert city.get("/entities", type="Datastream").json[0]["result"]["value"] == 99
    back = sta("PATCH", at(last), {"phenomenonTime": "2026-11-01T00:00:00Z"})
    assert back.status == 200
    assert city.get("/entities", type="Datastream").json[0]["result"]["value"] == 20


def test_req_link_can_be_changed(sta: Asker) -> None:
    one = sta.make("Things", thing(Datastreams=[datastream("air")]))
    stream = sta.value("Datastreams")[0]
    other = sta.make("Things", thing("other"))
    assert sta("PATCH", at(stream), {"Thing": ref(other)}).status == 200
    assert sta.value(at(one) + "/Datastreams") == []
    assert sta.names(at(other) + "/Datastreams") == ["air"]


GOES = [
    ("Things", {"Datastreams", "HistoricalLocations", "Observations", "Things"}),
    ("Locations", {"Locations", "HistoricalLocations"}),
    ("Datastreams", {"Datastreams", "Observations"}),
    ("Sensors", {"Sensors", "Datastreams", "Observations"}),
    ("ObservedProperties", {"ObservedProperties", "Datastreams", "Observations"}),
    ("FeaturesOfInterest", {"FeaturesOfInterest", "Observations"}),
    ("Observations", {"Observations"}),
    ("HistoricalLocations", {"HistoricalLocations"}),
]


@pytest.mark.parametrize(("name", "gone"), GOES)
def test_req_delete_entity_takes_along_what_cannot_be_without(
    sta: Asker, city: Client, name: str, gone: set[str]
) -> None:
    sta.make("Things", thing(Datastreams=[datastream("air", 20)]))
    one = sta.value(name)[0]
    assert sta("DELETE", at(one)).status == 200
    sta.get(at(one), 404)
    assert {each for each in SETS if not sta.value(each)} == gone
    if name == "Datastreams":
        assert city.get(f"/temporal/entities/{one['@iot.id']}").status == 404
