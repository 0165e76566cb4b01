"""What the provider refuses, each with its error, none with a failure, all in the audit."""

from __future__ import annotations

import base64
from datetime import timedelta
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.identity import api
from pengcheng.domains.identity.api import oidc
from pengcheng.kernel import clock
from tests.identity import relying
from tests.identity.relying import (
    BACK,
    PROGRAM,
    SYSTEM,
    Keyed,
    came_back,
    code_for,
    entered,
    exchange,
    joined,
    person_at,
    post,
    refresh,
    refusals,
    tokens,
    visit,
    with_assertion,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ASK = "identity.authorization.request"
ISSUE = "identity.token.issue"


REDIRECTS = (
    "https://evil.example/back", BACK + "/", BACK + "?x=1", BACK.upper(), BACK + "#x",
    "https://museum.example@evil.example/back", "https://museum.example/back/../back",
    "//museum.example/back", "javascript:alert(1)", "", None,
)  # fmt: skip


def test_nobody_is_sent_to_an_address_that_is_not_registered() -> None:
    client = entered()
    answers = {r: visit(PROGRAM, client, redirect_uri=r) for r in REDIRECTS}
    assert {r: a.status_code for r, a in answers.items() if a.status_code != 400} == {}
    assert not any("Location" in answer.headers for answer in answers.values())
    assert len(refusals(ASK)) == len(REDIRECTS)


def test_an_unknown_or_disabled_client_is_told_to_the_person_alone() -> None:
    client = entered()
    assert visit(PROGRAM, client, client_id="x" * 36).status_code == 400
    oidc.set_disabled(SYSTEM, client_id=client.client.id, disabled=True)
    page = visit(PROGRAM, client)
    assert page.status_code == 400
    assert "授权请求有误" in page.content.decode()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"response_mode": "fragment"}, "invalid_request"),
    ({"scope": "profile"}, "invalid_scope"),
    ({"scope": "openid address"}, "invalid_scope"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "dance"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"),
    ({"max_age": "9" * 30}, "invalid_request"),
    ({"claims": "{"}, "invalid_request"),
    ({"claims": "[" * 3000}, "invalid_request"),
    ({"claims": '{"id_token": {"acr": 7}}'}, "invalid_request"),
    ({"resource": "https://other.example/"}, "invalid_target"),
    ({"state": ["a", "b"]}, "invalid_request"),
    ({"nonce": "深"}, "invalid_request"),
    ({"id_token_hint": "no.token.ofours"}, "invalid_request"),
]


def test_a_wrong_request_goes_back_with_its_error() -> None:
    browser, client = relying.signed_in(), entered()
    told = [came_back(visit(browser, client, **more))["error"] for more, _ in WRONG]
    assert told == [error for _, error in WRONG]
    assert len(refusals(ASK)) == len(WRONG)


def test_a_code_that_comes_twice_ends_all_that_came_of_it() -> None:
    client, browser = entered(), relying.signed_in()
    code = code_for(browser, client)
    first = exchange(client, code).json()
    assert exchange(client, code).json()["error"] == "invalid_grant"
    assert person_at(first["access_token"]).status_code == 401
    assert refresh(client, first["refresh_token"]).status_code == 400
    assert any("second time" in reason for reason in refusals(ISSUE))


def test_a_refresh_token_that_comes_twice_ends_its_family() -> None:
    client, browser = entered(), relying.signed_in()
    first = tokens(browser, client)
    second = refresh(client, first["refresh_token"]).json()
    assert "nonce" not in relying.claims_of(second["id_token"])
    assert refresh(client, first["refresh_token"]).json()["error"] == "invalid_grant"
    assert refresh(client, second["refresh_token"]).json()["error"] == "invalid_grant"
    assert person_at(second["access_token"]).status_code == 401


def test_a_code_is_worth_nothing_without_what_belongs_to_it() -> None:
    client, browser = entered(), relying.signed_in()
    code = code_for(browser, client)
    for wrong in (
        {"code_verifier": "w" * 43}, {"code_verifier": None}, {"code_verifier": "v"},
        {"redirect_uri": "https://museum.example/"}, {"redirect_uri": None},
    ):  # fmt: skip
        assert exchange(client, code, **wrong).json()["error"] == "invalid_grant"
    assert exchange(client, "pcc_x").json()["error"] == "invalid_grant"
    assert exchange(client, code).status_code == 200


