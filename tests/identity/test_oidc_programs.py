"""What programs ask: tokens for resources, whether they are good, who signs, what is offered."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from pengcheng.domains.identity import api
from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.contracts.oidc import NewClient
from pengcheng.kernel import clock, jobs
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.problems import Invalid
from pengcheng.kit.credentials import jws
from pengcheng.kit.keys import Key, curves, ring
from tests.identity import relying
from tests.identity.relying import (
    BACK,
    PROGRAM,
    SYSTEM,
    Keyed,
    asked,
    came_back,
    entered,
    exchange,
    person_at,
    post,
    refresh,
    tokens,
    visit,
)
from tests.support.people import context_of, holder
from tests.support.people import signed_in as session_of

pytestmark = pytest.mark.django_db
API = "https://tram.example/api"


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Any) -> None:
    settings.PENGCHENG_HOME = tmp_path


def test_discovery_says_what_there_is_and_every_address_answers() -> None:
    told = PROGRAM.get("/.well-known/openid-configuration").json()
    assert told == PROGRAM.get("/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == relying.ISSUER
    assert told["code_challenge_methods_supported"] == ["S256"]
    for name, url in told.items():
        if name.endswith(("_endpoint", "_uri")):
            path = url.removeprefix(relying.ISSUER)
            assert PROGRAM.get(path).status_code in {200, 400, 401, 405}, name


def test_scripts_of_other_sites_may_read_what_no_cookie_opens() -> None:
    answer = PROGRAM.options("/oidc/userinfo")
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Origin" not in PROGRAM.get("/oidc/authorize").headers


def test_keys_are_rotated_while_tokens_of_the_old_one_still_verify() -> None:
    client, browser = entered(), relying.signed_in()
    old = tokens(browser, client)["id_token"]
    ring("oidc", "ES256").rotate()
    new = tokens(browser, client)["id_token"]
    keys = {key["kid"]: key for key in PROGRAM.get("/oidc/jwks").json()["keys"]}

    def find(header: dict[str, Any], _: dict[str, Any]) -> Key:
        return Key(header["kid"], "ES256", curves.from_jwk(keys[header["kid"]]))

    kids = {jws.verify(text, find, typ=frozenset({"JWT"})).header["kid"] for text in (old, new)}
    assert kids == set(keys)


def test_a_token_for_a_resource_is_good_there_alone() -> None:
    client, browser = entered(resources=(API,)), relying.signed_in()
    tram = entered(redirect_uris=(), serves=(API,), scopes=())
    answer = tokens(browser, client, resource=API)
    told = post("/oidc/introspect", tram, token=answer["access_token"]).json()
    assert (told["active"], told["aud"], told["client_id"]) == (True, [API], client.client.id)
    assert told["scope"] == "openid profile"
    assert person_at(answer["access_token"]).status_code == 401
    other = entered(redirect_uris=(), serves=("https://bus.example/api",), scopes=())
    assert not post("/oidc/introspect", other, token=answer["access_token"]).json()["active"]
    assert not post("/oidc/introspect", tram, token=answer["refresh_token"]).json()["active"]
    wrong = refresh(client, answer["refresh_token"], resource="https://bus.example/api")
    assert wrong.json()["error"] == "invalid_target"


def test_a_revoked_token_is_not_active_and_a_revoked_refresh_token_ends_all() -> None:
    client, browser = entered(), relying.signed_in()
    answer = tokens(browser, client)
    post("/oidc/revoke", client, token=answer["access_token"])
    assert post("/oidc/introspect", client, token=answer["access_token"]).json() == {
        "active": False
    }
    again = refresh(client, answer["refresh_token"]).json()
    assert post("/oidc/revoke", client, token=again["refresh_token"]).status_code == 200
    assert person_at(again["access_token"]).status_code == 401
    assert post("/oidc/revoke", client, token="unknown").status_code == 200
    assert post("/oidc/introspect", client).json()["error"] == "invalid_request"


def test_a_refresh_may_narrow_the_scope_and_never_widen_it() -> None:
    client, browser = entered(), relying.signed_in()
    answer = tokens(browser, client, scope="openid profile phone")
    wider = refresh(client, answer["refresh_token"], scope="openid birthdate")
    assert wider.json()["error"] == "invalid_scope"
    narrow = refresh(client, answer["refresh_token"], scope="openid").json()
    assert set(person_at(narrow["access_token"]).json()) == {"sub"}


def test_facts_of_the_registers_are_told_with_a_line_each_in_the_audit() -> None:
    from pengcheng.kernel import audit

    client, browser = entered(), relying.signed_in()
    chen = api.find_by_username(SYSTEM, username="chen")
    assert chen is not None
    values = {"birth_date": "1990-01-01", "mobile": "+86 199 0000 0000"}
    api.enter_facts(SYSTEM, register="identity.person", account_id=chen.id, values=values)
    answer = tokens(browser, client, scope="openid birthdate phone")
    told = person_at(answer["access_token"]).json()
    assert (told["birthdate"], told["phone_number_verified"]) == ("1990-01-01", True)
    line = audit.entries(action="identity.claims.read")[0]
    assert (line.on_behalf_of, line.actor) == (chen.id, f"client/{client.client.id}")
    assert line.facts["facts"] == ["birthdate", "phone"]


def test_a_token_may_be_sent_in_a_form_but_not_in_two_ways() -> None:
    client, browser = entered(), relying.signed_in()
    access = tokens(browser, client)["access_token"]
    kind, body = "application/x-www-form-urlencoded", f"access_token={access}"
    assert PROGRAM.post("/oidc/userinfo", body, content_type=kind).status_code == 200
    header = {"Authorization": f"Bearer {access}"}
    both = PROGRAM.post("/oidc/userinfo", body, content_type=kind, headers=header)
    assert both.json()["error"] == "invalid_request"
    asked_url = PROGRAM.get(f"/oidc/userinfo?access_token={access}")
    assert asked_url.status_code == 401
    assert 'error="invalid_token"' in asked_url.headers["WWW-Authenticate"]


# -- pushed requests ------------------------------------------------------------------------


def test_a_pushed_request_is_used_once_and_soon() -> None:
    client, browser = entered(pushed_only=True), relying.signed_in()
    assert came_back(visit(browser, client))["error"] == "invalid_request"
    pushed = post("/oidc/par", client, **asked(client)).json()
    assert pushed["expires_in"] == 90
    url = "/oidc/authorize?" + urlencode(
        {"client_id": client.client.id, "request_uri": pushed["request_uri"]}
    )
    with clock.frozen(clock.now() + timedelta(seconds=91)):
        assert browser.get(url).status_code == 400
    assert "code" in came_back(relying.allow(browser, browser.get(url)))
    assert browser.get(url).status_code == 400
    other = entered()
    assert browser.get(url.replace(client.client.id, other.client.id)).status_code == 400


def test_a_wrong_pushed_request_is_told_at_once() -> None:
    client = entered()
    wrong = post("/oidc/par", client, **asked(client, code_challenge=None))
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_request")
    nested = post("/oidc/par", client, **asked(client, request_uri="urn:x"))
    assert nested.json()["error"] == "invalid_request"
    long = post("/oidc/par", client, **asked(client, login_hint="x" * 40_000))
    assert long.status_code == 413


# -- ends ---------------------------------------------------------------------------------------


def test_the_end_of_a_session_ends_its_tokens_but_for_use_without_the_person() -> None:
    client, browser = entered(), relying.signed_in()
    bound = tokens(browser, client)
    free = tokens(browser, client, scope="openid profile offline_access")
    relying.sign_in(browser)  # anew, the same person: nothing ends
    assert person_at(bound["access_token"]).status_code == 200
    browser.post("/sign-out/")
    assert person_at(bound["access_token"]).status_code == 401
    assert person_at(free["access_token"]).status_code == 200


def test_an_application_signs_a_person_out_or_asks_first() -> None:
    client, browser = entered(), relying.signed_in()
    answer = tokens(browser, client)
    bye = {"post_logout_redirect_uri": "https://museum.example/bye", "state": "x"}
    evil = browser.get("/oidc/logout?" + urlencode({**bye, "client_id": client.client.id,
                       "post_logout_redirect_uri": "https://evil.example"}))  # fmt: skip
    assert evil.status_code == 400
    asks = browser.get("/oidc/logout?" + urlencode({**bye, "client_id": client.client.id}))
    assert asks.status_code == 200
    assert browser.get("/account/").status_code == 200
    sure = browser.get("/oidc/logout?" + urlencode({**bye, "id_token_hint": answer["id_token"]}))
    assert sure.headers["Location"] == "https://museum.example/bye?state=x"
    assert browser.get("/account/").status_code == 302
    relying.sign_in(browser)
    form = {**bye, "client_id": client.client.id}
    assert browser.post("/oidc/logout/confirm", form).headers["Location"].endswith("?state=x")
    assert browser.get("/account/").status_code == 302


@pytest.fixture
def ear() -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """An application's back channel."""
    heard: list[dict[str, list[str]]] = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append(parse_qs(body.decode()))
            self.send_response(200 if len(heard) > 1 else 503)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    ).start()
    yield f"http://127.0.0.1:{server.server_port}/ended", heard
    server.shutdown()
    server.server_close()


