"""openvc-core, written by others, judges what our wallet shows: mobile documents and answers to
questions (OpenID4VP 1.0)."""

from datetime import timedelta

import pytest
from cryptography import x509
from openvc.errors import OpenvcError
from openvc.mdoc import verify_device_response
from openvc.openid4vp import dcapi_session_transcript, verify_vp_token

from pengcheng.domains.licences import api
from pengcheng.domains.licences.api import travelling
from pengcheng.kernel import clock
from pengcheng.kit import mdoc
from pengcheng.kit.credentials import sdjwt
from pengcheng.kit.keys import Key, Signer, certificates, curves
from tests.licences.scenes import ANYBODY, CHEN, issued

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ORIGIN, NONCE, SHOP = "https://shop.example", "n-7", "x509_san_dns:shop.example"


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


@pytest.fixture
def wallet():
    private = curves.make("ES256")
    return Signer(Key("w", "ES256", private.public_key()), private)


def taken(wallet, form) -> str:
    keys = [curves.to_jwk(wallet.key.public)]
    licence = issued("seniors-card").id
    return travelling.bind(context=CHEN, licence_id=licence, form=form, holder_keys=keys)[0].text


def device_answer(wallet, session: bytes) -> bytes:
    document = curves.decoded(taken(wallet, "mso_mdoc"))
    return mdoc.respond(document, {"age_over_18", "level"}, wallet, session)


def anchors() -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(one) for one in certificates.roots()]


def judged(answer: bytes, session: bytes, **facts):
    told = {"trust_anchors": anchors(), "session_transcript": session, **facts}
    (found,) = verify_device_response(answer, **told)
    return found


SESSION = mdoc.transcript(SHOP, NONCE, f"{ORIGIN}/answer", None)


def test_it_believes_our_mobile_document_with_the_chosen_lines_alone(wallet):
    found = judged(device_answer(wallet, SESSION), SESSION)
    assert found.device_signed
    (lines,) = found.namespaces.values()
    assert set(lines) == {"age_over_18", "level"}
    assert lines["age_over_18"] is True


def test_it_refuses_another_question_another_time_another_root_and_a_changed_byte(wallet):
    answer = device_answer(wallet, SESSION)
    other = mdoc.transcript(SHOP, "n-8", f"{ORIGIN}/answer", None)
    later = clock.now() + timedelta(days=400)
    place = answer.rindex(b"elementValue") + 14
    spoiled = answer[:place] + bytes([answer[place] ^ 1]) + answer[place + 1 :]
    for data, session, facts in (
        (answer, other, {}),
        (answer, SESSION, {"now": later}),
        (answer, SESSION, {"trust_anchors": []}),
        (spoiled, SESSION, {}),
    ):
        with pytest.raises(OpenvcError):
            judged(data, session, **facts)


def test_it_believes_the_document_in_an_answer_to_a_question_of_a_website(wallet):
    session = dcapi_session_transcript(ORIGIN, NONCE, jwk_thumbprint=None)
    token = {"a": [curves.encoded(device_answer(wallet, session))]}
    query = {"credentials": [{"id": "a", "format": "mso_mdoc"}]}
    asked = {"dcql_query": query, "trust_anchors": anchors()}
    found = verify_vp_token(token, nonce=NONCE, expected_origins=[ORIGIN], **asked)
    assert found.presentations[0].format == "mso_mdoc"
    with pytest.raises(OpenvcError):
        verify_vp_token(token, nonce="n-8", expected_origins=[ORIGIN], **asked)


def test_it_believes_a_credential_in_an_answer_to_a_question(wallet, settings):
    settings.PENGCHENG_PUBLIC_URL = "https://city.example"
    at = int(clock.now().timestamp())
    shown = sdjwt.show(taken(wallet, "dc+sd-jwt"), {"level"})
    proved = sdjwt.prove(shown, wallet, audience=SHOP, nonce=NONCE, at=at)
    query = {"credentials": [{"id": "a", "format": "dc+sd-jwt"}]}
    fetch = lambda url: api.issuer_metadata(context=ANYBODY)  # noqa: E731
    asked = {"dcql_query": query, "client_id": SHOP, "jwt_vc_issuer_fetch": fetch}
    found = verify_vp_token({"a": [proved]}, nonce=NONCE, **asked)
    assert found.presentations[0].format == "dc+sd-jwt"
    with pytest.raises(OpenvcError):
        verify_vp_token({"a": [proved]}, nonce="n-8", **asked)
