"""What an entity cannot be made of (clauses 4.5, 4.6), and how nobody can ask (6.3)."""

from __future__ import annotations

from typing import Any

import pytest

from pengcheng.domains.sensing.api.broker import iri
from tests.sensing.ngsild.conftest import BASE, LINKED, Client, vehicle

ONE = "/entities/urn:ngsi-ld:Vehicle:1"
NAMES = "https://terms.example/"


def refused(ngsi: Client, **attributes: Any) -> bool:
    reply = ngsi.post("/entities", vehicle(**attributes))
    assert ngsi.get(ONE).status == 404 or reply.status == 201
    return reply.status == 400 and reply.kind == "BadRequestData"


@pytest.mark.parametrize("unseen", ["\u202e", "\u200b", "\ufeff", "\ufe0f", "\ufdd0", "\u3164"])
def test_4_5_1_ids_have_no_characters_that_nobody_sees(ngsi: Client, unseen: str) -> None:
    body = {"id": f"urn:ngsi-ld:Bus:1{unseen}2", "type": "Bus"}
    assert ngsi.post("/entities", body).kind == "BadRequestData"
    assert refused(ngsi, stop={"type": "Relationship", "object": f"urn:stop:{unseen}"})


def test_4_5_1_ids_may_be_written_in_any_script(ngsi: Client) -> None:
    body = {"id": "urn:ngsi-ld:公交:深圳", "type": "公交车"}
    assert ngsi.post("/entities", body).status == 201


def test_4_5_2_2_and_4_5_3_2_members_that_an_attribute_never_has(ngsi: Client) -> None:
    for member in ("previousValue", "previousObject", "entity", "entityList", "entityIdSealed"):
        assert refused(ngsi, a={"type": "Property", "value": 1, member: "urn:x:1"})
        assert refused(ngsi, a={"value": 1, "b": {"value": 2, member: "urn:x:1"}})
    for whole in (
        {"type": "Relationship", "object": "urn:x:1"},
        {"type": "JsonProperty", "json": {"a": 1}},
        {"type": "LanguageProperty", "languageMap": {"zh": "深圳"}},
    ):
        assert refused(ngsi, a={**whole, "unitCode": "MTR"})
    ngsi.post("/entities", vehicle(a={"value": 1}))
    told = {"value": 2, "previousValue": 1}
    assert ngsi.patch(f"{ONE}/attrs/a", told).kind == "BadRequestData"


def test_4_5_2_2_a_proof_is_an_object_with_what_it_seals(ngsi: Client) -> None:
    proof = {"type": "Property", "value": {"type": "DataIntegrityProof", "proofValue": "z1"}}
    assert refused(ngsi, ngsildproof={"type": "Property", "value": "z1"})
    assert refused(ngsi, ngsildproof={**proof, "entityTypeSealed": 1})
    context = {"Vehicle": f"{NAMES}Vehicle"}
    sealed = {**proof, "entityIdSealed": "urn:ngsi-ld:Vehicle:1", "entityTypeSealed": "Vehicle"}
    body = vehicle(ngsildproof=sealed, **{"@context": context})
    assert ngsi.post("/entities", body, headers={"content-type": LINKED}).status == 201
    told = {**sealed, "entityTypeSealed": f"{NAMES}Vehicle"}
    assert ngsi.get(ONE).json["ngsildproof"] == told


def test_4_5_24_json_is_an_object_or_a_list(ngsi: Client) -> None:
    for value in (5, "text", True):
        assert refused(ngsi, a={"type": "JsonProperty", "json": value})
    assert not refused(ngsi, a={"type": "JsonProperty", "json": [{"a": 1}]})


def test_4_6_2_names_begin_with_a_letter(ngsi: Client) -> None:
    for name in ("9a", "_a", "a-b", "a b", "a$b", ".."):
        assert refused(ngsi, **{name: {"value": 1}})
        assert ngsi.post("/entities", vehicle(2, type=name)).kind == "BadRequestData"
    assert ngsi.delete("/temporal/entities/urn:x:1/attrs/%2e%2e").kind == "BadRequestData"
    assert not refused(ngsi, 温度_1={"value": 1}, **{f"{NAMES}a-b": {"value": 1}})


def test_4_6_2_what_a_device_measures_may_be_named_more_freely(ngsi: Client) -> None:
    assert iri("battery-level").endswith("default-context/battery-level")
    for path, asked in (("/entities", {"attrs": "a-b"}), ("/types/a-b", {})):
        assert ngsi.get(path, **asked).status in {200, 404}
    assert ngsi.delete(f"{ONE}/attrs/a-b").status == 404


