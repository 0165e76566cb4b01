"""What is passed on to context sources, and how (4.3.6, 5.2.34, 5.6.7 to 5.6.21, 5.7.11)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from pengcheng.kit.ngsild import conforming, renaming
from pengcheng.kit.ngsild.contexts import ActiveContext, core
from tests.sensing.ngsild.conftest import Client, serve, vehicle
from tests.sensing.ngsild.test_distributed import (  # noqa: F401
    ALONE,
    ONE,
    Other,
    other,
    register,
)
from tests.sensing.ngsild.test_sources import info, source

V = "urn:ngsi-ld:Vehicle:"
BATCHES = ["createBatch", "upsertBatch", "updateBatch", "mergeBatch", "deleteBatch"]
READ = ["retrieveEntity", "queryEntity"]


@pytest.mark.parametrize("operations", [[*BATCHES, *READ], ["redirectionOps"]])
def test_5_6_7_to_5_6_20_a_batch_goes_to_who_answers_for_it(
    ngsi: Client,
    other: Other,  # noqa: F811
    operations: list[str],
) -> None:
    register(ngsi, other, mode="redirect", operations=operations)
    bus = {"id": "urn:ngsi-ld:Bus:1", "type": "Bus", "speed": 1}
    made = ngsi.post("/entityOperations/create", [vehicle(1, speed=1), bus, vehicle(2, speed=2)])
    assert made.status == 201
    assert set(made.json) == {f"{V}1", f"{V}2", bus["id"]}
    assert [
        len(each.get("/entities", type="Vehicle", local="true").json) for each in (ngsi, other)
    ] == [0, 2]
    again = ngsi.post("/entityOperations/create", [vehicle(1, speed=1), vehicle(3, speed=3)])
    assert again.status == 207
    assert again.json["success"] == [f"{V}3"]
    (error,) = again.json["errors"]
    assert error["entityId"] == f"{V}1"
    assert error["registrationId"].startswith("urn:")
    assert error["error"]["type"].endswith("AlreadyExists")
    told = ngsi.post("/entityOperations/upsert", [vehicle(3, speed=9), vehicle(4, speed=4)])
    assert (told.status, told.json) == (201, [f"{V}4"])
    assert ngsi.post("/entityOperations/update", [vehicle(3, fuel=1)]).status == 204
    assert ngsi.post("/entityOperations/merge", [vehicle(3, speed=10)]).status == 204
    assert ngsi.get(f"/entities/{V}3", options="keyValues").json == vehicle(3, speed=10, fuel=1)
    assert ngsi.post("/entityOperations/delete", [f"{V}{n}" for n in (1, 2, 3, 4)]).status == 204
    assert other.get("/entities", type="Vehicle").json == []
    assert ngsi.post("/entityOperations/delete", [f"{V}1"]).status == 207


def test_5_6_7_4_a_batch_that_nobody_takes_is_a_conflict(ngsi: Client, other: Other) -> None:  # noqa: F811
    register(ngsi, other, mode="redirect", operations=["retrieveEntity"])
    told = ngsi.post("/entityOperations/create", [vehicle(1, speed=1)])
    assert told.status == 207
    assert told.json["errors"][0]["error"]["type"].endswith("Conflict")
    assert ngsi.get(ONE, local="true").status == 404


def test_5_6_21_4_purging_reaches_the_sources(ngsi: Client, other: Other) -> None:  # noqa: F811
    for each in (ngsi, other):
        each.post("/entityOperations/create", [vehicle(n, speed=n) for n in (1, 2)])
    register(ngsi, other, operations=["purgeEntity"])
    assert ngsi.delete("/entities", type="Vehicle", q="speed>1").status == 204
    found = [each.get("/entities", type="Vehicle", local="true").json for each in (ngsi, other)]
    assert [len(each) for each in found] == [1, 1]


def test_5_7_5_to_5_7_11_kinds_that_are_elsewhere_are_told(ngsi: Client, other: Other) -> None:  # noqa: F811
    ngsi.post("/entities", vehicle(1, speed=1))
    other.post("/entities", vehicle(2, fuel=1))
    other.post("/entities", {"id": "urn:a:1", "type": "Ship", "crew": 3})
    register(ngsi, other, info("Vehicle"), info("Ship"))
    assert ngsi.get("/types").json["typeList"] == ["Ship", "Vehicle"]
    assert ngsi.get("/types", local="true").json["typeList"] == ["Vehicle"]
    assert ngsi.get("/types", details="true").json[1]["attributeNames"] == ["fuel", "speed"]
    assert ngsi.get("/types/Vehicle").json["entityCount"] == 2
    assert ngsi.get("/types/Ship").json["attributeDetails"][0]["attributeTypes"] == ["Property"]
    assert ngsi.get("/attributes").json["attributeList"] == ["crew", "fuel", "speed"]
    assert ngsi.get("/attributes", details="true").json[0]["typeNames"] == ["Ship"]
    assert ngsi.get("/attributes/crew").json["attributeCount"] == 1


# --- what registrations ask for ---------------------------------------------------------


class Witness:
    """A source that remembers what it was asked and answers what it is told to."""

    def __init__(self, ngsi: Client, body: Any = None, status: int = 200, wait: float = 0) -> None:
        self.ngsi, self.body, self.status, self.wait = ngsi, body, status, wait
        self.asked: list[tuple[web.Request, Any]] = []
        self.site, self.url = ngsi.loop.run_until_complete(serve({("*", "/{any:.*}"): self.take}))

    async def take(self, request: web.Request) -> web.Response:
        data = await request.read()
        self.asked.append((request, json.loads(data) if data else None))
        if self.wait:
            import asyncio

            await asyncio.sleep(self.wait)
        return web.json_response(self.body, status=self.status)

    def close(self) -> None:
        self.ngsi.loop.run_until_complete(self.site.cleanup())

    def register(self, **more: Any) -> None:
        body = source(info("Vehicle"), endpoint=self.url, **more)
        assert self.ngsi.post("/csourceRegistrations", body).status == 201


def pairs(**more: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in more.items()]


def test_4_3_6_5_and_6_a_source_is_spoken_to_as_it_asks(ngsi: Client) -> None:
    ours = {"@context": {"fast": "https://uri.etsi.org/ngsi-ld/default-context/speed"}}
    place = ngsi.post("/jsonldContexts", ours).header("location")
    url = f"http://broker.test{place}"
    witness = Witness(ngsi, body=[vehicle(1, fast={"type": "Property", "value": 1})])
    more = pairs(jsonldContext=url, accept="application/ld+json", ngsildConformance="1.6")
    more += pairs(user="urn:ngsi-ld:request", none="urn:ngsi-ld:request")
    operations = ["createEntity", "queryEntity"]
    witness.register(contextSourceInfo=more, operations=operations, tenant="theirs")
    asked = {"type": "Vehicle", "q": 'speed>0;name!="speed"', "options": "keyValues"}
    found = ngsi.get("/entities", headers={"user": "me"}, **asked)
    assert found.json == [vehicle(1, speed=1)]
    request, _ = witness.asked[0]
    assert request.query["q"] == 'fast>0;name!="speed"'
    heads = request.headers
    assert heads["Accept"] == "application/ld+json"
    assert heads["user"] == "me"
    assert "none" not in heads
    assert heads["Prefer"] == "ngsi-ld=1.6"
    assert heads["NGSILD-Tenant"] == "theirs"
    assert url in heads["Link"]
    words = {"type": "VocabProperty", "vocab": "a"}
    ngsi.post("/entities", vehicle(2, speed=1, word=words, expiresAt="2099-01-01T00:00:00Z"))
    _, sent = witness.asked[-1]
    assert sent["fast"] == {"type": "Property", "value": 1}
    assert sent["word"] == {"type": "Property", "value": "a"}
    assert "expiresAt" not in sent
    assert "@context" not in sent
    witness.close()


def test_5_2_34_a_source_is_given_time_and_rest(ngsi: Client) -> None:
    slow = Witness(ngsi, body=vehicle(1), wait=0.3)
    slow.register(mode="redirect", management={"timeout": 30, "cooldown": 60_000})
    for _ in range(2):
        told = ngsi.get(ONE)
        assert (told.status, told.header("ngsild-warning")[:4]) == (404, "199 ")
    assert len(slow.asked) == 1
    slow.close()


def test_5_2_34_a_source_is_asked_for_its_own_and_not_too_often(ngsi: Client) -> None:
    calm = Witness(ngsi, body=[vehicle(1, speed=1)])
    calm.register(management={"localOnly": True, "cacheDuration": "PT1H"})
    for _ in range(2):
        assert len(ngsi.get("/entities", type="Vehicle").json) == 1
    assert [each.query.get("local") for each, _ in calm.asked] == ["true"]
    calm.close()


def test_6_3_17_a_source_that_fails_is_warned_of(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle(1, speed=1))
    broken = Witness(ngsi, body={}, status=500)
    broken.register()
    for path in (ONE, "/entities"):
        told = ngsi.get(path, **({} if path == ONE else {"type": "Vehicle"}))
        assert told.status == 200
        assert told.header("ngsild-warning").startswith("299 urn:")
    broken.close()


# --- earlier versions -------------------------------------------------------------------


def test_4_3_6_8_entities_are_told_as_an_earlier_version_knew_them(ngsi: Client) -> None:
    many = [{"value": 1, "datasetId": "urn:a:b"}, {"value": 2}]
    word = {"type": "VocabProperty", "vocab": "a"}
    ngsi.post("/entities", vehicle(1, scope="/A", many=many, word=word))
    new = ngsi.get(ONE, headers={"prefer": "ngsi-ld=1.5"})
    assert (new.status, new.header("preference-applied")) == (203, "ngsi-ld=1.5")
    assert new.json["word"] == {"type": "Property", "value": "a"}
    assert new.json["scope"] == "/A"
    old = ngsi.get("/entities", type="Vehicle", headers={"prefer": "ngsi-ld=1.0"})
    assert old.status == 203
    assert old.json[0]["many"] == {"type": "Property", "value": 2}
    assert "scope" not in old.json[0]
    assert ngsi.get(ONE, headers={"prefer": "ngsi-ld=1.9"}).status == 200


def test_4_3_6_8_lists_become_what_they_were() -> None:
    links = {"type": "ListRelationship", "objectList": [{"object": "urn:a:b"}]}
    text = {"type": "LanguageProperty", "languageMap": {"en": "x"}}
    given = {"id": "urn:a:a", "type": ["A", "B"], "l": {**links, "sub": text}, "t": text}
    assert conforming.amended([given], "1.2") == [
        {
            "id": "urn:a:a",
            "type": "A",
            "l": {
                "type": "Relationship",
                "object": ["urn:a:b"],
                "sub": {"type": "Property", "value": {"en": "x"}},
            },
            "t": {"type": "Property", "value": {"en": "x"}},
        }
    ]


def test_4_3_6_6_names_are_put_in_another_context() -> None:
    theirs = ActiveContext([{"tempo": core().expand("speed"), "Auto": core().expand("Car")}], "x")
    params = {"type": "(Car|Bus)", "attrs": "speed,id", "q": "speed[a]==1|(sub.speed~=speed)"}
    assert renaming.params(params, core(), theirs) == {
        "type": "(Auto|Bus)",
        "attrs": "tempo,id",
        "q": "tempo[a]==1|(sub.speed~=speed)",
    }
    body = [{"id": "urn:a:a", "type": "Car", "speed": {"value": {"speed": 1}, "speed": [1]}}]
    assert renaming.body(body, core(), theirs) == [
        {"id": "urn:a:a", "type": "Auto", "tempo": {"value": {"speed": 1}, "tempo": [1]}}
    ]
