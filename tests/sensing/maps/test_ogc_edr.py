"""OGC API – EDR 1.1 (19-086), by query type: what was observed where and when."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.sensing.maps.conftest import OGC, Asker, point
from tests.sensing.ngsild.conftest import running

pytestmark = pytest.mark.one_database
HERE = "collections/Station"
SQUARE = "POLYGON((114 22.4,114.1 22.4,114.1 22.6,114 22.6,114 22.4))"


def station(name: str, lon: float) -> dict[str, Any]:
    def readings(values: list[float], unit: str) -> list[dict[str, Any]]:
        return [
            {"type": "Property", "value": value, "unitCode": unit,
             "observedAt": f"2026-11-20T{hour:02}:00:00Z"}
            for hour, value in enumerate(values)
        ]  # fmt: skip

    return {
        "id": f"urn:ngsi-ld:Station:{name}",
        "type": "Station",
        "name": {"type": "Property", "value": name},
        "temperature": readings([20, 21, 22], "CEL"),
        "rain": readings([0.5], "MMT"),
        "location": {"type": "GeoProperty", "value": point(lon, 22.5)},
    }


@pytest.fixture(scope="module")
def edr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    from pengcheng.domains.sensing.web.faces import faces

    with running(tmp_path_factory.mktemp("edr"), "edr") as client:
        client.application.faces = faces(client.broker)
        for name, lon in (("east", 114.2), ("west", 114.05)):
            told = station(name, lon)
            now = {
                key: (value[-1] if isinstance(value, list) else value)
                for key, value in told.items()
            }
            assert client.post("/entities", now).status == 201
            body = {key: value[:-1] for key, value in told.items() if isinstance(value, list)}
            path = f"/temporal/entities/{told['id']}/attrs"
            assert client.post(path, {k: v for k, v in body.items() if v}).status == 204
        client.post("/entities", {"id": "urn:ngsi-ld:Bench:1", "type": "Bench"})
        yield Asker(client, OGC)


def rows(reply: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reply.body.decode())))


def test_req_collections_say_what_can_be_asked(edr: Asker) -> None:
    told = edr.get(HERE)
    assert told["data_queries"].keys() == {"position", "area", "radius", "locations", "items"}
    assert told["parameter_names"]["temperature"]["unit"]["symbol"] == "CEL"
    assert told["extent"]["temporal"]["interval"][0][0] == "2026-11-20T00:00:00Z"
    assert set(told["output_formats"]) == {"CoverageJSON", "GeoJSON", "CSV"}
    assert "data_queries" not in edr.get("collections/Bench")


def test_req_position_is_the_nearest_place(edr: Asker) -> None:
    told = edr.get(f"{HERE}/position?coords=POINT(114.06 22.51)&parameter-name=temperature")
    (one,) = told["coverages"]
    assert one["id"] == "urn:ngsi-ld:Station:west"
    assert one["domain"]["axes"]["x"]["values"] == [114.05]
    assert one["ranges"]["temperature"]["values"] == [20, 21, 22]
    both = edr.get(f"{HERE}/position?coords=MULTIPOINT((114 22.5),(115 22.5))")
    assert len(both["coverages"]) == 2
    assert both["coverages"][0]["ranges"]["rain"]["values"] == [0.5, None, None]


def test_req_area(edr: Asker) -> None:
    reply = edr("GET", f"{HERE}/area?f=CSV&coords={SQUARE}")
    assert reply.header("content-type").startswith("text/csv")
    assert [(row["location"][-4:], row["temperature"], row["rain"]) for row in rows(reply)] == [
        ("west", "20", "0.5"),
        ("west", "21", ""),
        ("west", "22", ""),
    ]


@pytest.mark.parametrize(
    ("within", "count"), [("1&within-units=km", 1), ("20000&within-units=m", 2),
                          ("10&within-units=mi", 2), ("0&within-units=m", 1)]
)  # fmt: skip
def test_req_radius(edr: Asker, within: str, count: int) -> None:
    told = edr.get(f"{HERE}/radius?coords=POINT(114.05 22.5)&within={within}")
    assert len(told["coverages"]) == count


def test_req_locations(edr: Asker) -> None:
    told = edr.get(f"{HERE}/locations")
    assert {each["properties"]["name"] for each in told["features"]} == {"east", "west"}
    one = told["features"][0]
    assert one["properties"]["datetime"] == "2026-11-20T00:00:00Z/2026-11-20T02:00:00Z"
    series = edr.get(one["links"][0]["href"])
    assert series["coverages"][0]["id"] == one["id"]
    assert len(edr.get(f"{HERE}/locations?bbox=114,22,114.1,23")["features"]) == 1
    assert edr.get(f"{HERE}/locations?datetime=2020-01-01")["features"] == []
    edr.get(f"{HERE}/locations/urn:ngsi-ld:Station:none", 404)
    assert edr.get(f"{HERE}/items")["numberMatched"] == 2


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2026-11-20T01:00:00Z", ["01"]),
        ("2026-11-20T01:00:00Z/..", ["01", "02"]),
        ("../2026-11-20T01:00:00Z", ["00", "01"]),
        ("2026-11-20", ["00", "01", "02"]),
        ("2026-11-21/..", []),
    ],
)
def test_req_datetime(edr: Asker, text: str, hours: list[str]) -> None:
    path = f"{HERE}/locations/urn:ngsi-ld:Station:east?f=GeoJSON&datetime={text}"
    features = edr.get(path)["features"]
    assert [each["properties"]["datetime"][11:13] for each in features] == hours


def test_req_crs_names_the_axes_as_the_system_does(edr: Asker) -> None:
    place = f"{HERE}/position?coords={quote('POINT(22.5 114.05)')}&crs=EPSG:4326"
    told = edr.get(place)
    assert told["coverages"][0]["domain"]["axes"]["x"]["values"] == [114.05]
    assert told["referencing"][0]["coordinates"] == ["y", "x"]


WRONG = [
    ("position", "coords", 400),
    ("position?coords=POINT(a b)", "coords", 400),
    ("position?coords=POLYGON((0 0,1 1,1 0,0 0))", "coords", 400),
    ("position?coords=POINT(500 1)", "coords", 400),
    ("area?coords=POLYGON((0 0,1 1,0 1,1 0,0 0))", "coords", 400),
    ("area?coords=POINT(1 1)", "coords", 400),
    ("radius?coords=POINT(1 1)&within=5", "within-units", 400),
    ("radius?coords=POINT(1 1)&within=far&within-units=km", "within", 400),
    ("radius?coords=POINT(1 1)&within=-1&within-units=km", "within", 400),
    ("position?coords=POINT(1 1)&parameter-name=nothing", "parameter-name", 400),
    ("position?coords=POINT(1 1)&datetime=noon", "datetime", 400),
    ("position?coords=POINT(1 1)&f=GRIB", "f", 400),
    ("position?coords=POINT(1 1)&z=5", "z", 400),
    ("position?coords=POINT(1 1)&crs=EPSG:1", "crs", 400),
]


@pytest.mark.parametrize(("path", "parameter", "status"), WRONG)
def test_a_wrong_question_is_told_what_is_wrong(
    edr: Asker, path: str, parameter: str, status: int
) -> None:
    told = edr.get(f"{HERE}/{path}", status)
    assert told["parameter"] == parameter


def test_a_collection_without_readings_has_no_data(edr: Asker) -> None:
    edr.get("collections/Bench/position?coords=POINT(114 22)", 404)
