"""The HTTP binding: clauses 5.13 and 6.3 of ETSI GS CIM 009 V1.9.1."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sensing.ngsild.conftest import LINKED, Client, vehicle

ONE = "/entities/urn:ngsi-ld:Vehicle:1"
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content-type": LINKED}, vehicle(), 400),
        ({"content-type": "application/json"}, vehicle(**{"@context": CORE}), 400),
        (
            {
                "content-type": LINKED,
                "link": f'<{CORE}>; rel="http://www.w3.org/ns/json-ld#context"',
            },
            vehicle(**{"@context": CORE}),
            400,
        ),
        ({"content-type": "text/plain"}, vehicle(), 415),
        ({"content-type": LINKED}, vehicle(**{"@context": 7}), 400),
        ({"content-type": LINKED}, vehicle(**{"@context": "http://127.0.0.1:1/none.jsonld"}), 504),
        ({"content-type": LINKED}, vehicle(**{"@context": CORE.replace("1.9", "1.8")}), 201),
        ({"content-type": LINKED}, vehicle(**{"@context": CORE.replace("v1.9", "none")}), 504),
    ],
)
def test_6_3_4_and_6_3_5_media_types_and_contexts(
    ngsi: Client, headers: dict[str, str], body: Any, status: int
) -> None:
    if status == 504:
        ngsi.broker.contexts.outgoing = type(ngsi.broker.outgoing)(frozenset())
    assert ngsi.post("/entities", body, headers=headers).status == status


def test_6_3_4_what_is_no_request_is_refused(ngsi: Client) -> None:
    assert ngsi("POST", "/entities", raw=b"{").kind == "InvalidRequest"
    assert ngsi("POST", "/entities", raw=b"").kind == "InvalidRequest"
    assert ngsi("POST", "/entities", raw=b"[" * 3000 + b"]" * 3000).status == 400
    assert ngsi.get("/entities", type="A", headers={"accept": "text/html"}).status == 406
    assert ngsi.get("/types", headers={"accept": "application/geo+json"}).status == 406
    assert ngsi("PUT", "/entities", {}).status == 405
    assert ngsi("PUT", "/entities", {}).header("allow") == "POST, GET, DELETE"
    assert ngsi.get("/nothing").status == 404
    unknown = ngsi.get("/entities", type="A", unknown="1")
    assert (unknown.status, unknown.kind) == (400, "InvalidRequest")


def test_6_3_14_tenants_do_not_see_each_other(ngsi: Client) -> None:
    ours = {"NGSILD-Tenant": "futian"}
    assert ngsi.get("/entities", type="A", headers=ours).kind == "NonexistentTenant"
    assert ngsi.post("/entities", vehicle(), headers=ours).status == 201
    found = ngsi.get(ONE, headers=ours)
    assert found.status == 200
    assert found.header("ngsild-tenant") == "futian"
    assert ngsi.get(ONE).status == 404
    assert ngsi.get(ONE, headers={"NGSILD-Tenant": "no way"}).status == 400


def test_5_13_contexts_are_kept_served_and_deleted(ngsi: Client) -> None:
    body = {"@context": {"a": "http://e.org/a"}}
    place = ngsi.post("/jsonldContexts", body).header("location").removeprefix("/ngsi-ld/v1")
    assert ngsi.get(place).json == body
    assert ngsi.get(place, details="true").json["kind"] == "Hosted"
    assert len(ngsi.get("/jsonldContexts").json) == 1
    assert ngsi.get("/jsonldContexts", kind="Cached").json == []
    assert ngsi.get("/jsonldContexts", kind="Other").status == 400
    assert ngsi.delete(place, reload="true").status == 400
    assert ngsi.delete(place).status == 204
    assert ngsi.get(place).status == ngsi.delete(place).status == 404
    assert ngsi.post("/jsonldContexts", {"x": 1}).kind == "InvalidRequest"
    assert ngsi("POST", "/jsonldContexts", raw=b"x").kind == "InvalidRequest"
