"""Judged by clients and libraries that none of us wrote.

`frost-sta-client` and `OWSLib` speak to the application itself: their HTTP ends in it instead of
in a socket. `covjson-pydantic` judges coverages, `pygeofilter` filters, `pyproj` coordinates.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlsplit

import frost_sta_client as fsc
import pyproj
import pytest
import requests
from covjson_pydantic.coverage import CoverageCollection
from owslib.ogcapi.edr import EnvironmentalDataRetrieval
from owslib.ogcapi.features import Features
from pygeofilter.backends.native.evaluate import NativeEvaluator
from pygeofilter.parsers.cql2_text import parse as parse_cql2
from requests.adapters import HTTPAdapter
from shapely.geometry import shape

from pengcheng.kit.ogc.crs import system
from tests.sensing.maps.conftest import Asker, Client, point

pytestmark = pytest.mark.one_database


@pytest.fixture
def wired(city: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Every request of the `requests` library is answered by the application."""

    def send(self: Any, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        split = urlsplit(str(request.url))
        base = "/" + "/".join(split.path.split("/")[1:3])
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        headers = {k.lower(): v for k, v in request.headers.items()} | {"host": "city.example"}
        path = split.path.removeprefix(base) + (f"?{split.query}" if split.query else "")
        asker = Asker(city, base)
        reply = asker(str(request.method), path, raw=body, **headers)
        found = requests.Response()
        found.status_code, found._content = reply.status, reply.body
        found.url, found.request = str(request.url), request
        for key, values in reply.headers.items():
            found.headers[key] = values[0]
        return found

    monkeypatch.setattr(HTTPAdapter, "send", send)
    return city


def bus(n: int) -> dict[str, Any]:
    time = f"2026-11-20T{n:02}:00:00Z"
    return {
        "id": f"urn:ngsi-ld:Bus:{n}",
        "type": "Bus",
        "name": {"type": "Property", "value": f"Bus {n}"},
        "speed": {"type": "Property", "value": n * 10, "unitCode": "KMH", "observedAt": time},
        "location": {"type": "GeoProperty", "value": point(114 + n / 100, 22.5)},
    }


# --- SensorThings: the client of the FROST project ----------------------------------------


def test_frost_client_makes_reads_changes_and_deletes(wired: Client) -> None:
    service = fsc.SensorThingsService("http://city.example/sta/v1.1")
    place = fsc.Location(
        name="Lianhuashan",
        description="a hill",
        location=point(114.05, 22.55),
        encoding_type="application/geo+json",
    )
    thing = fsc.Thing(name="mast", description="a mast", properties={"floor": 3})
    thing.locations = fsc.EntityList(entity_class="Locations", entities=[place])
    stream = fsc.Datastream(
        name="air",
        description="air of the mast",
        observation_type="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        unit_of_measurement=fsc.UnitOfMeasurement("degree", "°C", "ucum:Cel"),
        sensor=fsc.Sensor(name="s", description="s", encoding_type="text/plain", metadata="m"),
        observed_property=fsc.ObservedProperty(name="t", definition="http://t", description="t"),
    )
    thing.datastreams = fsc.EntityList(entity_class="Datastreams", entities=[stream])
    service.create(thing)
    known = service.things().find(thing.id)
    assert (known.name, known.properties) == ("mast", {"floor": 3})
    (stream,) = list(known.get_datastreams().query().list())
    for hour in range(3):
        made = fsc.Observation(
            phenomenon_time=f"2026-11-20T0{hour}:00:00Z", result=20 + hour, datastream=stream
        )
        service.create(made)
        assert isinstance(made.id, int)
    query = stream.get_observations().query()
    listed = list(query.filter("result gt 20").orderby("phenomenonTime", "desc").list())
    assert [each.result for each in listed] == [22, 21]
    assert query.top(2).list().entities[0].result == 22

    known.name = "tower"
    service.update(known)
    assert service.things().find(thing.id).name == "tower"
    service.delete(known)
    assert list(service.observations().query().list()) == []


# --- OGC API: the client of the OSGeo ------------------------------------------------------


def test_owslib_reads_features(wired: Client) -> None:
    for n in range(12):
        wired.post("/entities", bus(n))
    api = Features("http://city.example/ogc/v1")
    assert api.feature_collections() == ["Bus"]
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
        in (api.conformance()["conformsTo"])
    )
    assert api.api()["openapi"].startswith("3.0")
    assert api.collection_queryables("Bus")["properties"]["speed"]["type"] == "number"
    page = api.collection_items("Bus", limit=5, bbox=[114.02, 22, 114.2, 23])
    assert (page["numberMatched"], page["numberReturned"]) == (10, 5)
    page = api.collection_items("Bus", filter="speed > 90", limit=50)
    assert [each["id"][-2:] for each in page["features"]] == ["10", "11"]
    one = api.collection_item("Bus", "urn:ngsi-ld:Bus:3")
    assert one["properties"]["name"] == "Bus 3"


