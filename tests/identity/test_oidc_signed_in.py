"""A person signs in at an application with their city account, and is asked when need be."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from pengcheng.domains.identity import api
from pengcheng.domains.identity.api import oidc
from pengcheng.kernel import clock
from pengcheng.kernel.events import deliver_pending
from tests.identity import relying
from tests.identity.relying import (
    PROGRAM,
    SYSTEM,
    came_back,
    claims_of,
    code_for,
    entered,
    exchange,
    person_at,
    tokens,
    visit,
)
from tests.support.people import context_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_a_person_agrees_and_the_application_knows_what_was_agreed() -> None:
    client, browser = entered(), relying.signed_in()
    answer = tokens(browser, client)
    told = claims_of(answer["id_token"])
    assert (told["iss"], told["aud"], told["nonce"]) == (relying.ISSUER, client.client.id, "n-1")
    assert told["acr"] == "urn:pengcheng:acr:low"
    assert told["amr"] == ["pwd"]
    assert person_at(answer["access_token"]).json() == {
        "sub": told["sub"],
        "name": "陈晓明（虚构）",
    }


def test_the_answer_names_its_issuer_and_keeps_the_addresss_own_query() -> None:
    back = relying.BACK + "?from=city"
    client, browser = entered(redirect_uris=(back,)), relying.signed_in()
    told = came_back(relying.allow(browser, visit(browser, client, redirect_uri=back)))
    assert (told["iss"], told["state"], told["from"]) == (relying.ISSUER, "s-1", "city")


def test_a_fact_that_is_not_ticked_is_not_told() -> None:
    client, browser = entered(), relying.signed_in()
    response = visit(browser, client, scope="openid profile phone")
    code = came_back(relying.allow(browser, response, facts=["phone"]))["code"]
    answer = exchange(client, code).json()
    assert answer["scope"] == "openid phone"
    assert set(person_at(answer["access_token"]).json()) <= {
        "sub",
        "phone_number",
        "phone_number_verified",
    }


def test_what_the_application_needs_is_told_without_a_tick() -> None:
    client, browser = entered(required=("name",)), relying.signed_in()
    response = visit(browser, client)
    code = came_back(relying.allow(browser, response, facts=[]))["code"]
    assert "name" in person_at(exchange(client, code).json()["access_token"]).json()


def test_who_does_not_agree_goes_back_with_a_refusal() -> None:
    client, browser = entered(), relying.signed_in()
    response = relying.allow(browser, visit(browser, client), answer="deny")
    assert came_back(response)["error"] == "access_denied"
    assert relying.refusals("identity.authorization.request")


def test_a_consent_is_asked_once_and_again_when_the_wish_grows() -> None:
    client, browser = entered(), relying.signed_in()
    tokens(browser, client)
    assert "code" in came_back(visit(browser, client))
    more = visit(browser, client, scope="openid profile phone")
    assert "/oidc/consent" in more.headers["Location"]
    assert "/oidc/consent" in visit(browser, client, prompt="consent").headers["Location"]


def test_a_stranger_signs_in_first_and_comes_back_through_a_page() -> None:
    client = entered()
    relying.signed_in()
    browser = Client()
    to_sign_in = visit(browser, client).headers["Location"]
    assert to_sign_in.startswith("/sign-in/?next=")
    shown = browser.get(to_sign_in)
    landed = relying.sign_in(browser, next=shown.context["form"]["next"].value())
    onward = browser.get(landed.headers["Location"])
    assert "code" in came_back(relying.allow(browser, onward))
    silent = browser.get(landed.headers["Location"])
    assert "code" in came_back(silent)
    assert b'http-equiv="refresh"' in silent.content


@pytest.mark.parametrize(
    ("more", "error"),
    [({}, "login_required"), ({"id_token_hint": "x"}, "login_required")],
)
def test_nobody_is_disturbed_with_prompt_none(more: dict[str, str], error: str) -> None:
    client = entered()
    assert came_back(visit(PROGRAM, client, prompt="none", **more))["error"] == error


def test_prompt_none_tells_that_a_consent_is_missing() -> None:
    client, browser = entered(), relying.signed_in()
    assert came_back(visit(browser, client, prompt="none"))["error"] == "consent_required"
    tokens(browser, client)
    assert "code" in came_back(visit(browser, client, prompt="none"))


def test_max_age_and_prompt_login_want_a_fresh_proof() -> None:
    client, browser = entered(), relying.signed_in()
    tokens(browser, client)
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        assert "code" in came_back(visit(browser, client, max_age=600))
        stale = visit(browser, client, max_age=60)
        assert "/account/prove/" in stale.headers["Location"]
        quiet = came_back(visit(browser, client, max_age=60, prompt="none"))
        assert quiet["error"] == "login_required"
        again = visit(browser, client, prompt="login")
        assert again.headers["Location"].startswith("/sign-in/")
    assert "auth_time" in claims_of(tokens(browser, client)["id_token"])


def test_a_wished_level_is_told_as_far_as_it_got_and_a_needed_one_is_refused() -> None:
    client, browser = entered(), relying.signed_in()
    tokens(browser, client)
    high = "urn:pengcheng:acr:high"
    asked = visit(browser, client, acr_values=high)
    back = asked.headers["Location"]
    assert "level=high" in back
    wish = json.dumps({"id_token": {"acr": {"essential": True, "values": [high]}}})
    quiet = came_back(visit(browser, client, claims=wish, prompt="none"))
    assert quiet["error"] == "interaction_required"
    wished = claims_of(tokens(browser, client, acr_values=high, prompt="none")["id_token"])
    assert wished["acr"] == "urn:pengcheng:acr:low"


def test_claims_are_put_where_they_are_asked_for() -> None:
    client, browser = entered(), relying.signed_in()
    wish = json.dumps({"id_token": {"name": None}, "userinfo": {"sub": None}})
    answer = tokens(browser, client, scope="openid", claims=wish)
    assert claims_of(answer["id_token"])["name"] == "陈晓明（虚构）"
    assert set(person_at(answer["access_token"]).json()) == {"sub"}


def test_two_sectors_know_a_person_by_two_names_and_one_sector_by_one() -> None:
    browser = relying.signed_in()
    other = "https://library.example/back"
    clients = [entered(), entered(), entered(sector="library.example")]
    subs = [claims_of(tokens(browser, each)["id_token"])["sub"] for each in clients]
    assert subs[0] == subs[1] != subs[2]
    public = entered(subject_type="public", redirect_uris=(other, relying.BACK))
    sub = claims_of(tokens(browser, public)["id_token"])["sub"]
    assert sub == api.find_by_username(SYSTEM, username="chen").id  # type: ignore[union-attr]
    sids = [claims_of(tokens(browser, each)["id_token"])["sid"] for each in clients]
    assert len(set(sids)) == 3


def test_what_is_taken_back_can_no_longer_be_read() -> None:
    client, browser = entered(), relying.signed_in()
    answer = tokens(browser, client, scope="openid profile phone")
    page = browser.get("/account/applications/").content.decode()
    assert "海湾博物馆（虚构）" in page
    url = f"/account/applications/{client.client.id}/withdraw/"
    browser.post(url, {"fact": "name"})
    assert "name" not in person_at(answer["access_token"]).json()
    browser.post(url)
    assert person_at(answer["access_token"]).status_code == 401
    assert relying.refresh(client, answer["refresh_token"]).status_code == 400
    assert "/oidc/consent" in visit(browser, client).headers["Location"]
    assert browser.post(url).status_code == 404


def test_consents_are_told_to_whoever_keeps_the_data_account() -> None:
    client, browser = entered(), relying.signed_in()
    tokens(browser, client)
    chen = api.find_by_username(SYSTEM, username="chen")
    assert chen is not None
    known = oidc.consents_of(context_of(chen), account_id=chen.id)
    assert [(each.client.id, each.facts) for each in known] == [(client.client.id, ("name",))]
    deliver_pending()


def test_an_old_page_of_consent_leads_on_and_a_forged_one_nowhere() -> None:
    client, browser = entered(), relying.signed_in()
    url = visit(browser, client).headers["Location"]
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert browser.get(url).status_code in {200, 400}
    assert browser.get(url[:-3] + "xyz").status_code == 400
    assert browser.get("/oidc/consent").status_code == 400
    assert browser.post("/oidc/consent", {"t": "x"}).status_code == 400


def test_a_code_is_good_for_a_minute() -> None:
    client, browser = entered(), relying.signed_in()
    code = code_for(browser, client)
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        assert exchange(client, code).json()["error"] == "invalid_grant"
