"""@contexts that are kept and served (clause 5.13), and those that are none (5.5.6)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from tests.sensing.ngsild.conftest import LINKED, Client, serve, vehicle

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld"
TERMS = {"Vehicle": "https://terms.example/Vehicle"}
HEADERS = {"content-type": LINKED}


class Library:
    """Serves documents; what is taken out is not found."""

    def __init__(self, ngsi: Client) -> None:
        self.ngsi, self.documents = ngsi, {"good": '{"@context": {"Vehicle": "https://a.b/V"}}'}
        self.site, self.url = ngsi.loop.run_until_complete(serve({("GET", "/{name}"): self.take}))

    async def take(self, request: web.Request) -> web.Response:
        text = self.documents.get(request.match_info["name"])
        return web.Response(text=text or "", status=200 if text else 404)

    def close(self) -> None:
        self.ngsi.loop.run_until_complete(self.site.cleanup())


@pytest.fixture
def library(ngsi: Client) -> Any:
    found = Library(ngsi)
    yield found
    found.close()


def link(url: str) -> dict[str, str]:
    return {"link": f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"; type="{LINKED}"'}


def test_5_5_6_what_is_no_context_is_the_fault_of_who_names_it(
    ngsi: Client, library: Library
) -> None:
    library.documents |= {"prose": "no { JSON", "other": '{"note": 1}', "five": '{"@context": 5}'}
    for name in ("prose", "other", "five"):
        body = vehicle(**{"@context": f"{library.url}/{name}"})
        assert ngsi.post("/entities", body, headers=HEADERS).kind == "BadRequestData"
    body = vehicle(**{"@context": f"{library.url}/gone"})
    assert ngsi.post("/entities", body, headers=HEADERS).kind == "LdContextNotAvailable"


def test_5_13_2_4_a_context_is_checked_before_anything_is_fetched(ngsi: Client) -> None:
    for wrong in (5, True, None, "", [], ["http://127.0.0.1:1/c", 5]):
        reply = ngsi.post("/jsonldContexts", {"@context": wrong})
        assert (reply.kind, reply.header("location")) == ("BadRequestData", "")


def test_5_13_4_what_a_tenant_hosts_is_its_own(ngsi: Client) -> None:
    ours, theirs = {"ngsild-tenant": "ours"}, {"ngsild-tenant": "theirs"}
    reply = ngsi.post("/jsonldContexts", {"@context": TERMS}, headers=ours)
    name = reply.header("location").rpartition("/")[2]
    place = f"/jsonldContexts/{name}"
    for details in ("true", "false"):
        assert ngsi.get(place, details=details, headers=theirs).status == 404
        for headers in (theirs, {}):
            listed = ngsi.get("/jsonldContexts", details=details, headers=headers)
            assert name.encode() not in listed.body
        assert ngsi.get(place, details=details, headers=ours).status == 200
    assert ngsi.delete(place, headers=theirs).status == 404
    # Those who follow a Link header know the address and no tenant.
    assert ngsi.get(place).json == {"@context": TERMS}
    assert ngsi.get(place, details="true").status == 404
    address = f"http://broker.example/ngsi-ld/v1{place}"
    assert ngsi.post("/entities", vehicle(), headers={**ours, **link(address)}).status == 201
    found = ngsi.get("/entities/urn:ngsi-ld:Vehicle:1", headers=ours).json
    assert found["type"] == TERMS["Vehicle"]
    assert ngsi.delete(place, headers=ours).status == 204
    assert ngsi.get(place).status == 404


def test_5_13_3_5_each_use_and_each_look_is_a_hit(ngsi: Client, library: Library) -> None:
    url = f"{library.url}/good"
    place = f"/jsonldContexts/{quote(url, safe='')}"
    for number, (source, hits) in enumerate(((url, 1), (url, 3), ([url], 5))):
        body = vehicle(number, **{"@context": source})
        assert ngsi.post("/entities", body, headers=HEADERS).status == 201
        assert ngsi.get(place, details="true").json["numberOfHits"] == hits


def test_5_13_5_4_a_reload_that_fails_changes_nothing(ngsi: Client, library: Library) -> None:
    url = f"{library.url}/good"
    place = f"/jsonldContexts/{quote(url, safe='')}"
    ngsi.post("/entities", vehicle(**{"@context": url}), headers=HEADERS)
    for broken in ("no JSON", ""):
        library.documents["good"] = broken
        assert ngsi.delete(place, reload="true").kind == "LdContextNotAvailable"
        assert ngsi.get(place, details="true").json["kind"] == "Cached"
    assert ngsi.delete(place).status == 204
    assert ngsi.get(place, details="true").status == 404


def test_5_13_what_came_in_a_subscription_can_be_used_by_its_address(ngsi: Client) -> None:
    body = {"id": "urn:s:1", "type": "Subscription", "entities": [{"type": "Vehicle"}]}
    body |= {"notification": {"endpoint": {"uri": "http://127.0.0.1:1/"}}, "@context": TERMS}
    assert ngsi.post("/subscriptions", body, headers=HEADERS).status == 201
    address = ngsi.get("/subscriptions/urn:s:1").json["jsonldContext"]
    place = f"/jsonldContexts/{address.rpartition('/')[2]}"
    assert ngsi.post("/entities", vehicle(), headers=link(address)).status == 201
    assert ngsi.get("/entities/urn:ngsi-ld:Vehicle:1").json["type"] == TERMS["Vehicle"]
    hits = [ngsi.get(place, details="true").json["numberOfHits"] for _ in range(2)]
    assert hits == [1, 2]
    assert ngsi.delete(place, reload="true").kind == "BadRequestData"
    assert ngsi.delete(place).status == 204
    assert ngsi.get(place).status == 404


def test_5_13_5_4_the_core_is_there_to_stay(ngsi: Client) -> None:
    place = f"/jsonldContexts/{quote(CORE, safe='')}"
    told = ngsi.get(place, details="true").json
    assert (told["URL"], told["kind"]) == (CORE, "Cached")
    assert ngsi.delete(place).kind == "BadRequestData"
    assert ngsi.delete(place, reload="false").kind == "BadRequestData"
    assert ngsi.delete(place, reload="true").status == 204
    assert ngsi.get(place, details="true").status == 200
