"""Providing entities: ETSI GS CIM 009 V1.9.1 clauses 5.6.1 to 5.6.10 and 5.6.17 to 5.6.21."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sensing.ngsild.conftest import Client, vehicle

ONE = "/entities/urn:ngsi-ld:Vehicle:1"
SPEED = {"type": "Property", "value": 55, "unitCode": "KMH", "observedAt": "2026-01-01T08:00:00Z"}
NULL = "urn:ngsi-ld:null"
KINDS = [
    {"type": "Property", "value": {"a": [1, None]}},
    {"type": "Relationship", "object": "urn:ngsi-ld:X:1"},
    {"type": "Relationship", "object": ["urn:ngsi-ld:X:1", "urn:ngsi-ld:X:2"]},
    {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [114.05, 22.54]}},
    {"type": "LanguageProperty", "languageMap": {"zh": "街", "en": ["street", "road"]}},
    {"type": "VocabProperty", "vocab": "Male"},
    {"type": "JsonProperty", "json": {"id": 1, "type": None}},
    {"type": "ListProperty", "valueList": [1, "b", {"c": 3}]},
    {"type": "ListRelationship", "objectList": [{"object": "urn:ngsi-ld:X:1"}]},
    [{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:d:2"}],
    {"type": "Property", "value": 1, "accuracy": {"type": "Property", "value": 0.1}},
]


def make(ngsi: Client, **attributes: Any) -> None:
    assert ngsi.post("/entities", vehicle(**attributes)).status == 201


def read(ngsi: Client, **options: Any) -> Any:
    return ngsi.get(ONE, **options).json


@pytest.mark.parametrize("attribute", KINDS)
def test_5_6_1_every_kind_of_attribute_comes_back_as_it_was_sent(
    ngsi: Client, attribute: Any
) -> None:
    made = ngsi.post("/entities", vehicle(thing=attribute))
    assert made.status == 201
    assert made.header("location") == "/ngsi-ld/v1/entities/urn:ngsi-ld:Vehicle:1"
    assert read(ngsi) == vehicle(thing=attribute)


def test_5_6_1_an_entity_exists_once(ngsi: Client) -> None:
    make(ngsi)
    again = ngsi.post("/entities", vehicle())
    assert (again.status, again.kind) == (409, "AlreadyExists")


WRONG = {
    "no id": {"type": "Vehicle"},
    "id is no URI": {"id": "x", "type": "Vehicle"},
    "no type": {"id": "urn:a:b"},
    "empty type": {"id": "urn:a:b", "type": []},
    "null attribute": vehicle(speed=None),
    "null value": vehicle(speed={"type": "Property", "value": None}),
    "no value": vehicle(speed={"type": "Property"}),
    "no kind and no value": vehicle(speed={"unitCode": "KMH"}),
    "unknown kind": vehicle(speed={"type": "Speed", "value": 3}),
    "relation to no URI": vehicle(to={"type": "Relationship", "object": "x"}),
    "two values": vehicle(a={"type": "Property", "value": 1, "object": "urn:a:b"}),
    "wrong time": vehicle(a={"value": 1, "observedAt": "yesterday"}),
    "wrong dataset": vehicle(a={"value": 1, "datasetId": "x"}),
    "one dataset twice": vehicle(a=[{"value": 1}, {"value": 2}]),
    "forbidden sign in a name": vehicle(**{"a(b": 1}),
    "open ring": vehicle(
        a={
            "type": "GeoProperty",
            "value": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0]]]},
        }
    ),
    "beyond the earth": vehicle(location={"type": "Point", "coordinates": [200, 0]}),
    "language of a number": vehicle(a={"type": "LanguageProperty", "languageMap": {"en": 1}}),
    "list that is none": vehicle(a={"type": "ListProperty", "valueList": 1}),
    "scope with a hole": vehicle(scope="/a//b"),
    "null where nothing is": vehicle(a={"type": "Property", "value": NULL}),
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG.keys())
def test_5_6_1_what_does_not_hold_is_refused_and_leaves_nothing(
    ngsi: Client, body: dict[str, Any]
) -> None:
    refused = ngsi.post("/entities", body)
    assert (refused.status, refused.kind) == (400, "BadRequestData")
    assert ngsi.get("/entities", local="true").json == []


def test_4_5_concise_input_is_told_by_its_members(ngsi: Client) -> None:
    make(
        ngsi,
        a=7,
        b={"value": 8, "unitCode": "X"},
        c={"object": "urn:a:b"},
        d={"type": "Point", "coordinates": [1, 2]},
        e={"languageMap": {"en": "x"}},
        f=["x", "y"],
    )
    found = read(ngsi)
    assert [found[name]["type"] for name in "abcdef"] == [
        *("Property", "Property", "Relationship", "GeoProperty", "LanguageProperty", "Property"),
    ]
    assert found["f"]["value"] == ["x", "y"]


def test_5_6_2_update_overwrites_the_whole_attribute_and_null_deletes(ngsi: Client) -> None:
    make(ngsi, speed=SPEED, name="a")
    assert ngsi.patch(f"{ONE}/attrs", {"speed": {"value": 100}, "name": NULL}).status == 204
    assert read(ngsi) == vehicle(speed={"type": "Property", "value": 100})


def test_5_6_2_a_birthday_stays_and_types_are_added(ngsi: Client) -> None:
    make(ngsi, speed=SPEED)
    born = read(ngsi, options="sysAttrs")["speed"]["createdAt"]
    ngsi.patch(f"{ONE}/attrs", {"type": "Car", "speed": {"value": 1}})
    found = read(ngsi, options="sysAttrs")
    assert found["type"] == ["Vehicle", "Car"]
    assert found["speed"]["createdAt"] == born <= found["speed"]["modifiedAt"]


def test_5_6_3_append_replaces_unless_told_not_to(ngsi: Client) -> None:
    make(ngsi, speed=SPEED)
    refused = ngsi.post(f"{ONE}/attrs", {"speed": 1, "more": 2}, options="noOverwrite")
    assert refused.status == 207
    assert refused.json["updated"] == ["https://uri.etsi.org/ngsi-ld/default-context/more"]
    assert refused.json["notUpdated"][0]["attributeName"].endswith("/speed")
    assert ngsi.post(f"{ONE}/attrs", {"speed": 2}).status == 204
    assert read(ngsi, options="keyValues")["speed"] == 2


def test_5_6_4_a_partial_update_leaves_other_members(ngsi: Client) -> None:
    make(ngsi, speed=SPEED)
    assert ngsi.patch(f"{ONE}/attrs/speed", {"value": 100}).status == 204
    assert read(ngsi)["speed"] == {**SPEED, "value": 100}
    assert ngsi.patch(f"{ONE}/attrs/none", {"value": 1}).status == 404
    assert (
        ngsi.patch(f"{ONE}/attrs/speed", {"type": "Relationship", "object": "urn:a:b"}).status
        == 400
    )


def test_5_6_4_an_instance_is_found_by_its_dataset(ngsi: Client) -> None:
    make(ngsi, a=[{"value": 1}, {"value": 2, "datasetId": "urn:d:2"}])
    ngsi.patch(f"{ONE}/attrs/a", {"value": 3, "datasetId": "urn:d:2"})
    assert [each["value"] for each in read(ngsi)["a"]] == [1, 3]
    assert ngsi.patch(f"{ONE}/attrs/a", {"value": 3, "datasetId": "urn:d:9"}).status == 404


def test_5_6_5_one_instance_or_all_are_deleted(ngsi: Client) -> None:
    make(ngsi, a=[{"value": 1}, {"value": 2, "datasetId": "urn:d:2"}], b=1)
    assert ngsi.delete(f"{ONE}/attrs/a", datasetId="urn:d:2").status == 204
    assert read(ngsi)["a"] == {"type": "Property", "value": 1}
    assert ngsi.delete(f"{ONE}/attrs/a", datasetId="urn:d:2").status == 404
    assert ngsi.delete(f"{ONE}/attrs/a", deleteAll="true").status == 204
    assert "a" not in read(ngsi)


def test_5_6_6_what_is_deleted_is_gone(ngsi: Client) -> None:
    make(ngsi)
    assert ngsi.delete(ONE).status == 204
    assert ngsi.get(ONE).status == ngsi.delete(ONE).status == 404
    assert ngsi.delete("/entities/no-uri").status == 400


def test_5_6_17_merging_goes_down_into_values(ngsi: Client) -> None:
    value = {"street": "Straße", "city": "Berlin", "country": "Germany"}
    make(ngsi, address={"type": "Property", "value": value}, speed=SPEED, name="a")
    fragment = {
        "address": {"value": {"street": "Platz", "country": NULL}},
        "speed": 100,
        "name": NULL,
        "fresh": {"object": "urn:a:b"},
    }
    assert ngsi.patch(ONE, fragment).status == 204
    found = read(ngsi)
    assert found["address"]["value"] == {"street": "Platz", "city": "Berlin"}
    assert found["speed"] == {**SPEED, "value": 100}
    assert "name" not in found
    assert found["fresh"]["object"] == "urn:a:b"


def test_5_6_17_a_time_for_all_and_a_language_for_plain_text(ngsi: Client) -> None:
    make(ngsi, speed=SPEED, street={"languageMap": {"en": "A", "fr": "B"}})
    moment = "2027-01-01T00:00:00Z"
    ngsi.patch(ONE, {"speed": {"value": 1}}, observedAt=moment)
    ngsi.patch(ONE, {"street": "C"}, lang="fr", format="simplified")
    found = read(ngsi)
    assert found["speed"]["observedAt"] == moment
    assert found["street"]["languageMap"] == {"en": "A", "fr": "C"}


def test_5_6_18_replacing_leaves_nothing_of_the_old_but_its_birthday(ngsi: Client) -> None:
    make(ngsi, speed=SPEED)
    born = read(ngsi, options="sysAttrs")["createdAt"]
    assert ngsi.put(ONE, vehicle(other=1)).status == 204
    found = read(ngsi, options="sysAttrs")
    assert set(found) == {"id", "type", "createdAt", "modifiedAt", "other"}
    assert found["createdAt"] == born
    assert ngsi.put("/entities/urn:ngsi-ld:Vehicle:9", vehicle(9)).status == 404
    assert ngsi.put(ONE, vehicle(2)).status == 400


def test_5_6_19_an_attribute_is_replaced_whole(ngsi: Client) -> None:
    make(ngsi, speed=SPEED)
    assert ngsi.put(f"{ONE}/attrs/speed", {"type": "Property", "value": 1}).status == 204
    assert read(ngsi)["speed"] == {"type": "Property", "value": 1}
    assert ngsi.put(f"{ONE}/attrs/none", {"type": "Property", "value": 1}).status == 404


# --- batches ----------------------------------------------------------------------------


def test_5_6_7_each_of_a_batch_stands_for_itself(ngsi: Client) -> None:
    make(ngsi)
    told = ngsi.post("/entityOperations/create", [vehicle(1), vehicle(2), {"id": "bad"}])
    assert told.status == 207
    assert told.json["success"] == ["urn:ngsi-ld:Vehicle:2"]
    kinds = {
        each["entityId"]: each["error"]["type"].rsplit("/")[-1] for each in told.json["errors"]
    }
    assert kinds == {"urn:ngsi-ld:Vehicle:1": "AlreadyExists", "bad": "BadRequestData"}
    fine = ngsi.post("/entityOperations/create", [vehicle(3), vehicle(4)])
    assert (fine.status, fine.json) == (201, ["urn:ngsi-ld:Vehicle:3", "urn:ngsi-ld:Vehicle:4"])


@pytest.mark.parametrize(("option", "left"), [("replace", {"b"}), ("update", {"a", "b"})])
def test_5_6_8_upserting_makes_replaces_or_updates(
    ngsi: Client, option: str, left: set[str]
) -> None:
    make(ngsi, a=1)
    told = ngsi.post("/entityOperations/upsert", [vehicle(1, b=2), vehicle(2)], options=option)
    assert (told.status, told.json) == (201, ["urn:ngsi-ld:Vehicle:2"])
    assert set(read(ngsi)) == {"id", "type"} | left
    again = ngsi.post("/entityOperations/upsert", [vehicle(2)], options=option)
    assert (again.status, again.body) == (204, b"")


def test_5_6_9_and_20_updates_and_merges_of_a_batch(ngsi: Client) -> None:
    make(ngsi, a=1, b={"value": {"x": 1, "y": 2}})
    path, kept = "/entityOperations/update", {"options": "noOverwrite"}
    told = ngsi.post(path, [vehicle(1, a=2, c=3)], **kept)  # what is new is written all the same
    assert (told.status, told.json["success"]) == (207, [])
    assert [each["entityId"] for each in told.json["errors"]] == ["urn:ngsi-ld:Vehicle:1"]
    assert (read(ngsi)["a"]["value"], read(ngsi)["c"]["value"]) == (1, 3)
    assert ngsi.post(path, [vehicle(1, d=4)], **kept).status == 204
    assert ngsi.post("/entityOperations/update", [vehicle(1, a=2)]).status == 204
    assert ngsi.post("/entityOperations/merge", [vehicle(1, b={"value": {"x": 5}})]).status == 204
    assert read(ngsi, options="keyValues") == vehicle(a=2, b={"x": 5, "y": 2}, c=3, d=4)
    missing = ngsi.post("/entityOperations/update", [vehicle(1, a=3), vehicle(9, a=1)])
    assert missing.status == 207
    assert missing.json["errors"][0]["error"]["status"] == 404


def test_5_6_10_a_batch_of_ids_is_deleted(ngsi: Client) -> None:
    make(ngsi)
    told = ngsi.post("/entityOperations/delete", ["urn:ngsi-ld:Vehicle:1", "urn:ngsi-ld:Vehicle:9"])
    assert told.status == 207
    assert told.json["success"] == ["urn:ngsi-ld:Vehicle:1"]
    assert ngsi.post("/entityOperations/delete", []).status == 400


def test_5_6_21_purging_takes_whole_entities_or_some_attributes(ngsi: Client) -> None:
    ngsi.post("/entityOperations/create", [vehicle(1, a=1, b=1), vehicle(2, a=1, b=2)])
    assert ngsi.delete("/entities").status == 400
    assert ngsi.delete("/entities", type="Vehicle", drop="a").status == 204
    assert read(ngsi, options="keyValues") == vehicle(b=1)
    assert ngsi.delete("/entities", type="Vehicle", q="b==2").status == 204
    assert [each["id"] for each in ngsi.get("/entities", local="true").json] == [vehicle(1)["id"]]


def test_4_22_a_transient_entity_ends_by_itself(ngsi: Client) -> None:
    from pengcheng.kernel import clock

    now = clock.now()
    with clock.frozen(now) as time:
        make(ngsi, expiresAt="2999-01-01T00:00:00Z")
        assert ngsi.get(ONE).status == 200
        ngsi.patch(ONE, {"expiresAt": (now.replace(microsecond=0)).strftime("%Y-%m-%dT%H:%M:%SZ")})
        time.advance(seconds=2)
        assert ngsi.get(ONE).status == 404
        assert ngsi.loop.run_until_complete(ngsi.broker.sweep()) in {0, 1}
    assert ngsi.get("/entities", local="true").json == []
