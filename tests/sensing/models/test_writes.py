"""City data models at the broker's writes: a warning by default, a refusal where it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pengcheng.domains.sensing.api.broker import Broker, rows, strict_of
from pengcheng.kernel import clock
from tests.sensing.ngsild.conftest import Client, database_url

pytestmark = pytest.mark.one_database
AIR = "urn:ngsi-ld:AirQualityObserved:1"
HEAD = "NGSILD-Warning"


@contextmanager
def city(folder: Path, strict: str = "") -> Iterator[Client]:
    loop = asyncio.new_event_loop()
    broker = Broker(database_url(folder, "one"), strict=strict_of(strict))
    loop.run_until_complete(broker.start())
    try:
        yield Client(broker, loop)
    finally:
        loop.run_until_complete(broker.stop())
        loop.close()


@pytest.fixture
def ngsi(tmp_path: Path) -> Iterator[Client]:
    with city(tmp_path) as client:
        yield client


def a(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, **more}


def air(identity: str = AIR, **more: Any) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [114.05, 22.54]}
    return {
        "id": identity,
        "type": "AirQualityObserved",
        "dateObserved": a("2026-11-23T08:00:00Z"),
        "location": {"type": "GeoProperty", "value": place},
        **more,
    }


def told(reply: Any) -> list[str]:
    return [each.partition('"')[2].rstrip('"') for each in reply.headers.get(HEAD.lower(), [])]


def test_what_does_not_fit_is_stored_and_told(ngsi: Client) -> None:
    made = ngsi.post("/entities", air(airQualityIndex=a("good"), mood=a("fine")))
    assert made.status == 201
    assert told(made) == ["AirQualityObserved.airQualityIndex: a number"]
    assert made.header(HEAD).startswith(f"299 {ngsi.broker.alias} ")
    assert ngsi.get(f"/entities/{AIR}", options="keyValues").json["airQualityIndex"] == "good"
    assert told(ngsi.post("/entities", air(AIR + "2", airQualityIndex=a(40)))) == []
    assert (
        told(ngsi.post("/entities", {"id": "urn:x:1", "type": "Vehicle2", "speed": a("x")})) == []
    )


def test_only_what_is_written_is_judged(ngsi: Client) -> None:
    ngsi.post("/entities", air(airQualityIndex=a("good")))
    place = f"/entities/{AIR}/attrs"
    assert told(ngsi.patch(place, {"no2": a(12)})) == []
    assert told(ngsi.patch(f"{place}/no2", {"value": "much"})) == [
        "AirQualityObserved.no2: a number"
    ]
    assert told(ngsi.post(place, {"temperature": a(20), "relativeHumidity": a(54)})) == [
        "AirQualityObserved.relativeHumidity: a number from 0 to 1"
    ]
    gone = ngsi.delete(f"{place}/dateObserved")
    assert told(gone) == ["AirQualityObserved.dateObserved: it is required"]
    assert gone.status == 204
    replaced = ngsi.put(f"/entities/{AIR}", {"id": AIR, "type": "AirQualityObserved", "no2": a(1)})
    assert [each.partition(":")[2] for each in told(replaced)] == [" it is required"] * 2


def test_units_words_and_lists_are_judged(ngsi: Client) -> None:
    light = {
        "id": "urn:ngsi-ld:Streetlight:1",
        "type": "Streetlight",
        "location": air()["location"],
        "status": a("sleeping"),
        "powerState": {"type": "VocabProperty", "vocab": "on"},
        "lanternHeight": a(10, unitCode="MTR"),
    }
    (word,) = told(ngsi.post("/entities", light))
    assert word.startswith("Streetlight.status: one of ")
    flow = {
        "id": "urn:ngsi-ld:TrafficFlowObserved:1",
        "type": "TrafficFlowObserved",
        "dateObserved": a("2026-11-23T08:00:00Z"),
        "averageVehicleSpeed": a(52.6, unitCode="HM"),
    }
    assert told(ngsi.post("/entities", flow)) == [
        "TrafficFlowObserved.averageVehicleSpeed: a number, in KMH"
    ]


def test_a_type_that_is_added_brings_its_model(ngsi: Client) -> None:
    ngsi.post("/entities", {"id": AIR, "type": "Thing", "airQualityIndex": a("good")})
    reply = ngsi.post(f"/entities/{AIR}/attrs", {"type": "AirQualityObserved", "no2": a(3)})
    assert len(told(reply)) == 3


def test_a_long_list_of_warnings_ends(ngsi: Client) -> None:
    lots = [air(f"urn:x:{n}", **{name: a("x")}) for n, name in enumerate(GASES)]
    found = told(ngsi.post("/entityOperations/upsert", lots))
    assert len(found) == 10
    assert found[-1] == "and 4 more"


GASES = ("as", "c6h6", "cd", "co", "co2", "ni", "no", "no2", "nox", "o3", "pb", "pm10", "so2")


def test_strictly_it_is_refused_by_name_and_nothing_is_stored(tmp_path: Path) -> None:
    with city(tmp_path, "AirQualityObserved") as ngsi:
        refused = ngsi.post("/entities", air(airQualityIndex=a("good")))
        assert (refused.status, refused.kind) == (400, "BadRequestData")
        assert refused.json["attribute"] == "airQualityIndex"
        assert refused.json["expected"] == "a number"
        assert ngsi.get(f"/entities/{AIR}").status == 404
        ngsi.post("/entities", air())
        assert ngsi.post("/entities", air(airQualityIndex=a("good"))).status == 409
        place = f"/entities/{AIR}/attrs"
        assert ngsi.patch(place, {"airQualityIndex": a("good")}).status == 400
        assert ngsi.delete(f"{place}/dateObserved").status == 400
        batch = [air("urn:x:1"), air("urn:x:2", no2=a("x"))]
        both = ngsi.post("/entityOperations/create", batch)
        assert (both.status, both.json["success"]) == (207, ["urn:x:1"])
        assert both.json["errors"][0]["error"]["attribute"] == "no2"
        other = ngsi.post("/entities", {"id": "urn:x:3", "type": "WasteContainer", "status": a(1)})
        assert (other.status, len(told(other))) == (201, 2)


def test_time_asks_no_model(tmp_path: Path) -> None:
    with clock.frozen(clock.now()) as time, city(tmp_path, "*") as ngsi:
        end = clock.now().replace(microsecond=0).isoformat().replace("+00:00", "Z")
        time.advance(seconds=-60)
        ngsi.post("/entities", air(dateObserved=a("2026-11-23", expiresAt=end)))
        time.advance(seconds=120)
        ngsi.loop.run_until_complete(ngsi.broker.sweep())
        assert "dateObserved" not in ngsi.get(f"/entities/{AIR}").json


def test_counts_outlive_a_restart(tmp_path: Path) -> None:
    with city(tmp_path) as ngsi:
        ngsi.post("/entities", air(no2=a("x")))
        ngsi.patch(f"/entities/{AIR}/attrs", {"no2": a("y")})
        kept = {"id": "Streetlight", "count": 7, "of_a_later_version": True}
        ngsi.loop.run_until_complete(
            ngsi.broker.writer.do(lambda batch: rows.put_thing(batch, "", "misfits", kept))
        )
    with city(tmp_path, "*") as ngsi:
        ngsi.patch(f"/entities/{AIR}/attrs", {"pm10": a("y")})
        tally = ngsi.broker.fitting.tallies["AirQualityObserved"]
        assert ngsi.broker.fitting.tallies["Streetlight"].count == 7
        assert (tally.count, tally.refused, tally.entity) == (3, 1, AIR)
        assert (tally.attribute, tally.expected) == ("pm10", "a number")


def test_a_setting_names_models_that_there_are(caplog: pytest.LogCaptureFixture) -> None:
    assert strict_of(" Streetlight, Building ") == {"Streetlight", "Building"}
    assert "WasteContainer" in strict_of("*")
    assert strict_of("Street,Lamp,Building") == {"Building"}
    assert "Lamp, Street" in caplog.text
