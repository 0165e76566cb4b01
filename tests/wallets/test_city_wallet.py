"""The pages: a wallet for people without an app, and a verifier for shops."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.api import travelling
from pengcheng.domains.wallets import api
from pengcheng.kernel import audit, clock
from pengcheng.kernel.problems import Conflict, Invalid, NotFound
from tests.licences.scenes import GROUNDS, WANG
from tests.support.people import context_of, person, signed_in
from tests.wallets.scenes import App, card, own

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


@pytest.fixture
def chen():
    return person("chen")


@pytest.fixture
def shop():
    return person("shop", name_zh="莲花书店（虚构）", kind="organisation")


def english(account):
    """A browser in which somebody reads English."""
    browser = signed_in(account)
    browser.get("/?lang=en")
    return browser


def asked(shop, question: str = "senior") -> str:
    return api.ask(context=context_of(shop), question=question)


def seen(shop, question_id: str):
    return api.see(context=context_of(shop), question_id=question_id)


def text_of(answer) -> str:
    body = answer.content.decode().partition("<main")[2]
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


def test_a_shop_asks_and_a_person_answers_without_any_app(chen, shop):
    card(chen)
    desk, phone = english(shop), english(chen)
    page = desk.post("/wallet/check/", {"question": "adult"}).headers["Location"]
    assert desk.get(f"{page}state/").json() == {"state": "waiting"}
    question = page.replace("check", "answer")
    told = text_of(phone.get(question))
    assert "莲花书店" in told
    assert "18 years old or older" in told
    licence = api.asked(context=own(chen), question_id=page.split("/")[3])[1][0].licence_id
    done = phone.post(question, {"licence": licence, "answer": "yes"})
    assert done.status_code == 200
    assert desk.get(f"{page}state/").json() == {"state": "answered"}
    answer = text_of(desk.get(page))
    assert "Yes" in answer
    assert "陈晓明" not in answer
    assert "1958" not in answer


def test_what_is_added_is_the_holders_choice(chen, shop):
    licence = card(chen)
    for optional, labels in (((), ["Group"]), (("holder_name", "x"), ["Holder", "Group"])):
        name = asked(shop)
        api.answer(context=own(chen), question_id=name, licence_id=licence.id, optional=optional)
        assert [line.label.en for line in seen(shop, name).result.lines] == labels


def test_it_stands_in_the_persons_log_with_both_acts(chen, shop):
    licence, name = card(chen), asked(shop)
    api.answer(context=own(chen), question_id=name, licence_id=licence.id)
    (made,) = audit.entries(action="wallets.presentation.make")
    assert made.facts == {"question": name, "to": shop.id, "lines": ["level"]}
    (read,) = audit.entries(action="licences.presentation.read")
    assert read.actor == shop.id
    log = text_of(signed_in(chen).get("/my-data/log/?purpose=licence.verification"))
    assert "莲花书店" in log
    assert "licences.presentation.read" not in log  # it is told in words


def test_a_question_is_answered_once_here_too(chen, shop):
    licence, name = card(chen), asked(shop)
    api.answer(context=own(chen), question_id=name, licence_id=licence.id)
    with pytest.raises(Conflict):
        api.answer(context=own(chen), question_id=name, licence_id=licence.id)
    with pytest.raises(Conflict):
        api.decline(context=own(chen), question_id=name)


def test_declining_tells_nothing_but_that(chen, shop):
    name = asked(shop)
    signed_in(chen).post(f"/wallet/answer/{name}/", {"answer": "no"})
    found = seen(shop, name).result
    assert (found.met, found.code, found.lines, found.name) == (False, "declined", (), None)


def test_only_a_licence_of_ones_own_that_holds_and_fits_is_shown(chen, shop):
    licence, other = card(chen), card(person("liu"))
    name = asked(shop)
    for wrong in (other.id, "", "x"):
        with pytest.raises(Invalid):
            api.answer(context=own(chen), question_id=name, licence_id=wrong)
    licences.revoke(context=WANG, licence_id=licence.id, **GROUNDS)
    assert api.asked(context=own(chen), question_id=name)[1] == ()
    page = text_of(english(chen).get(f"/wallet/answer/{name}/"))
    assert "no licence that answers this" in page


def test_a_question_that_is_over_is_not_answered(chen, shop):
    licence, name = card(chen), asked(shop)
    with clock.frozen(clock.now() + timedelta(minutes=6)), pytest.raises(NotFound):
        api.answer(context=own(chen), question_id=name, licence_id=licence.id)
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert signed_in(chen).get(f"/wallet/answer/{name}/").status_code == 404
        assert signed_in(shop).get(f"/wallet/check/{name}/state/").json() == {"state": "over"}


def test_the_answer_is_for_the_asker_alone(chen, shop):
    name = asked(shop)
    assert signed_in(chen).get(f"/wallet/check/{name}/").status_code == 403
    assert signed_in(chen).get(f"/wallet/check/{name}/state/").status_code == 403


@pytest.mark.parametrize(
    "link",
    [
        "http://localhost:8000/wallet/answer/{}/",
        "openid4vp://?client_id=x&request_uri=http%3A%2F%2Flocalhost%3A8000%2Fwallet%2Frequests%2F{}%2F",
    ],
)
def test_a_pasted_link_opens_the_question(chen, shop, link):
    name = asked(shop)
    answer = signed_in(chen).post("/wallet/open/", {"link": link.format(name)})
    assert answer.headers["Location"] == f"/wallet/answer/{name}/"


@pytest.mark.parametrize(
    "link",
    ["", "x", "https://evil.example/wallet/answer/0/", "http://localhost:8000/wallet/answer/x/",
     "openid4vp://?request_uri=//evil.example/wallet/requests/0/", "http://[/"],
)  # fmt: skip
def test_a_strange_link_is_not_followed(chen, link):
    assert signed_in(chen).post("/wallet/open/", {"link": link}).status_code == 422


def test_the_wallet_shows_cards_and_copies_in_apps(chen):
    licence = card(chen)
    App().take(chen, licence)
    told = text_of(english(chen).get("/wallet/"))
    assert licence.number in told
    assert "SD-JWT VC" in told
    assert "Wallet apps that are not registered" in told


def test_the_offer_is_made_when_it_is_asked_for(chen):
    licence = card(chen)
    browser, path = english(chen), f"/wallet/offer/{licence.id}/"
    assert "Make the code" in text_of(browser.get(path))
    page = browser.post(path)
    assert "openid-credential-offer://" in page.content.decode()
    assert re.search(r"\b\d{6}\b", text_of(page))
    assert signed_in(person("liu")).post(path).status_code == 403


def test_own_questions_are_made_of_a_kinds_lines(shop):
    browser = english(shop)
    page = browser.get("/wallet/check/own/?kind=health-certificate")
    assert "Line of work" in text_of(page)
    told = {"kind": "health-certificate", "claims": ["category"]}
    made = browser.post("/wallet/check/own/", told)
    assert made.headers["Location"].startswith("/wallet/check/")
    assert browser.get(made.headers["Location"]).status_code == 200
    empty = browser.post("/wallet/check/own/", {"kind": "health-certificate"})
    assert empty.status_code == 422
    assert browser.get("/wallet/check/own/?kind=palace").status_code == 422


@pytest.mark.parametrize("question", [one.id for one in api.questions()])
def test_every_question_names_kinds_and_lines_that_exist(question, shop):
    name = asked(shop, question)
    assert App().read(name)["dcql_query"]["credential_sets"]
    about = seen(shop, name).question
    for kind in about.kinds:
        known = {claim.key for claim in travelling.claims_of(type=kind)}
        assert {*about.claims, *about.optional} <= known, kind
