"""The standards in the city: pages and data of one address, and who may write."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from pengcheng.domains.sensing import api, contracts
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.shell.processes.standards import Standards
from tests.sensing.maps.conftest import Asker, Client, datastream, thing
from tests.sensing.maps.test_ogc_features import vehicle

CONTEXT = system_context("tests")


@pytest.fixture
def town(db: None, city: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A weather station of the city's own, and vehicles in the broker's store."""
    monkeypatch.setenv("PENGCHENG_BROKER_DATABASE", city.broker.database.url)
    station = contracts.Entity(
        id="urn:ngsi-ld:WeatherObserved:1",
        type="WeatherObserved",
        zh="竹子林站",
        en="Zhuzilin",
        longitude=114.0,
        latitude=22.54,
        district="440304",
        source="tests",
    )
    api.save_entities(context=CONTEXT, entities=[station])
    now = clock.now()
    reading = contracts.ObservationIn(
        entity=station.id, attribute="temperature", value=21.5, observed_at=now
    )
    api.record(context=CONTEXT, observations=[reading], source="tests")
    city.post("/entityOperations/create", [vehicle(n) for n in range(3)])
    return Browser()


def test_the_city_shows_its_own_and_the_brokers_collections(town: Browser) -> None:
    found = town.get("/ogc/v1/collections", headers={"accept": "application/json"})
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    assert {each["id"] for each in found.json()["collections"]} >= {"WeatherObserved", "Vehicle"}
    items = town.get("/ogc/v1/collections/WeatherObserved/items").json()
    assert items["features"][0]["properties"]["temperature"] == 21.5
    place = "/ogc/v1/collections/WeatherObserved/position?coords=POINT(114 22.5)"
    (one,) = town.get(place).json()["coverages"]
    assert one["ranges"]["temperature"]["values"] == [21.5]


PAGES = [
    "",
    "/collections",
    "/conformance",
    "/api",
    "/collections/Vehicle",
    "/collections/WeatherObserved",
    "/collections/Vehicle/items",
    "/collections/Vehicle/items/urn:ngsi-ld:Vehicle:1",
    "/collections/Vehicle/queryables",
    "/collections/Vehicle/schema",
    "/collections/Vehicle/locations",
]


def test_every_resource_is_a_page_too(town: Browser) -> None:
    for path in PAGES:
        for language in ("zh-hans", "en"):
            page = town.get(f"/ogc/v1{path}?f=html&lang={language}", follow=True)
            assert page.status_code == 200, path
            assert page.headers["Content-Type"].startswith("text/html"), path
            assert "<h1" in page.content.decode(), path
    wrong = town.get("/ogc/v1/collections/Nothing", headers={"accept": "text/html"})
    assert (wrong.status_code, "<h1" in wrong.content.decode()) == (404, True)
    assert town.post("/ogc/v1/collections").status_code == 405


def test_a_page_without_a_city_has_its_own_frame(ogc: Asker, city: Client) -> None:
    city.post("/entityOperations/create", [vehicle(n) for n in range(3)])
    for path in PAGES:
        if "Weather" in path:
            continue
        page = ogc("GET", f"{path}?f=html", accept_language="zh")
        assert (page.status, page.header("content-type")[:9]) == (200, "text/html"), path
        assert "default-src 'none'" in page.header("content-security-policy")
        assert "<script" not in page.body.decode()
    assert ogc("GET", "style.css").header("content-type").startswith("text/css")


def test_a_store_that_is_not_there_yet_is_no_failure(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "PENGCHENG_HOME", tmp_path)
    monkeypatch.delenv("PENGCHENG_BROKER_DATABASE", raising=False)
    assert Browser().get("/ogc/v1/collections").status_code == 200


# --- who may write ------------------------------------------------------------------------


OWN = "/sta/v1.1/Datastreams('urn:ngsi-ld:Device:1;speed')/Observations"
WRITES = [
    ("GET", "/sta/v1.1/Things", "", True, 0),
    ("GET", "/sta/v1.1/Things", "", False, 401),
    ("GET", "/sta/v1.1/Things", "Bearer device", False, 0),
    ("POST", "/sta/v1.1/Things", "", True, 401),
    ("POST", "/sta/v1.1/Things", "Bearer wrong", True, 401),
    ("POST", "/sta/v1.1/Things", "Basic key", True, 401),
    ("POST", "/sta/v1.1/Things", "Bearer key", True, 0),
    ("DELETE", "/sta/v1.1/Things('a')", "Bearer old", True, 0),
    ("POST", OWN, "Bearer device", True, 0),
    ("POST", OWN.replace("Device:1", "Device:2"), "Bearer device", True, 403),
    ("POST", "/sta/v1.1/Things", "Bearer device", True, 403),
    ("POST", "/sta/v1.1/CreateObservations", "Bearer device", True, 403),
    ("POST", "/sta/v1.1/$batch", "Bearer device", True, 403),
    ("DELETE", "/sta/v1.1/Observations(1)", "Bearer device", True, 403),
    ("POST", OWN + "(1)", "Bearer device", True, 403),
    ("POST", "/sta/v1.1/Datastreams('x", "Bearer device", True, 403),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("method", "path", "given", "open_", "status"), WRITES)
def test_only_the_operator_and_a_device_for_itself_may_write(
    method: str, path: str, given: str, open_: bool, status: int
) -> None:
    known = SimpleNamespace(entity="urn:ngsi-ld:Device:1")

    async def refresh() -> None:
        return None

    def by_token(token: str) -> Any:
        return known if token == "device" else None

    house = SimpleNamespace(
        directory=SimpleNamespace(by_token=by_token), crew=SimpleNamespace(refresh=refresh)
    )
    keys = SimpleNamespace(accepted=lambda: ("key", "old"))
    guard = Standards(None, house, keys, open_=open_)
    assert asyncio.run(guard.refusal(method, path, given)) == status


def test_a_tenant_has_things_of_its_own(sta: Asker) -> None:
    told = {"ngsild-tenant": "port"}
    made = sta("POST", "Things", thing(Datastreams=[datastream("air", 1)]), **told)
    assert made.status == 201
    assert sta.value("Things") == []
    assert len(sta("GET", "Things", **told).json["value"]) == 1
    assert sta("GET", "Things", **{"ngsild-tenant": "nowhere"}).status == 404
    assert sta("GET", "Things", **{"ngsild-tenant": "a b"}).status == 400
