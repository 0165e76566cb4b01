"""A licence bound to a wallet's key in two forms, and what a verifier learns of it."""

from __future__ import annotations

from datetime import date, timedelta

import cbor2
import pytest

from pengcheng.domains.licences import api
from pengcheng.domains.licences.api import travelling
from pengcheng.domains.licences.contracts.travelling import Asked
from pengcheng.domains.licences.ops import credentials
from pengcheng.domains.licences.rules import claims
from pengcheng.kernel import audit, clock
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from pengcheng.kit import mdoc
from pengcheng.kit.credentials import sdjwt
from pengcheng.kit.keys import Key, Signer, certificates, curves
from tests.licences.scenes import ANYBODY, CHEN, GROUNDS, STRANGER, WANG, issued, suspended

pytestmark = pytest.mark.django_db
QUESTION = {"client_id": "x509_san_dns:shop", "nonce": "n-1", "response_uri": "https://shop/a"}
FORMS = travelling.FORMS


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


class Wallet:
    """A holder's key, and what it makes of a credential."""

    def __init__(self) -> None:
        private = curves.make("ES256")
        self.jwk = curves.to_jwk(private.public_key())
        self.signer = Signer(Key("w", "ES256", private.public_key()), private)

    def take(self, licence, form, **facts):
        told = {"context": CHEN, "licence_id": licence.id, "form": form, "holder_keys": [self.jwk]}
        return travelling.bind(**{**told, **facts})[0].text

    def show(self, text, form, names, **question):
        asked = {**QUESTION, **question}
        if form == "mso_mdoc":
            session = mdoc.transcript(*asked.values(), None)
            answer = mdoc.respond(curves.decoded(text), names, self.signer, session)
            return curves.encoded(answer)
        at = int(clock.now().timestamp())
        shown = sdjwt.show(text, names)
        facts = {"audience": asked["client_id"], "nonce": asked["nonce"], "at": at}
        return sdjwt.prove(shown, self.signer, **facts)


@pytest.fixture
def wallet():
    return Wallet()


def seen(text, form, **facts):
    return travelling.present(
        context=ANYBODY, text=text, asked=Asked(form=form, **QUESTION | facts)
    )


@pytest.mark.parametrize("form", FORMS)
def test_the_age_is_shown_and_nothing_else(wallet, form):
    licence = issued("seniors-card")
    found = seen(wallet.show(wallet.take(licence, form), form, {"age_over_18"}), form)
    assert (found.holds, found.code, found.type) == (True, "valid", "seniors-card")
    assert found.lines[0][1:] == ("是", "yes")
    assert found.claims["age_over_18"] is True
    assert not {"number", "holder_name", "born_on"} & set(found.claims)


@pytest.mark.parametrize("form", FORMS)
def test_the_holder_sees_who_was_shown_what(wallet, form):
    licence = issued("seniors-card")
    seen(wallet.show(wallet.take(licence, form), form, {"level"}), form)
    (line,) = audit.entries(action="licences.presentation.read")
    assert (line.resource, line.facts["verdict"]) == (f"licence/{licence.id}", "valid")
    assert "level" in line.facts["lines"]
    assert "65" not in str(line.facts)
    (told,) = api.dossier(context=CHEN, licence_id=licence.id).looks
    assert told.action == "licences.presentation.read"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("name", "value"), [("nonce", "n-2"), ("client_id", "x509_san_dns:b")])
def test_an_answer_for_another_question_is_a_replay(wallet, form, name, value):
    text = wallet.show(wallet.take(issued(), form), form, {"address"}, **{name: value})
    assert seen(text, form).code == "replay"
    (line,) = audit.entries(action="licences.presentation.read")
    assert (line.outcome, line.resource, line.facts["verdict"]) == ("failure", "licence", "replay")


@pytest.mark.parametrize("form", FORMS)
def test_a_licence_taken_away_does_not_hold_in_any_form(wallet, form):
    licence = issued()
    text = wallet.show(wallet.take(licence, form), form, {"address"})
    api.revoke(context=WANG, licence_id=licence.id, **GROUNDS)
    assert (seen(text, form).holds, seen(text, form).code) == (False, "revoked")


@pytest.mark.parametrize("form", FORMS)
def test_it_ends_with_its_own_time(wallet, form):
    text = wallet.take(issued(), form, longest=timedelta(hours=1))
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert seen(wallet.show(text, form, {"address"}), form).code == "expired"


def test_a_lost_document_signer_is_not_believed_any_more(wallet):
    text = wallet.show(wallet.take(issued(), "mso_mdoc"), "mso_mdoc", {"address"})
    assert seen(text, "mso_mdoc").holds
    credentials.document_keys().rotate(distrust=True)
    assert seen(text, "mso_mdoc").code == "issuer"


def test_each_copy_is_another_and_at_most_ten_are_given():
    keys = [Wallet().jwk for _ in range(3)]
    told = {"context": CHEN, "licence_id": issued().id, "form": "dc+sd-jwt"}
    copies = travelling.bind(**told, holder_keys=keys)
    assert len({copy.text for copy in copies}) == 3
    for wrong in ([], [*keys] * 4, [{"kty": "RSA"}], [{"kty": "EC", "crv": "P-256", "x": "AA"}]):
        with pytest.raises(Invalid):
            travelling.bind(**told, holder_keys=wrong)


def test_only_the_holder_binds_and_only_what_holds(wallet):
    with pytest.raises(Denied):
        wallet.take(issued(), "mso_mdoc", context=STRANGER)
    with pytest.raises(Conflict):
        wallet.take(suspended(), "mso_mdoc")


def test_dates_in_a_mobile_document_are_dates(wallet):
    told = cbor2.loads(curves.decoded(wallet.take(issued("seniors-card"), "mso_mdoc")))
    items = [cbor2.loads(one.value) for one in told["nameSpaces"][travelling.NAMESPACE]]
    values = {one["elementIdentifier"]: one["elementValue"] for one in items}
    assert str(values["born_on"]) == "1958-03-09"
    assert values["age_over_60"] is True
    signer = told["issuerAuth"][1][33]
    assert certificates.key_of((signer,), certificates.roots(), certificates.DOCUMENT_SIGNER)


@pytest.mark.parametrize("text", ["", "~", "a.b.c~", "....", "x" * 300, "é"])
@pytest.mark.parametrize("form", FORMS)
def test_what_is_no_presentation_is_refused(form, text):
    assert not seen(text, form).holds


@pytest.mark.parametrize(
    ("born", "on", "old"),
    [
        ("2008-11-22", "2026-11-22", True),
        ("2008-11-23", "2026-11-22", False),
        ("2008-02-29", "2026-02-28", False),
        ("2008-02-29", "2026-03-01", True),
    ],
)
def test_somebody_is_of_age_from_their_birthday_on(born, on, old):
    assert claims.ages({"born_on": born}, date.fromisoformat(on))["age_over_18"] is old
    assert claims.ages({}, date.fromisoformat(on)) == {}


def test_the_authority_can_be_fetched(client):
    answer = client.get("/licences/authority.pem")
    assert b"BEGIN CERTIFICATE" in answer.content
