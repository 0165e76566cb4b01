"""Temporal evolutions: clauses 4.5.6 to 4.5.9, 4.5.19, 4.11, 5.6.11 to 5.6.16, 5.7.3 and 5.7.4."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sensing.ngsild.conftest import Client, vehicle

ONE = "/temporal/entities/urn:ngsi-ld:Vehicle:1"
DAY = "2020-08-01T"


def reading(value: Any, time: str, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": f"{DAY}{time}Z", **more}


SPEEDS = [reading(120, "12:03:00"), reading(80, "12:05:00"), reading(100, "13:07:00")]
EVOLUTION = vehicle(
    speed=SPEEDS,
    fuelLevel=[reading(67, "12:03:00"), reading(40, "14:07:00", datasetId="urn:d:1")],
    name=[reading("a", "12:00:00")],
)
ALL = {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"}


@pytest.fixture
def past(ngsi: Client) -> Client:
    made = ngsi.post("/temporal/entities", EVOLUTION)
    assert made.status == 201
    assert made.header("location") == "/ngsi-ld/v1/temporal/entities/urn:ngsi-ld:Vehicle:1"
    return ngsi


def told(client: Client, name: str = "speed", **options: Any) -> list[Any]:
    found = client.get(ONE, **options).json.get(name, [])
    return [each["value"] for each in found]


def test_5_6_11_a_second_time_adds_and_a_repeated_reading_is_one(past: Client) -> None:
    more = vehicle(speed=[reading(121, "12:03:00"), reading(90, "15:00:00")])
    assert past.post("/temporal/entities", more).status == 204
    assert told(past) == [121, 80, 100, 90]


def test_5_6_12_instances_are_added(past: Client) -> None:
    assert past.post(f"{ONE}/attrs", {"speed": [reading(1, "16:00:00")]}).status == 204
    assert told(past)[-1] == 1
    gone = past.post("/temporal/entities/urn:a:b/attrs", {"speed": [reading(1, "16:00:00")]})
    assert gone.status == 404


def test_5_6_13_to_16_attributes_instances_and_all_are_deleted(past: Client) -> None:
    instance = past.get(ONE).json["speed"][0]["instanceId"]
    place = f"{ONE}/attrs/speed/{instance}"
    assert past.patch(place, {"speed": [{"type": "Property", "value": 9}]}).status == 204
    assert told(past)[0] == 9
    assert past.delete(place).status == 204
    assert past.delete(place).status == 404
    assert told(past) == [80, 100]
    assert past.delete(f"{ONE}/attrs/fuelLevel", datasetId="urn:d:1").status == 204
    assert len(past.get(ONE).json["fuelLevel"]) == 1
    assert past.delete(f"{ONE}/attrs/speed", deleteAll="true").status == 204
    assert past.delete(f"{ONE}/attrs/speed").status == 404
    assert past.delete(ONE).status == 204
    assert past.get(ONE).status == past.delete(ONE).status == 404


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ({"timerel": "before", "timeAt": f"{DAY}12:05:00Z"}, [120]),
        ({"timerel": "after", "timeAt": f"{DAY}12:05:00Z"}, [80, 100]),
        (
            {"timerel": "between", "timeAt": f"{DAY}12:03:00Z", "endTimeAt": f"{DAY}13:00:00Z"},
            [120, 80],
        ),
        ({"lastN": 2}, [100, 80]),
        ({"lastN": 1, "timerel": "before", "timeAt": f"{DAY}13:00:00Z"}, [80]),
    ],
)
def test_4_11_time_chooses_instances(
    past: Client, query: dict[str, Any], values: list[int]
) -> None:
    assert told(past, **query) == values


@pytest.mark.parametrize(
    "query",
    [
        {"timerel": "during", "timeAt": f"{DAY}12:00:00Z"},
        {"timerel": "after"},
        {"timerel": "between", "timeAt": f"{DAY}12:00:00Z"},
        {"timerel": "after", "timeAt": "noon"},
        {"timeproperty": "bornAt"},
        {"lastN": "0"},
        {"lastN": "x"},
        {"options": "aggregatedValues"},
        {"options": "aggregatedValues", "aggrMethods": "mean"},
        {"options": "aggregatedValues", "aggrMethods": "avg", "aggrPeriodDuration": "1h"},
        {"pick": "speed{a}"},
    ],
)
def test_4_11_what_does_not_hold_is_refused(past: Client, query: dict[str, Any]) -> None:
    assert past.get(ONE, **query).status == 400


def test_4_5_9_pairs_of_value_and_time(past: Client) -> None:
    found = past.get(ONE, options="temporalValues", **ALL).json
    assert found["speed"] == {
        "type": "Property",
        "values": [[each["value"], each["observedAt"]] for each in SPEEDS],
    }
    assert [each.get("datasetId") for each in found["fuelLevel"]] == [None, "urn:d:1"]


def test_4_5_19_aggregates(past: Client) -> None:
    methods = "avg,min,max,sum,totalCount,distinctCount,sumsq,stddev"
    asked = {"timerel": "after", "timeAt": f"{DAY}12:00:00Z", "options": "aggregatedValues"}
    found = past.get(
        *(ONE,), attrs="speed", aggrMethods=methods, aggrPeriodDuration="PT1H", **asked
    ).json["speed"]
    hours = [[f"{DAY}12:00:00Z", f"{DAY}13:00:00Z"], [f"{DAY}13:00:00Z", f"{DAY}14:00:00Z"]]
    expected = {
        **{"avg": [100, 100], "min": [80, 100], "max": [120, 100], "sum": [200, 100]},
        **{"totalCount": [2, 1], "distinctCount": [2, 1]},
        **{"sumsq": [20800, 10000], "stddev": [20, 0]},
    }
    assert found == {
        "type": "Property",
        **{k: [[v, *h] for v, h in zip(vs, hours, strict=True)] for k, vs in expected.items()},
    }
    whole = past.get(ONE, attrs="speed", aggrMethods="max", aggrPeriodDuration="P0D", **asked)
    assert whole.json["speed"]["max"] == [[120, f"{DAY}12:00:00Z", f"{DAY}13:07:00Z"]]
    words = past.get(ONE, attrs="name", aggrMethods="avg", options="aggregatedValues")
    assert (words.status, words.kind) == (400, "InvalidRequest")


def test_5_7_4_evolutions_are_found_by_what_they_were(past: Client) -> None:
    other = {"id": "urn:ngsi-ld:Bus:1", "type": "Bus", "speed": [reading(30, "12:00:00")]}
    past.post("/temporal/entities", other)

    def found(**options: Any) -> list[str]:
        reply = past.get("/temporal/entities", **{**ALL, **options})
        assert reply.status in {200, 206}, reply.body
        return [each["id"].split(":")[-2] for each in reply.json]

    assert found(type="Vehicle") == ["Vehicle"]
    assert found(attrs="speed") == ["Bus", "Vehicle"]
    assert found(q="speed>110") == ["Vehicle"]
    assert found(local="true", idPattern="Bus") == ["Bus"]
    assert found(type="Vehicle", timeAt="2030-01-01T00:00:00Z") == []
    assert past.get("/temporal/entities", type="Vehicle").status == 400
    assert past.get("/temporal/entities", **ALL).status == 400
    body = {"type": "Query", "entities": [{"type": "Bus"}], "temporalQ": ALL}
    assert [e["type"] for e in past.post("/temporal/entityOperations/query", body).json] == ["Bus"]


def test_6_3_10_a_long_answer_is_cut_and_says_so(ngsi: Client) -> None:
    long = [reading(n, f"12:{n:02}:00") for n in range(50)]
    ngsi.post("/temporal/entities", vehicle(speed=long))
    cut = ngsi.get(ONE, **ALL)
    assert cut.status == 206
    assert cut.header("content-range") == f"DateTime {DAY}12:00:00-{DAY}12:29:00/*"
    newest = ngsi.get(ONE, lastN=40, **ALL)
    assert newest.status == 206
    assert newest.header("content-range") == f"DateTime {DAY}12:49:00-{DAY}12:20:00/40"
    assert ngsi.get(ONE, lastN=10).status == 200


def test_4_8_every_write_leaves_its_trace(ngsi: Client) -> None:
    now = "/entities/urn:ngsi-ld:Vehicle:1"
    ngsi.post("/entities", vehicle(speed=1))
    ngsi.patch(f"{now}/attrs", {"speed": 2})
    ngsi.delete(f"{now}/attrs/speed")
    assert told(ngsi) == [1, 2, "urn:ngsi-ld:null"]
    buried = ngsi.get(ONE, timeproperty="deletedAt", timerel="after", timeAt="2000-01-01T00:00:00Z")
    assert buried.json["speed"][0]["value"] == "urn:ngsi-ld:null"
    assert "deletedAt" in buried.json["speed"][0]
    created = ngsi.get(
        ONE, timeproperty="modifiedAt", timerel="after", timeAt="2000-01-01T00:00:00Z"
    )
    assert [each["value"] for each in created.json["speed"]][:2] == [1, 2]


def test_an_attribute_known_by_its_history_alone_can_be_deleted(past: Client) -> None:
    assert past.delete("/entities/urn:ngsi-ld:Vehicle:1/attrs/speed").status == 204
    gone = past.get(ONE, timeproperty="deletedAt", timerel="after", timeAt="2000-01-01T00:00:00Z")
    assert [each["value"] for each in gone.json["speed"]] == ["urn:ngsi-ld:null"]
