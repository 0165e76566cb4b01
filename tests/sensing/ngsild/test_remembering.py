"""Answers that are kept are never old: each is compared with that of a door that keeps nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pengcheng.domains.sensing.web.ngsild import app, remembering
from pengcheng.kernel import clock
from pengcheng.kit.ngsild import terms
from tests.sensing.ngsild.conftest import LINKED, Client, Reply, vehicle

ONE, TWO = "/entities/urn:ngsi-ld:Vehicle:1", "/entities/urn:ngsi-ld:Vehicle:2"
PARK = "urn:ngsi-ld:Park:1"
QUESTIONS: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
    (ONE, {}, {}),
    (ONE, {"options": "keyValues"}, {}),
    (ONE, {"options": "sysAttrs"}, {"accept": LINKED}),
    (ONE, {"join": "inline"}, {}),
    (TWO, {}, {}),
    (f"/entities/{PARK}", {}, {}),
    ("/entities", {"type": "Vehicle"}, {}),
    ("/entities", {"type": "Vehicle", "limit": "1", "count": "true"}, {}),
    ("/entities", {"type": "Vehicle", "limit": "1", "offset": "1"}, {"accept": LINKED}),
    ("/entities", {"type": "Vehicle", "q": "speed>50"}, {}),
    ("/entities", {"type": "Vehicle", "q": 'refPark.name=="small"', "local": "true"}, {}),
    ("/entities", {"type": "Vehicle", "format": "concise", "pick": "speed"}, {}),
    ("/entities", {"type": "Vehicle"}, {"accept": "application/geo+json"}),
    ("/entities", {"type": "Vehicle,Bus"}, {}),
    ("/entities", {"type": "Bus"}, {}),
    ("/entities", {"q": "speed"}, {}),
    ("/entities", {"local": "true"}, {}),
)


def number(value: float, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, **more}


def first(**more: Any) -> dict[str, Any]:
    return vehicle(1, speed=number(40), refPark={"type": "Relationship", "object": PARK}, **more)


WRITES: dict[str, Callable[[Client], Reply]] = {
    "create": lambda c: c.post("/entities", first()),
    "create another": lambda c: c.post("/entities", vehicle(2, speed=number(60))),
    "create a linked one": lambda c: c.post(
        "/entities", {"id": PARK, "type": "Park", "name": {"type": "Property", "value": "small"}}
    ),
    "append": lambda c: c.post(f"{ONE}/attrs", {"colour": number(1)}),
    "update": lambda c: c.patch(f"{ONE}/attrs", {"speed": number(55)}),
    "partial": lambda c: c.patch(f"{ONE}/attrs/speed", {"value": 56}),
    "replace an attribute": lambda c: c.put(f"{ONE}/attrs/speed", number(57)),
    "delete an attribute": lambda c: c.delete(f"{ONE}/attrs/colour"),
    "merge": lambda c: c.patch(ONE, {"speed": number(58), "scope": "/Shenzhen"}),
    "another type": lambda c: c.patch(ONE, {"type": "Bus"}),
    "replace": lambda c: c.put(ONE, first(speed2=number(3))),
    "batch upsert": lambda c: c.post("/entityOperations/upsert", [first()]),
    "batch update": lambda c: c.post("/entityOperations/update", [first(wide=number(2))]),
    "batch merge": lambda c: c.post("/entityOperations/merge", [first(wide=number(4))]),
    "the linked one changes": lambda c: c.patch(
        f"/entities/{PARK}/attrs", {"name": {"type": "Property", "value": "large"}}
    ),
    "delete the linked one": lambda c: c.delete(f"/entities/{PARK}"),
    "purge": lambda c: c.delete("/entities", type="Vehicle", drop="wide"),
    "batch delete": lambda c: c.post("/entityOperations/delete", ["urn:ngsi-ld:Vehicle:2"]),
    "delete": lambda c: c.delete(ONE),
    "batch create": lambda c: c.post("/entityOperations/create", [first(), vehicle(2)]),
}


def shown(reply: Reply) -> tuple[int, dict[str, list[str]], Any]:
    return reply.status, reply.headers, reply.json


def compare(ngsi: Client, **headers: str) -> None:
    """What is kept, and what is told by a door that has kept nothing."""
    fresh = Client(ngsi.broker, ngsi.loop)
    for path, query, asked in QUESTIONS:
        again = [ngsi.get(path, headers=asked | headers, **query) for _ in range(2)]
        told = shown(fresh.get(path, headers=asked | headers, **query))
        assert [shown(each) for each in again] == [told, told], (path, query)


def test_after_each_kind_of_write_every_kept_answer_is_as_fresh_as_a_new_one(ngsi: Client) -> None:
    compare(ngsi)
    for name, write in WRITES.items():
        reply = write(ngsi)
        assert reply.status in {200, 201, 204}, (name, reply.body)
        compare(ngsi)


def test_an_answer_is_kept_and_written_once(ngsi: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    WRITES["create"](ngsi)
    known = ngsi.get(ONE).json
    monkeypatch.setattr(ngsi.application, "answer", None)
    assert ngsi.get(ONE).json == known


def test_tenants_do_not_read_each_others_answers(ngsi: Client) -> None:
    theirs = {"NGSILD-Tenant": "other"}
    ngsi.post("/entities", first())
    ngsi.post("/entities", first(colour=number(1)), headers=theirs)
    for _ in range(2):
        assert "colour" not in ngsi.get(ONE).json
        other = ngsi.get(ONE, headers=theirs)
        assert "colour" in other.json
        assert other.header("NGSILD-Tenant") == "other"
    ngsi.patch(f"{ONE}/attrs", {"colour": number(2)}, headers=theirs)
    again = ngsi.get(ONE, headers=theirs)
    assert (again.json["colour"]["value"], again.header("NGSILD-Tenant")) == (2, "other")
    compare(ngsi, **theirs)


def test_another_meaning_of_a_context_is_another_answer(ngsi: Client) -> None:
    ngsi.post("/entities", first())
    where = ngsi.post("/jsonldContexts", {"@context": {"fast": "ngsi-ld:default-context/speed"}})
    place = where.header("Location")
    link = {"Link": f'<{place}>; rel="http://www.w3.org/ns/json-ld#context"'}
    assert ngsi.get(ONE, headers=link).status == 200
    compare(ngsi, **link)
    assert ngsi.delete(place.removeprefix("/ngsi-ld/v1")).status == 204
    refused = ngsi.get(ONE, headers=link)
    assert refused.status == shown(Client(ngsi.broker, ngsi.loop).get(ONE, headers=link))[0] != 200


def test_a_transient_entity_goes_from_kept_answers_when_its_time_is_over(ngsi: Client) -> None:
    with clock.frozen(clock.now()) as time:
        ends = terms.stamp(clock.now() + timedelta(seconds=10))
        ngsi.post("/entities", first(expiresAt=ends))
        ngsi.post("/entities", vehicle(2))
        compare(ngsi)
        time.advance(seconds=11)
        assert ngsi.get(ONE).status == 404
        assert [each["id"][-1] for each in ngsi.get("/entities", type="Vehicle").json] == ["2"]


def test_what_is_asked_of_other_brokers_is_not_kept(ngsi: Client) -> None:
    ngsi.post("/entities", first())
    assert ngsi.get(ONE).status == 200
    source = {
        "type": "ContextSourceRegistration",
        "information": [{"entities": [{"type": "Vehicle"}]}],
        "endpoint": "http://127.0.0.1:9",
    }
    assert ngsi.post("/csourceRegistrations", source).status == 201
    compare(ngsi)


def test_memory_for_answers_is_bounded(ngsi: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "MOST_BYTES", 3 * remembering.ENTRY)
    ngsi.post("/entities", first())
    for turn in range(10):
        assert ngsi.get("/entities", type="Vehicle", limit=str(turn + 1)).status == 200
    kept = ngsi.application.remembered
    assert 0 < kept.size <= remembering.MOST_BYTES


# Headers that only matter to requests with a body, or to the answer of a write.
OF_WRITES = {"content-type", "content-length", "transfer-encoding", "x-forwarded-proto"}


def test_every_header_that_is_read_tells_kept_answers_apart() -> None:
    folder = Path(app.__file__).parent
    read: set[str] = set()
    for source in folder.glob("*.py"):
        text = source.read_text("utf-8")
        read |= set(re.findall(r"headers(?:\.get\(|\[)\"([a-z-]+)\"", text.lower()))
    assert "link" in read
    assert read <= set(remembering.VARY) | OF_WRITES