def test_another_clients_code_and_tokens_are_worth_nothing() -> None:
    client, thief, browser = entered(), entered(), relying.signed_in()
    assert exchange(thief, code_for(browser, client)).json()["error"] == "invalid_grant"
    answer = tokens(browser, client)
    assert refresh(thief, answer["refresh_token"]).json()["error"] == "invalid_grant"
    assert post("/oidc/introspect", thief, token=answer["access_token"]).json() == {"active": False}
    post("/oidc/revoke", thief, token=answer["access_token"])
    assert person_at(answer["access_token"]).status_code == 200


def test_a_program_without_its_proof_is_refused_in_the_words_of_the_standard() -> None:
    client, browser = entered(), relying.signed_in()
    code = code_for(browser, client)
    for made in (
        post("/oidc/token", client_id=client.client.id, grant_type="authorization_code", code=code),
        post("/oidc/token", client_id=client.client.id, client_secret=client.secret),
        post("/oidc/token", grant_type="authorization_code"),
        PROGRAM.post("/oidc/token", "x", content_type="application/x-www-form-urlencoded",
                      headers={"Authorization": "Basic !!!"}),
    ):  # fmt: skip
        assert (made.status_code, made.json()["error"]) == (401, "invalid_client")
        assert made.headers["WWW-Authenticate"].startswith("Basic")
    assert len(refusals(ISSUE)) == 4
    assert exchange(client, code, client_secret="x").json()["error"] == "invalid_request"


def test_a_disabled_client_and_a_disabled_account_get_nothing_more() -> None:
    client, browser = entered(), relying.signed_in()
    answer = tokens(browser, client)
    oidc.set_disabled(SYSTEM, client_id=client.client.id, disabled=True)
    assert refresh(client, answer["refresh_token"]).status_code == 401
    assert person_at(answer["access_token"]).status_code == 401
    other = entered()
    answer = tokens(browser, other)
    chen = api.find_by_username(SYSTEM, username="chen")
    assert chen is not None
    api.disable(SYSTEM, account_id=chen.id)
    assert person_at(answer["access_token"]).status_code == 401
    assert refresh(other, answer["refresh_token"]).status_code == 400


# -- assertions of clients -----------------------------------------------------------------


def test_an_assertion_is_believed_once() -> None:
    keyed = Keyed()
    assertion = keyed.assertion()
    assert with_assertion(assertion).json()["error"] == "invalid_grant"  # proved; the code is wrong
    assert with_assertion(assertion).json()["error"] == "invalid_client"
    assert any("jti was used" in reason for reason in refusals(ISSUE))


STALE: list[dict[str, Any]] = [
    {"exp": 1}, {"exp": 4_000_000_000}, {"exp": None}, {"exp": True}, {"iat": 4_000_000_000},
    {"nbf": 4_000_000_000}, {"aud": "https://other.example"}, {"aud": []},
    {"aud": [relying.ISSUER, "https://other.example"]}, {"sub": "someone"}, {"jti": ""},
    {"jti": None},
]  # fmt: skip


def test_a_stale_future_or_foreign_assertion_is_refused() -> None:
    keyed = Keyed()
    for wrong in STALE:
        told = with_assertion(keyed.assertion(**wrong)).json()
        assert told["error"] == "invalid_client", wrong


def test_no_assertion_chooses_how_it_is_verified() -> None:
    keyed = Keyed()
    import hashlib
    import hmac

    public = msgspec.json.encode(keyed.jwk)

    def keyed_hash(data: bytes) -> bytes:
        return hmac.digest(public, data, hashlib.sha256)

    forged = [
        joined({"alg": "none"}, keyed.claims(), lambda data: b""),
        joined({"alg": "HS256", "kid": "k1"}, keyed.claims(), keyed_hash),
        joined({"alg": ["ES256"], "kid": "k1"}, keyed.claims(), keyed_hash),
        joined({"alg": "ES256", "typ": {}}, keyed.claims(), keyed_hash),
        keyed.assertion(header={"kid": "k2"}),
        keyed.assertion(header={"jwk": keyed.jwk, "alg": "EdDSA"}),
        keyed.assertion(header={"crit": ["exp"]}),
        "not.a.token",
        "",
    ]
    for text in forged:
        assert with_assertion(text).json()["error"] == "invalid_client", text
    assert len(refusals(ISSUE)) == len(forged)


