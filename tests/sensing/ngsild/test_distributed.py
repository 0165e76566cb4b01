"""Several brokers as one: clauses 4.3.6, 4.5.5, 5.12 and 6.3.17, between two that really run."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from pengcheng.domains.sensing.api.broker import Broker
from pengcheng.domains.sensing.web.ngsild.app import Application
from tests.sensing.ngsild.conftest import Client, database_url, serve, vehicle
from tests.sensing.ngsild.test_sources import info, source

ONE = "/entities/urn:ngsi-ld:Vehicle:1"
V1 = "urn:ngsi-ld:Vehicle:1"


class Other(Client):
    """Another broker, reachable by HTTP, that can be asked directly too."""

    url = ""
    asked: list[str]

    async def take(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path}")
        data = await request.read()
        headers = {key.lower(): value for key, value in request.headers.items()}
        headers["content-length"] = str(len(data))

        async def body() -> AsyncIterator[bytes]:
            yield data

        told = await self.application.answer(
            request.method, request.path, request.query_string, headers, body()
        )
        shown = {k.decode(): v.decode("latin-1") for k, v in told.headers}
        return web.Response(status=told.status, body=told.body, headers=shown)


@pytest.fixture
def other(ngsi: Client, tmp_path: Path) -> Iterator[Other]:
    folder = tmp_path / "other"
    folder.mkdir()
    broker = Broker(database_url(folder, "other"), hosts=frozenset({"*"}))
    ngsi.loop.run_until_complete(broker.start())
    found = Other(broker, ngsi.loop)
    found.application, found.asked = Application(broker), []
    runner, found.url = ngsi.loop.run_until_complete(serve({("*", "/{any:.*}"): found.take}))
    yield found
    ngsi.loop.run_until_complete(runner.cleanup())
    ngsi.loop.run_until_complete(broker.stop())


def register(ngsi: Client, other: Other, *information: Any, **more: Any) -> None:
    body = source(*(information or (info("Vehicle"),)), endpoint=other.url, **more)
    made = ngsi.post("/csourceRegistrations", body)
    assert made.status == 201, made.body


ALONE = {"mode": "redirect", "operations": ["redirectionOps"]}


def test_5_7_1_what_two_brokers_know_is_one_entity(ngsi: Client, other: Other) -> None:
    ngsi.post("/entities", vehicle(speed={"value": 1, "observedAt": "2026-01-01T00:00:00Z"}))
    new = {"value": 2, "observedAt": "2026-01-02T00:00:00Z"}
    other.post("/entities", vehicle(speed=new, fuel=9))
    register(ngsi, other)
    found = ngsi.get(ONE, options="keyValues").json
    assert found == vehicle(speed=2, fuel=9)
    assert ngsi.get(ONE, options="keyValues", local="true").json == vehicle(speed=1)


def test_5_7_1_a_source_fills_gaps_or_answers_alone(ngsi: Client, other: Other) -> None:
    ngsi.post("/entities", vehicle(speed=1))
    other.post("/entities", vehicle(speed=2, fuel=9))
    register(ngsi, other, mode="auxiliary")
    assert ngsi.get(ONE, options="keyValues").json == vehicle(speed=1, fuel=9)
    other.post("/entities", vehicle(2, speed=5))
    assert ngsi.get("/entities/urn:ngsi-ld:Vehicle:2", options="keyValues").json["speed"] == 5
    assert ngsi.get("/entities/urn:ngsi-ld:Vehicle:3").status == 404


def test_5_7_2_a_query_reaches_all(ngsi: Client, other: Other) -> None:
    ngsi.post("/entities", vehicle(1, speed=60))
    other.post("/entityOperations/create", [vehicle(2, speed=70), vehicle(3, speed=10)])
    register(ngsi, other)
    found = ngsi.get("/entities", type="Vehicle", q="speed>50", count="true")
    assert [each["id"][-1] for each in found.json] == ["1", "2"]
    assert found.header("ngsild-results-count") == "2"
    assert len(ngsi.get("/entities", type="Vehicle", local="true").json) == 1
    assert len(ngsi.get("/entities", type="Bus").json) == 0


def test_5_6_1_a_redirected_entity_is_made_there_and_not_here(ngsi: Client, other: Other) -> None:
    register(ngsi, other, **ALONE)
    made = ngsi.post("/entities", vehicle(speed=1))
    assert made.status == 201
    assert other.get(ONE).status == 200
    assert ngsi.get(ONE, local="true").status == 404
    assert ngsi.get(ONE).json["speed"]["value"] == 1


def test_5_6_1_an_inclusive_source_gets_a_copy(ngsi: Client, other: Other) -> None:
    register(ngsi, other, operations=["createEntity", "retrieveEntity"])
    ngsi.post("/entities", vehicle(speed=1))
    assert other.get(ONE).json == ngsi.get(ONE, local="true").json


def test_4_3_6_an_exclusive_source_takes_its_attributes(ngsi: Client, other: Other) -> None:
    other.post("/entities", vehicle(speed=1))
    claim = info("Vehicle", properties=("speed",), id=V1)
    register(ngsi, other, claim, mode="exclusive", operations=["redirectionOps"])
    ngsi.post("/entities", vehicle(name="a"))
    assert ngsi.patch(f"{ONE}/attrs", {"speed": 5, "name": "b"}).status == 204
    assert other.get(ONE, options="keyValues").json == vehicle(speed=5)
    assert ngsi.get(ONE, options="keyValues", local="true").json == vehicle(name="b")
    assert ngsi.patch(f"{ONE}/attrs/speed", {"value": 6}).status == 204
    assert other.get(ONE).json["speed"]["value"] == 6
    assert ngsi.delete(f"{ONE}/attrs/speed").status == 204
    assert "speed" not in other.get(ONE).json


def test_6_3_17_what_failed_is_told_beside_what_did_not(ngsi: Client, other: Other) -> None:
    claim = info("Vehicle", properties=("speed",), id=V1)
    register(ngsi, other, claim, mode="exclusive", operations=["retrieveOps"])
    told = ngsi.post("/entities", vehicle(speed=1, name="a"))
    assert told.status == 207
    assert told.json["success"] == [V1]
    error = told.json["errors"][0]
    assert (error["error"]["status"], error["registrationId"]) == (409, source()["id"])
    alone = ngsi.patch(f"{ONE}/attrs", {"speed": 1})
    assert (alone.status, alone.kind) == (409, "Conflict")


def test_5_6_6_deleting_reaches_the_copies(ngsi: Client, other: Other) -> None:
    ngsi.post("/entities", vehicle())
    other.post("/entities", vehicle())
    register(ngsi, other, operations=["deleteEntity", "retrieveEntity"])
    assert ngsi.delete(ONE).status == 204
    assert ngsi.get(ONE).status == other.get(ONE).status == 404


def test_a_source_that_is_away_takes_nothing_from_what_is_here(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle(speed=1))
    ngsi.post("/csourceRegistrations", source(info("Vehicle"), endpoint="http://127.0.0.1:1"))
    assert ngsi.get(ONE, options="keyValues").json == vehicle(speed=1)
    assert len(ngsi.get("/entities", type="Vehicle").json) == 1


def test_4_3_6_6_a_circle_of_brokers_comes_to_an_end(ngsi: Client, other: Other) -> None:
    async def take(request: web.Request) -> web.Response:
        asked = ngsi.application.answer
        scope = {"method": "GET", "path": request.path, "query_string": b""}
        told = await asked(scope, {k.lower(): v for k, v in request.headers.items()}, None)
        return web.Response(status=told.status, body=told.body)

    runner, url = ngsi.loop.run_until_complete(serve({("*", "/{any:.*}"): take}))
    register(ngsi, other)
    other.post("/csourceRegistrations", source(info("Vehicle"), endpoint=url))
    other.post("/entities", vehicle(speed=1))
    assert ngsi.get(ONE, options="keyValues").json == vehicle(speed=1)
    assert other.asked == [f"GET /ngsi-ld/v1{ONE}"]
    ngsi.loop.run_until_complete(runner.cleanup())


def test_a_source_gets_its_tenant_and_its_headers(ngsi: Client) -> None:
    got: list[dict[str, str]] = []

    async def take(request: web.Request) -> web.Response:
        got.append(dict(request.headers))
        return web.Response(body=json.dumps(vehicle(speed=3)))

    runner, url = ngsi.loop.run_until_complete(serve({("GET", "/{any:.*}"): take}))
    pairs = [{"key": "X-Key", "value": "k"}]
    body = source(info("Vehicle"), endpoint=url, tenant="theirs", contextSourceInfo=pairs)
    ngsi.post("/csourceRegistrations", body)
    assert ngsi.get(ONE).json["speed"]["value"] == 3
    assert (got[0]["NGSILD-Tenant"], got[0]["X-Key"]) == ("theirs", "k")
    assert ngsi.broker.alias in got[0]["Via"]
    ngsi.loop.run_until_complete(runner.cleanup())


def test_5_7_3_and_5_7_4_what_two_brokers_remember_is_one_evolution(
    ngsi: Client, other: Other
) -> None:
    first = {"value": 1, "observedAt": "2026-01-01T00:00:00Z"}
    second = {"value": 2, "observedAt": "2026-01-02T00:00:00Z"}
    ngsi.post("/temporal/entities", vehicle(1, speed=[first]))
    other.post("/temporal/entities", vehicle(1, speed=[first, second]))
    other.post("/temporal/entities", vehicle(2, speed=[second]))
    operations = ["retrieveTemporal", "queryTemporal", "upsertTemporal", "deleteTemporal"]
    span = {"startAt": "2025-01-01T00:00:00Z", "endAt": "2026-06-01T00:00:00Z"}
    register(ngsi, other, operations=operations, observationInterval=span)
    found = ngsi.get(f"/temporal{ONE}").json
    assert [each["value"] for each in found["speed"]] == [1, 2]
    asked = {"type": "Vehicle", "timerel": "after", "timeAt": "2026-01-01T00:00:00Z"}
    listed = ngsi.get("/temporal/entities", options="temporalValues", **asked).json
    assert [len(each["speed"]["values"]) for each in listed] == [2, 1]
    assert len(ngsi.get("/temporal/entities", lastN="1", local="true", **asked).json) == 1
    made = ngsi.get("/temporal/entityMaps", **asked)
    assert made.status == 201
    assert set(made.json["entityMap"]) == {V1, "urn:ngsi-ld:Vehicle:2"}
    late = {**asked, "timeAt": "2027-01-01T00:00:00Z"}
    before = len(other.asked)
    assert ngsi.get("/temporal/entities", **late).json == []
    assert len(other.asked) == before


def test_5_6_11_and_5_6_16_evolutions_are_kept_by_who_takes_them(
    ngsi: Client, other: Other
) -> None:
    operations = ["upsertTemporal", "appendAttrsTemporal", "deleteTemporal", "retrieveTemporal"]
    register(ngsi, other, mode="redirect", operations=operations)
    reading = {"value": 1, "observedAt": "2026-01-01T00:00:00Z"}
    assert ngsi.post("/temporal/entities", vehicle(speed=[reading])).status == 201
    assert ngsi.get(f"/temporal{ONE}", local="true").status == 404
    assert ngsi.post(f"/temporal{ONE}/attrs", {"fuel": [reading]}).status == 204
    assert set(ngsi.get(f"/temporal{ONE}").json) >= {"speed", "fuel"}
    instance = ngsi.get(f"/temporal{ONE}").json["fuel"][0]["instanceId"]
    kept = ngsi.delete(f"/temporal{ONE}/attrs/fuel/{instance}")
    assert kept.kind == "Conflict"
    assert ngsi.delete(f"/temporal{ONE}").status == 204
    assert other.get(f"/temporal{ONE}").status == 404