def test_applications_hear_that_a_session_has_ended_and_again_if_they_were_away(
    ear: tuple[str, list[dict[str, list[str]]]], django_capture_on_commit_callbacks: Any
) -> None:
    uri, heard = ear
    client, browser = entered(backchannel_uri=uri), relying.signed_in()
    told = relying.claims_of(tokens(browser, client)["id_token"])
    browser.post("/sign-out/")
    deliver_pending()
    with django_capture_on_commit_callbacks(execute=True):
        jobs.run_pending()
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        with django_capture_on_commit_callbacks(execute=True):
            jobs.run_pending()
    assert len(heard) == 2
    token = heard[1]["logout_token"][0]
    ended = relying.claims_of(token)
    assert {n: ended[n] for n in ("sub", "sid", "aud")} == {
        n: told[n] for n in ("sub", "sid", "aud")
    }
    assert "http://schemas.openid.net/event/backchannel-logout" in ended["events"]
    assert "nonce" not in ended


# -- clients -------------------------------------------------------------------------------------


def registration(token: str, **metadata: Any) -> Any:
    body = json.dumps({"redirect_uris": [BACK], **metadata})
    headers = {"Authorization": f"Bearer {token}"}
    return PROGRAM.post("/oidc/register", body, content_type="application/json", headers=headers)