def test_a_client_with_a_key_cannot_come_with_less() -> None:
    made = Keyed().made
    assert post("/oidc/token", client_id=made.client.id).json()["error"] == "invalid_client"


# -- bad input -------------------------------------------------------------------------------


DOORS = ("token", "par", "introspect", "revoke", "register", "userinfo")
BODIES = (b"", b"\xff\xfe", b"client_id=%00&token=%00&code=%00", b"a=1&a=2", b"{" * 900, b"[]")
QUERIES = ("", "client_id=%00", "client_id=a&client_id=b", "%ff=%fe", "t=x", "state=%0d%0a")


def test_a_strange_body_is_no_failure() -> None:
    for path, body in product(DOORS, BODIES):
        for kind in ("application/x-www-form-urlencoded", "application/json"):
            answer = PROGRAM.post(f"/oidc/{path}", body, content_type=kind)
            assert answer.status_code in {400, 401}, (path, body)
            assert answer.json()["error"]


def test_a_strange_address_is_no_failure() -> None:
    for path, query in product(("authorize", "continue", "logout"), QUERIES):
        assert PROGRAM.get(f"/oidc/{path}?{query}").status_code in {200, 400}


def test_refusals_are_counted_before_they_fill_the_audit() -> None:
    from pengcheng.domains.identity.ops import throttle
    from pengcheng.domains.identity.rules.oidc import REFUSAL_LIMIT

    for _ in range(REFUSAL_LIMIT.attempts):
        throttle.reserve(REFUSAL_LIMIT, "127.0.0.1", "")
    answer = post("/oidc/token", grant_type="x")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert refusals(ISSUE) == []


def test_a_header_with_a_secret_may_be_encoded() -> None:
    client, browser = entered(), relying.signed_in()
    pair = f"{client.client.id}:{client.secret.replace('_', '%5F')}".encode()
    header = {"Authorization": "Basic " + base64.b64encode(pair).decode()}
    form = {"grant_type": "authorization_code", "code": code_for(browser, client)}
    body = "&".join(f"{k}={v}" for k, v in {**form, "redirect_uri": BACK,
                                            "code_verifier": relying.VERIFIER}.items())  # fmt: skip
    kind = "application/x-www-form-urlencoded"
    assert PROGRAM.post("/oidc/token", body, content_type=kind, headers=header).status_code == 200


def test_a_stale_refresh_token_is_refused() -> None:
    client, browser = entered(), relying.signed_in()
    answer = tokens(browser, client)
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert refresh(client, answer["refresh_token"]).json()["error"] == "invalid_grant"


def test_who_loses_the_race_for_a_code_ends_what_the_winner_got(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both have looked the code up before either has used it."""
    from pengcheng.domains.identity.ops.oidc import reading

    client, browser = entered(), relying.signed_in()
    code, won = code_for(browser, client), []
    looked_up = reading.is_open

    def other_is_quicker(account_id: str) -> bool:
        monkeypatch.setattr(reading, "is_open", looked_up)
        won.append(exchange(client, code).json())
        return looked_up(account_id)

    monkeypatch.setattr(reading, "is_open", other_is_quicker)
    assert exchange(client, code).json()["error"] == "invalid_grant"
    assert person_at(won[0]["access_token"]).status_code == 401


WORDS = st.text(max_size=60) | st.sampled_from(["eyJhbGciOiJub25lIn0", "e30", "bnVsbA", "W10"])


@settings(max_examples=15, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4), st.text(max_size=80))
def test_no_token_however_strange_is_a_failure(parts: list[str], client_id: str) -> None:
    text = ".".join(parts)
    assert with_assertion(text).json()["error"] in {"invalid_client", "invalid_request"}
    answer = PROGRAM.get("/oidc/logout", {"id_token_hint": text, "client_id": client_id})
    assert answer.status_code in {200, 400}
