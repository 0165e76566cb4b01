"""A wallet app fetches a licence: with code and digits, each once, bound to its key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pengcheng.domains.identity.api import oidc
from pengcheng.domains.licences import api as licences
from pengcheng.domains.wallets import api
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import Denied
from pengcheng.kit.keys import curves
from tests.licences.scenes import GROUNDS, WANG
from tests.support.people import person
from tests.wallets.scenes import (
    CITY,
    GRANT,
    PROGRAM,
    App,
    card,
    nonce,
    offered,
    own,
    post,
    refusals,
    token_for,
)

pytestmark = pytest.mark.django_db
SD, MDOC = "seniors-card.sd-jwt", "seniors-card.mdoc"
FETCH = "wallets.credential.fetch"


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


@pytest.fixture
def chen():
    return person("chen")


@pytest.fixture
def app(chen):
    return App().let_in(chen, card(chen))


def error_of(answer, status: int = 400) -> str:
    assert answer.status_code == status, answer.content
    return str(answer.json()["error"])


# --- code and digits --------------------------------------------------------------------------


def test_the_offer_names_issuer_forms_and_how_many_digits(chen):
    offer, digits = offered(chen, card(chen))
    assert offer["credential_issuer"] == CITY
    assert offer["credential_configuration_ids"] == [SD, MDOC]
    assert offer["grants"][GRANT]["tx_code"] == {"input_mode": "numeric", "length": len(digits)}


def test_nobody_offers_anothers_licence(chen):
    licence = card(chen)
    with pytest.raises(Denied):
        api.offer(context=own(person("liu")), licence_id=licence.id)


def test_a_code_works_once_and_its_second_use_ends_what_it_gave(chen):
    licence = card(chen)
    offer, digits = offered(chen, licence)
    app = App()
    app.token = token_for(offer, digits).json()["access_token"]
    assert error_of(token_for(offer, digits)) == "invalid_grant"
    assert error_of(app.fetch(SD, app.proof(nonce())), 401) == "invalid_token"


def test_wrong_digits_are_counted_and_after_five_the_right_ones_do_not_help(chen):
    offer, digits = offered(chen, card(chen))
    wrong = f"{(int(digits) + 1) % 10**6:06d}"
    for _ in range(5):
        assert error_of(token_for(offer, wrong)) == "invalid_grant"
    assert error_of(token_for(offer, digits)) == "invalid_grant"
    assert refusals("identity.token.issue")[0] == "tx_code was wrong too often"


def test_a_stale_code_is_refused(chen):
    offer, digits = offered(chen, card(chen))
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert error_of(token_for(offer, digits)) == "invalid_grant"


@pytest.mark.parametrize("left_out", ["pre-authorized_code", "tx_code"])
def test_code_and_digits_are_both_needed(chen, left_out):
    offer, digits = offered(chen, card(chen))
    code = offer["grants"][GRANT]["pre-authorized_code"]
    form = {"grant_type": GRANT, "pre-authorized_code": code, "tx_code": digits}
    form.pop(left_out)
    assert error_of(post("/oidc/token", form)) == "invalid_request"


def test_the_code_is_no_authorization_code(chen):
    offer, _ = offered(chen, card(chen))
    code = offer["grants"][GRANT]["pre-authorized_code"]
    client = oidc.list_clients(system_context("tests"))[0].id
    form = {"grant_type": "authorization_code", "code": code, "client_id": client}
    assert error_of(post("/oidc/token", form)) == "invalid_grant"


def test_an_administrator_can_shut_unknown_wallets_out(chen):
    offer, digits = offered(chen, card(chen))
    client = oidc.list_clients(system_context("tests"))[0].id
    oidc.set_disabled(system_context("tests"), client_id=client, disabled=True)
    assert error_of(token_for(offer, digits)) == "invalid_client"


# --- the credential ---------------------------------------------------------------------------


def test_several_copies_come_at_once_each_for_its_key(chen, app):
    others, asked = [App() for _ in range(3)], nonce()
    answer = app.fetch(SD, *(other.proof(asked) for other in others)).json()
    assert len({one["credential"] for one in answer["credentials"]}) == 3
    (copy,) = api.copies(context=own(chen))
    assert (copy.copies, copy.form, copy.outcome) == (3, "dc+sd-jwt", "")
    (line,) = audit.entries(action=FETCH)
    assert line.facts["copies"] == 3


def test_the_wallet_tells_what_became_of_it(chen, app):
    answer = app.fetch(SD, app.proof(nonce())).json()
    told = {"notification_id": answer["notification_id"], "event": "credential_accepted"}
    assert app.ask("/wallet/issuer/notification/", told).status_code == 204
    assert api.copies(context=own(chen))[0].outcome == "credential_accepted"
    wrong = app.ask("/wallet/issuer/notification/", {**told, "notification_id": "x"})
    assert error_of(wrong) == "invalid_notification_id"
    wrong = app.ask("/wallet/issuer/notification/", {**told, "event": "burnt"})
    assert error_of(wrong) == "invalid_notification_request"


def test_a_nonce_counts_once(app):
    asked = nonce()
    assert app.fetch(SD, app.proof(asked)).status_code == 200
    assert error_of(app.fetch(MDOC, app.proof(asked))) == "invalid_nonce"
    assert refusals(FETCH) == ["the nonce was used before"]


def test_a_stale_nonce_or_an_invented_one_is_refused(app):
    old = nonce()
    assert error_of(app.fetch(SD, app.proof("AAAA"))) == "invalid_nonce"
    assert error_of(app.fetch(SD, app.proof("A" * 54))) == "invalid_nonce"
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert error_of(app.fetch(SD, app.proof(old))) == "invalid_nonce"


WRONG_PROOFS = {
    "another issuer": ({}, {"aud": "https://other.example"}),
    "stale": ({}, {"iat": 1}),
    "from the future": ({}, {"iat": 4_000_000_000}),
    "no algorithm": ({"alg": "none"}, {}),
    "HMAC with the public key": ({"alg": "HS256"}, {}),
    "another kind": ({"typ": "JWT"}, {}),
    "a private key": ({"jwk": {"kty": "EC", "crv": "P-256", "d": "AA"}}, {}),
    "no key": ({"jwk": None}, {}),
    "somebody else's key": ({"jwk": App().jwk}, {}),
    "a critical extension": ({"crit": ["x"]}, {}),
}


@pytest.mark.parametrize("name", WRONG_PROOFS)
def test_a_proof_that_proves_nothing_is_refused_and_written_down(app, name):
    header, claims = WRONG_PROOFS[name]
    assert error_of(app.fetch(SD, app.proof(nonce(), header, **claims))) == "invalid_proof"
    assert len(refusals(FETCH)) == 1


def test_a_request_that_is_not_in_order_is_refused_in_the_words_of_the_standard(app):
    proof = app.proof(nonce())
    assert error_of(app.fetch("palace.sd-jwt", proof)) == "unknown_credential_configuration"
    assert error_of(app.fetch(SD)) == "invalid_proof"
    assert error_of(app.fetch(SD, *[proof] * 11)) == "invalid_proof"
    assert error_of(app.fetch(SD, proof, proof)) == "invalid_proof"
    told = app.fetch(SD, proof, credential_identifier="x")
    assert error_of(told) == "unknown_credential_identifier"
    told = app.fetch(SD, proof, credential_response_encryption={"enc": "A128GCM"})
    assert error_of(told) == "invalid_encryption_parameters"
    assert error_of(app.fetch("business-licence.sd-jwt", proof)) == "credential_request_denied"


def test_a_revoked_licence_is_not_fetched_any_more(chen):
    licence = card(chen)
    app = App().let_in(chen, licence)
    licences.revoke(context=WANG, licence_id=licence.id, **GROUNDS)
    assert error_of(app.fetch(SD, app.proof(nonce()))) == "credential_request_denied"


def test_without_a_token_nothing_is_told():
    app = App()
    answer = app.fetch(SD, app.proof(nonce()))
    assert error_of(answer, 401) == "invalid_token"
    assert "invalid_token" in answer.headers["WWW-Authenticate"]
    app.token = "pca_invented"
    assert error_of(app.fetch(SD, app.proof(nonce())), 401) == "invalid_token"


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=60) | st.recursive(st.none() | st.text(max_size=9), st.lists).map(repr))
def test_malformed_bodies_and_proofs_are_refused(app, data):
    body = data.encode() if isinstance(data, str) else data
    assert app.ask("/wallet/issuer/credential/", body).status_code == 400
    text = body.decode("latin-1")
    assert app.fetch(SD, text).status_code == 400


# --- DPoP (RFC 9449) ----------------------------------------------------------------------------


def bound(chen, app: App) -> App:
    offer, digits = offered(chen, card(chen))
    answer = token_for(offer, digits, DPoP=app.dpop("/oidc/token")).json()
    assert answer["token_type"] == "DPoP"
    app.token = answer["access_token"]
    return app


def ask_bound(app: App, header: str, scheme: str = "DPoP"):
    told = {"Authorization": f"{scheme} {app.token}", "DPoP": header}
    body = {"credential_configuration_id": SD, "proofs": {"jwt": [app.proof(nonce())]}}
    return app.ask("/wallet/issuer/credential/", body, **told)


def test_a_bound_token_is_good_with_its_key_alone(chen):
    app, path = bound(chen, App()), "/wallet/issuer/credential/"
    assert error_of(app.fetch(SD, app.proof(nonce())), 401) == "invalid_token"
    assert error_of(ask_bound(app, App().dpop(path, app.token)), 401) == "invalid_token"
    assert error_of(ask_bound(app, app.dpop(path, "other")), 401) == "invalid_dpop_proof"
    assert error_of(ask_bound(app, app.dpop("/other", app.token)), 401) == "invalid_dpop_proof"
    stale = app.dpop(path, app.token, iat=1)
    assert error_of(ask_bound(app, stale), 401) == "invalid_dpop_proof"
    good = app.dpop(path, app.token)
    assert ask_bound(app, good).status_code == 200
    assert error_of(ask_bound(app, good), 401) == "invalid_dpop_proof"  # replayed


def test_a_proof_with_a_wrong_signature_gives_no_token(chen):
    offer, digits = offered(chen, card(chen))
    header = App().dpop("/oidc/token")
    forged = header[:-4] + ("AAAA" if header[-4:] != "AAAA" else "BBBB")
    assert error_of(token_for(offer, digits, DPoP=forged)) == "invalid_dpop_proof"


# --- what is published ------------------------------------------------------------------------


def test_the_issuer_says_what_it_issues():
    told = PROGRAM.get("/.well-known/openid-credential-issuer").json()
    assert told["credential_issuer"] == CITY
    found = told["credential_configurations_supported"]
    assert found[SD]["format"] == "dc+sd-jwt"
    assert found[SD]["vct"] == f"{CITY}/licences/vct/seniors-card/"
    assert found[MDOC]["doctype"] == "pengcheng.licences.seniors-card.1"
    paths = [claim["path"] for claim in found[MDOC]["credential_metadata"]["claims"]]
    assert ["pengcheng.licences.1", "age_over_18"] in paths
    provider = PROGRAM.get("/.well-known/oauth-authorization-server").json()
    assert GRANT in provider["grant_types_supported"]
    assert "ES256" in provider["dpop_signing_alg_values_supported"]


def test_what_is_over_is_forgotten(app):
    app.fetch(SD, app.proof(nonce()))
    assert api.forget_old() == 0
    with clock.frozen(clock.now() + timedelta(hours=1)):
        assert api.forget_old() == 1


def test_both_kinds_of_keys_are_taken(chen):
    app = App("Ed25519").let_in(chen, card(chen))
    assert app.fetch(MDOC, app.proof(nonce())).status_code == 200
    assert curves.from_jwk(app.jwk)