def test_4_6_2_what_stands_beside_attributes_is_no_type(ngsi: Client) -> None:
    for name in ("id", "type", "scope", "@type"):
        assert ngsi.post("/entities", vehicle(type=name)).kind == "BadRequestData"


def test_5_6_2_4_a_scope_that_is_not_there_is_not_updated(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle())
    told = ngsi.patch(f"{ONE}/attrs", {"scope": "/Shenzhen", "a": {"value": 1}})
    assert told.status == 207
    assert [each["attributeName"] for each in told.json["notUpdated"]] == ["scope"]
    found = ngsi.get(ONE).json
    assert ("scope" in found, found["a"]["value"]) == (False, 1)


def test_5_6_17_4_and_5_6_18_4_an_entity_has_an_id(ngsi: Client) -> None:
    for method in ("PUT", "PATCH"):
        assert ngsi(method, "/entities/", vehicle()).kind == "BadRequestData"
        assert ngsi(method, "/entities", vehicle()).status == 405
    instance = "/temporal/entities/urn:x:1/attrs//urn:ngsi-ld:instance:1"
    assert ngsi.patch(instance, {"value": 1}).status == 405
    assert ngsi.delete(instance).kind == "BadRequestData"


def test_5_2_32_texts_have_a_language_and_one_type(ngsi: Client) -> None:
    assert refused(ngsi, a={"languageMap": {"": "x"}})
    assert refused(ngsi, a={"languageMap": {"en": "x"}, "valueType": "xsd:string"})
    assert not refused(ngsi, a={"languageMap": {"en": "x"}, "valueType": "langString"})


def test_5_5_7_a_term_has_no_context_of_its_own(ngsi: Client) -> None:
    scoped = {"Vehicle": {"@id": f"{NAMES}Vehicle", "@context": {"a": f"{NAMES}a"}}}
    for context in (scoped, [scoped]):
        body = vehicle(**{"@context": context})
        linked = {"content-type": LINKED}
        assert ngsi.post("/entities", body, headers=linked).kind == "BadRequestData"
        assert ngsi.post("/jsonldContexts", {"@context": context}).kind == "BadRequestData"


def test_5_6_21_4_a_purge_follows_no_links(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle(owner={"object": "urn:x:1"}))
    assert ngsi.delete("/entities", type="Vehicle", attrs="owner{name}").kind == "BadRequestData"
    assert ngsi.get(ONE).status == 200


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("application/json;q=0, */*", LINKED),
        ("application/*;q=0.2, application/json;q=0.1", LINKED),
        ("*/*;q=0.9, application/ld+json;q=0.8", "application/json"),
        ("application/ld+json;q=much", LINKED),
    ],
)
def test_6_3_4_the_closest_media_range_decides(ngsi: Client, accept: str, chosen: str) -> None:
    ngsi.post("/entities", vehicle())
    reply = ngsi.get(ONE, headers={"accept": accept})
    assert (reply.status, reply.header("content-type")) == (200, chosen)


def test_6_3_4_a_body_in_chunks_has_no_length(ngsi: Client) -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"transfer-encoding", b"chunked")]
    scope = {"type": "http", "method": "POST", "path": f"{BASE}/entities", "query_string": b""}
    answer = ngsi.application({**scope, "headers": headers}, receive, send)
    ngsi.loop.run_until_complete(answer)
    assert (sent[0]["status"], sent[1]["body"]) == (411, b"")


def test_6_3_2_an_option_that_is_none_is_refused(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle(a=1))
    for path, body in ((f"{ONE}/attrs", {"a": 2}), ("/entityOperations/upsert", [vehicle(a=2)])):
        assert ngsi.post(path, body, options="overwritten").kind == "InvalidRequest"
    assert ngsi.get(ONE).json["a"]["value"] == 1


def test_4_22_the_history_of_what_is_over_is_over(ngsi: Client) -> None:
    past, later = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
    for number, ends in enumerate((past, later)):
        body = vehicle(number, flash={"value": 1, "expiresAt": ends}, steady={"value": 2})
        assert ngsi.post("/entities", body).status == 201
    asked = {"timerel": "before", "timeAt": later, "timeproperty": "modifiedAt"}
    found = [ngsi.get(f"/temporal/entities/urn:ngsi-ld:Vehicle:{n}", **asked).json for n in (0, 1)]
    assert [("flash" in each, "steady" in each) for each in found] == [(False, True), (True, True)]
    last = ngsi.get("/temporal/entities/urn:ngsi-ld:Vehicle:0", lastN=1, **asked).json
    assert "flash" not in last