def test_a_program_enters_itself_with_an_invitation_and_only_once() -> None:
    token = oidc.invite(SYSTEM)
    for metadata, error in (
        ({"redirect_uris": ["http://museum.example/back"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://a.example/#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": "https://a.example"}, "invalid_client_metadata"),
        (
            {"redirect_uris": ["https://a.example/", "https://b.example/"]},
            "invalid_client_metadata",
        ),
        ({"jwks_uri": "https://a.example/keys"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "tls_client_auth"}, "invalid_client_metadata"),
        ({"grant_types": ["password"]}, "invalid_client_metadata"),
        ({"id_token_signed_response_alg": "none"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"scope": "openid everything"}, "invalid_client_metadata"),
    ):
        assert registration(token, **metadata).json()["error"] == error, metadata
    made = registration(token, client_name="Ferry", token_endpoint_auth_method="none")
    assert made.status_code == 201
    assert "client_secret" not in made.json()
    assert registration(token).status_code == 401
    assert registration("").status_code == 401


def test_no_key_but_a_public_one_of_ours_is_taken() -> None:
    good = Keyed().jwk
    for wrong in (
        {**good, "d": "x"}, {**good, "crv": "P-521"}, {"kty": "RSA", "n": "x", "e": "x"},
        {**good, "x": "AA"}, {**good, "kid": "\x00"}, {"kty": "oct", "k": "x"}, 7,
    ):  # fmt: skip
        with pytest.raises(Invalid):
            entered(auth_method="private_key_jwt", jwks={"keys": [wrong]})


def test_a_public_client_lives_by_its_challenge_alone_and_may_choose_its_port() -> None:
    client = entered(auth_method="none", native=True, redirect_uris=("http://127.0.0.1/back",
                     "cn.example.ferry:/back"), sector="ferry")  # fmt: skip
    browser = relying.signed_in()
    url = "http://127.0.0.1:49152/back"
    response = relying.allow(browser, visit(browser, client, redirect_uri=url))
    code = parse_qs(response.headers["Location"].partition("?")[2])["code"][0]
    assert response.headers["Location"].startswith(url)
    assert exchange(client, code, redirect_uri=url).status_code == 200
    own = visit(browser, client, redirect_uri="cn.example.ferry:/back")
    assert own.headers["Location"].startswith("cn.example.ferry:/back?code=")
    assert visit(browser, client, redirect_uri="http://127.0.0.1:1/other").status_code == 400
    assert post("/oidc/introspect", client, token="x").json()["error"] == "invalid_client"


def test_an_administrator_enters_an_application_and_sees_its_secret_once() -> None:
    browser = session_of(holder("admin"))
    form = {"name_zh": "轮渡（虚构）", "redirect_uris": BACK, "auth_method": "client_secret_basic"}
    wrong = browser.post("/workbench/clients/new/", {**form, "redirect_uris": "http://x.example"})
    assert wrong.status_code == 422
    assert browser.post("/workbench/clients/new/", {**form, "jwks": "{"}).status_code == 422
    made = browser.post("/workbench/clients/new/", {**form, "scopes": ["profile"]})
    assert "pcs_" in made.content.decode()
    [client] = oidc.list_clients(SYSTEM)
    page = f"/workbench/clients/{client.id}/"
    assert "轮渡（虚构）" in browser.get("/workbench/clients/").content.decode()
    assert "pcs_" not in browser.get(page).content.decode()
    assert "pcs_" in browser.post(page + "secret/").content.decode()
    browser.post(page + "disabled/", {"disabled": "1"})
    assert oidc.client(SYSTEM, client_id=client.id).disabled_at is not None
    assert "pci_" in browser.post("/workbench/clients/invitation/").content.decode()


def test_another_secret_replaces_the_first() -> None:
    client, browser = entered(), relying.signed_in()
    answer = tokens(browser, client)
    other = oidc.new_secret(SYSTEM, client_id=client.client.id)
    assert refresh(client, answer["refresh_token"]).status_code == 401
    assert refresh(other, answer["refresh_token"]).status_code == 200


def test_who_is_no_administrator_enters_nothing() -> None:
    from pengcheng.kernel.problems import Denied

    with pytest.raises(Denied):
        oidc.add_client(context_of(holder("official")), new=NewClient(name_zh="x"))


def test_what_is_past_is_forgotten() -> None:
    client, browser = entered(), relying.signed_in()
    answer = tokens(browser, client)
    with clock.frozen(clock.now() + timedelta(days=200)):
        assert api.forget_old() > 3
        assert refresh(client, answer["refresh_token"]).status_code == 400
