"""SensorThings and EDR tell the past alike, whether it lies in rows or in files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sensing.maps.conftest import Asker, at, datastream, location, observation, ref, thing
from tests.sensing.ngsild.conftest import Client, roll

pytestmark = pytest.mark.one_database
MIDDLE = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
AIR = "Datastreams('{stream}')/Observations"
QUESTIONS = (
    AIR,
    f"{AIR}?$orderby=phenomenonTime desc&$top=2&$skip=1&$count=true",
    f"{AIR}?$orderby=phenomenonTime&$top=3",
    f"{AIR}?$filter=phenomenonTime gt 2026-11-20T01:00:00Z and result lt 23",
    f"{AIR}?$resultFormat=dataArray",
    "Datastreams?$select=phenomenonTime,name&$expand=Observations($top=1)",
    "Observations?$top=4&$skip=1",
    "Observations({first})?$expand=Datastream,FeatureOfInterest",
    "Things?$expand=HistoricalLocations($expand=Locations)",
    "HistoricalLocations",
)
EDR = "collections/Station"
ATLAS = (
    f"{EDR}/locations/urn:ngsi-ld:Station:1",
    f"{EDR}/position?coords=POINT(114.06 22.51)",
    f"{EDR}/area?coords=POLYGON((114 22.4,115 22.4,115 22.6,114 22.6,114 22.4))&f=CSV",
    f"{EDR}/locations/urn:ngsi-ld:Station:1?datetime=2026-11-20T01:00:00Z/2026-11-20T02:00:00Z",
    EDR,
)


@pytest.fixture
def station(sta: Asker) -> dict[str, Any]:
    streams = [datastream("air", 20, 21.5, 23, 19, 18), datastream("wet", 70, 71)]
    made = sta.make("Things", thing("Futian", Datastreams=streams))
    sta("PATCH", at(made), {"Locations": [location("Nanshan", 113.93, 22.53)]})
    temperature = [
        {"type": "Property", "value": n, "observedAt": f"2026-11-20T0{n}:00:00Z"} for n in range(5)
    ]
    place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [114.05, 22.5]}}
    body = {"id": "urn:ngsi-ld:Station:1", "type": "Station", "location": place}
    sta.ngsi.post("/entities", {**body, "temperature": temperature[-1]})
    path = "/temporal/entities/urn:ngsi-ld:Station:1/attrs"
    assert sta.ngsi.post(path, {"temperature": temperature[:-1]}).status == 204
    (stream,) = (each for each in sta.value("Datastreams") if each["name"] == "air")
    first = sta.value(f"{at(stream)}/Observations")[0]
    return {"stream": stream["@iot.id"], "first": first["@iot.id"]}


def told(sta: Asker, ogc: Asker, names: dict[str, Any]) -> list[tuple[str, int, bytes]]:
    asked = [(sta, each.format(**names)) for each in QUESTIONS] + [(ogc, each) for each in ATLAS]
    replies = [(path, asker("GET", path)) for asker, path in asked]
    return [(path, each.status, each.body) for path, each in replies]


def test_observations_and_coverages_are_alike_to_the_byte(
    sta: Asker, ogc: Asker, station: dict[str, Any]
) -> None:
    before = told(sta, ogc, station)
    assert {status for _, status, _ in before} == {200}
    assert roll(sta.ngsi, MIDDLE)
    assert told(sta, ogc, station) == before
    assert roll(sta.ngsi)
    assert told(sta, ogc, station) == before


def test_an_observation_in_a_file_keeps_its_number_when_it_is_changed(
    sta: Asker, station: dict[str, Any]
) -> None:
    roll(sta.ngsi)
    one = f"Observations({station['first']})"
    assert sta("PATCH", one, {"result": 99}).status == 200
    for _ in range(2):  # as a row again, and rolled once more
        assert sta.get(one)["result"] == 99
        stream = {"@iot.id": station["stream"]}
        listed = sta.value(AIR.format(stream=stream["@iot.id"]))
        assert [each["result"] for each in listed] == [99, 21.5, 23, 19, 18]
        roll(sta.ngsi)
    made = sta.make("Observations", {**observation(9, 5), "Datastream": stream})
    roll(sta.ngsi)
    for gone in (ref(made)["@iot.id"], station["first"]):
        assert sta("DELETE", f"Observations({gone})").status == 200
        sta.get(f"Observations({gone})", 404)
    roll(sta.ngsi)
    assert [each["result"] for each in sta.value(AIR.format(**station))] == [21.5, 23, 19, 18]
    assert sta.ngsi.broker.connection.all("SELECT * FROM ngsild_grave") == []


def test_a_device_that_repeats_the_past_is_not_believed_twice(city: Client) -> None:
    from pengcheng.domains.sensing.api.broker import Delivery, Sample, take

    samples = [Sample("https://x.example/level", n * 1_000_000, n) for n in (100, 200, 300)]
    delivery = Delivery("urn:ngsi-ld:Device:1", "https://x.example/Tank", samples)

    def deliver() -> Any:
        return city.loop.run_until_complete(
            city.broker.write("", lambda each: take(each, delivery))
        )

    assert deliver() == (3, 0)
    roll(city)
    assert deliver() == (0, 3)
