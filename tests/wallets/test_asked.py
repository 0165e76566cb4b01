"""A verifier asks, a wallet app answers: once, for this question, with what holds."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pengcheng.domains.licences import api as licences
from pengcheng.domains.wallets import api
from pengcheng.kernel import audit, clock
from pengcheng.kernel.problems import Denied, Invalid, NotFound
from pengcheng.kit.credentials import jwe
from pengcheng.kit.keys import curves
from tests.licences.scenes import GROUNDS, SENIOR, WANG
from tests.support.people import context_of, person
from tests.wallets.scenes import App, card, post, posted, refusals

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ANSWER = "wallets.question.answer"
FORMS = {"sd-jwt": "s", "mdoc": "m"}
MODES = ("direct_post.jwt", "direct_post")


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


class Scene:
    """A shop, a person with a wallet app, and a question between them."""

    def __init__(self, form: str = "sd-jwt", values: dict | None = None) -> None:
        self.shop = context_of(person("shop", name_zh="莲花书店（虚构）"), "licence.verification")
        self.chen, self.app = person("chen"), App()
        self.licence = card(self.chen, values=values)
        self.credential = self.app.take(self.chen, self.licence, form)
        self.name = f"seniors-card_{FORMS[form]}"

    def ask(self, question: str = "senior", mode: str = "direct_post.jwt") -> Scene:
        self.id = api.ask(context=self.shop, question=question, mode=mode)
        self.question = self.app.read(self.id)
        return self

    def show(self, *names: str, **other):
        return self.app.show(self.credential, set(names), self.question, **other)

    def post(self, *names: str, name: str = "", **other):
        shown = self.show(*names)
        return posted(self.question, name or self.name, shown, **other)

    @property
    def result(self):
        return api.see(context=self.shop, question_id=self.id).result


@pytest.fixture
def scene():
    return Scene()


def refused(answer, status: int = 400) -> bool:
    assert answer.status_code == status, answer.content
    return bool(answer.json()["error"] == "invalid_request")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("form", FORMS)
def test_yes_or_no_is_all_that_the_shop_learns(form, mode):
    scene = Scene(form).ask("adult", mode)
    assert scene.post("age_over_18").status_code == 200
    found = scene.result
    assert (found.met, found.code) == (True, "valid")
    assert [line.value.en for line in found.lines] == ["yes"]


def test_a_valid_licence_that_says_no_is_a_no():
    scene = Scene(values={**SENIOR, "born_on": "2010-01-01"}).ask("adult")
    assert scene.post("age_over_18").status_code == 200
    assert (scene.result.met, scene.result.code) == (False, "no")


def test_what_the_shop_needs_must_be_shown(scene):
    scene.ask()
    assert scene.post("holder_name").status_code == 200
    assert (scene.result.met, scene.result.code) == (False, "incomplete")


def test_what_nobody_asked_for_is_not_kept(scene):
    scene.ask()
    scene.post("level", "born_on", "holder_name")
    assert [line.label.en for line in scene.result.lines] == ["Holder", "Group"]


@pytest.mark.parametrize("form", FORMS)
def test_a_revoked_licence_is_told_as_such(form):
    scene = Scene(form).ask()
    licences.revoke(context=WANG, licence_id=scene.licence.id, **GROUNDS)
    assert scene.post("level").status_code == 200
    assert scene.result.code == "revoked"


def test_a_question_is_answered_once(scene):
    scene.ask()
    assert scene.post("level").status_code == 200
    assert refused(scene.post("level"))
    assert refusals(ANSWER) == ["replay"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["nonce", "client_id"])
def test_an_answer_made_for_another_question_is_not_believed(form, name):
    scene = Scene(form).ask()
    shown = scene.show("level", **{name: "x509_san_dns:other"})
    assert refused(posted(scene.question, scene.name, shown))
    assert scene.result.code == "replay"
    assert refusals(ANSWER) == ["the presentation is not believed: replay"]


def test_somebody_elses_key_shows_nothing(scene):
    scene.ask()
    shown = App().show(scene.credential, {"level"}, scene.question)
    assert refused(posted(scene.question, scene.name, shown))


def test_without_the_holders_proof_it_is_not_believed(scene):
    scene.ask()
    bare = scene.show("level").rpartition("~")[0] + "~"
    assert refused(posted(scene.question, scene.name, bare))
    assert scene.result.code == "binding"


def test_a_state_that_is_not_the_questions_is_refused(scene):
    scene.ask()
    for state in ("other", 5, None, "é"):
        assert refused(scene.post("level", state=state))
    assert scene.result is None


def test_a_question_that_is_over_takes_no_answer(scene):
    scene.ask()
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert refused(scene.post("level"), 404)
    with clock.frozen(clock.now() + timedelta(minutes=16)), pytest.raises(NotFound):
        _ = scene.result


def test_a_name_that_was_not_asked_for_is_refused(scene):
    scene.ask()
    assert refused(scene.post("level", name="driving-licence_s"))


def test_an_answer_in_the_clear_is_refused_where_an_encrypted_one_was_asked_for(scene):
    scene.ask()
    form = {"vp_token": "{}", "state": scene.question["state"]}
    assert refused(post(f"/wallet/answers/{scene.id}/", form))


def test_an_answer_encrypted_to_somebody_else_is_refused(scene):
    scene.ask()
    text = jwe.encrypt(b"{}", curves.make("ES256").public_key())
    assert refused(post(f"/wallet/answers/{scene.id}/", {"response": text}))


def test_the_holder_may_decline(scene):
    scene.ask()
    form = {"error": "access_denied", "state": scene.question["state"]}
    assert post(f"/wallet/answers/{scene.id}/", form).status_code == 200
    assert scene.result.code == "declined"


def test_the_holder_finds_the_shop_in_their_log(scene):
    scene.ask()
    scene.post("level")
    (line,) = audit.entries(action="licences.presentation.read")
    assert (line.actor, line.purpose) == (scene.shop.actor.id, "licence.verification")
    assert line.resource == f"licence/{scene.licence.id}"


def test_only_the_asker_sees_the_answer(scene):
    scene.ask()
    with pytest.raises(Denied):
        api.see(context=context_of(scene.chen), question_id=scene.id)


def test_a_question_of_ones_own_asks_for_chosen_lines(scene):
    scene.id = api.ask_own(context=scene.shop, kind="seniors-card", claims=["level", "name"])
    scene.question = scene.app.read(scene.id)
    (first, _) = scene.question["dcql_query"]["credentials"]
    assert [claim["path"] for claim in first["claims"]] == [["name"], ["level"]]
    scene.post("level", "name")
    assert scene.result.met
    for claims in ([], ["palace"]):
        with pytest.raises(Invalid):
            api.ask_own(context=scene.shop, kind="seniors-card", claims=claims)
    with pytest.raises(Invalid):
        api.ask(context=scene.shop, question="palace")


def test_the_wallets_nonce_stands_in_the_question(scene):
    scene.ask()
    told = post(f"/wallet/requests/{scene.id}/", {"wallet_nonce": "w-1"})
    assert told.headers["Content-Type"] == "application/oauth-authz-req+jwt"
    assert api.see(context=scene.shop, question_id=scene.id).fetched


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=9) | st.just("a.b.c~"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=6,
    )
)
def test_malformed_answers_are_refused(scene, token):
    scene.ask()
    path = f"/wallet/answers/{scene.id}/"
    key = curves.from_jwk(scene.question["client_metadata"]["jwks"]["keys"][0])
    told = json.dumps({"state": scene.question["state"], "vp_token": token}).encode()
    assert refused(post(path, {"response": jwe.encrypt(told, key)}))
    assert refused(post(path, {"response": jwe.encrypt(json.dumps(token).encode(), key)}))
    assert refused(post(path, {"response": str(token)}))