def test_owslib_reads_environmental_data_that_is_coverage_json(wired: Client) -> None:
    for n in range(3):
        wired.post("/entities", bus(n))
    api = EnvironmentalDataRetrieval("http://city.example/ogc/v1")
    assert api.data() == ["Bus"]
    raw = api.query_data("Bus", "position", coords="POINT(114.011 22.5)")
    (one,) = judged(raw).coverages
    assert one.ranges is not None
    assert one.ranges["speed"].values == [10.0]  # type: ignore[union-attr]
    area = "POLYGON((113 22,115 22,115 23,113 23,113 22))"
    raw = api.query_data("Bus", "area", coords=area)
    assert len(judged(raw).coverages) == 3


def judged(raw: Any) -> CoverageCollection:
    text = json.dumps(raw) if isinstance(raw, dict) else raw
    return CoverageCollection.model_validate_json(text)


# --- what filters find --------------------------------------------------------------------

FILTERS = [
    "speed > 30 AND speed <= 70",
    "name LIKE 'Bus 1%' OR speed = 0",
    "NOT (speed BETWEEN 20 AND 90)",
    "name IN ('Bus 2', 'Bus 5')",
    "S_INTERSECTS(geometry, POLYGON((114.015 22,114.055 22,114.055 23,114.015 23,114.015 22)))",
    "S_DISJOINT(geometry, POINT(114 22.5))",
    "speed * 2 + 10 > 200",
]


def test_pygeofilter_finds_the_same_features(city: Client, ogc: Asker) -> None:
    class Seen:
        def __init__(self, told: dict[str, Any]) -> None:
            self.id = told["id"]
            self.geometry = shape(told["geometry"])
            self.__dict__.update(told["properties"])

    for n in range(12):
        city.post("/entities", bus(n))
    everything = [Seen(e) for e in ogc.get("collections/Bus/items?limit=100")["features"]]
    for text in FILTERS:
        ours = ogc.get(f"collections/Bus/items?limit=100&filter={quote(text)}")["features"]
        test = NativeEvaluator(use_getattr=True).evaluate(parse_cql2(text))
        theirs = {each.id for each in everything if test(each)}
        assert {each["id"] for each in ours} == theirs, text
        assert theirs, text


# --- coordinates --------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "base"), [(3857, 4326), (4547, 4490), (4490, 4490), (4326, 4326)])
def test_proj_puts_points_of_china_where_we_put_them(code: int, base: int) -> None:
    there = pyproj.Transformer.from_crs(base, code)
    ours = system(f"EPSG:{code}")
    for lon in (112.6, 113.9, 114.0, 114.6, 115.4):
        for lat in (18.2, 22.55, 39.9, 53.0):
            one, other = ours.out(lon, lat)
            expected = there.transform(lat, lon)
            assert (one, other) == pytest.approx(expected, abs=0.001 if code in {3857, 4547} else 0)
            assert ours.back(one, other) == pytest.approx((lon, lat), abs=1e-9)
