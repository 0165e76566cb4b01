"""Signatures on JSON: made and read, judged by joserfc, broken in every place."""

import base64
import hashlib
import json
from datetime import UTC, datetime

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from pengcheng.domains.signatures import api
from pengcheng.kernel import clock
from pengcheng.kernel.context import anonymous_context, system_context
from pengcheng.kit.seals import authority, jades, xades
from pengcheng.kit.seals.findings import Unreadable
from tests.licences.scenes import ANYBODY

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
MESSAGE = json.dumps({"办件": "SZ-2026-000042-K", "outcome": "granted"}).encode()


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


def looked(content):
    (found,) = jades.check(content).signed
    return found


def points(found):
    return {point.code: point.good for point in found.points}


def changed(signed, **parts):
    return json.dumps({**json.loads(signed), **parts}).encode()


def part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_what_the_city_signed_holds_with_its_time():
    with clock.frozen(datetime(2026, 11, 22, 9, tzinfo=UTC)):
        found = looked(jades.sign(MESSAGE))
    assert found.verdict == "holds"
    assert found.proved_at.date() == datetime(2026, 11, 22).date()
    assert found.claimed_at == datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_joserfc_verifies_it_with_the_certificate_it_carries():
    signed = json.loads(jades.sign(MESSAGE))
    header = json.loads(base64.urlsafe_b64decode(signed["protected"] + "=="))
    leaf = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
    leaf.verify_directly_issued_by(authority.root())
    key = ECKey.import_key(leaf.public_key().public_bytes(*_pem()))
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    registry.max_header_length = 10_000  # two certificates
    found = jws.deserialize_json(signed, key, registry=registry)
    assert found.payload == MESSAGE
    digest = hashlib.sha256(base64.b64decode(header["x5c"][0])).digest()
    assert header["x5t#S256"] == part(digest)


def _pem():
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return Encoding.PEM, PublicFormat.SubjectPublicKeyInfo


def test_what_joserfc_signed_holds_but_its_signer_is_not_known():
    made = jades.sign(MESSAGE)
    header = json.loads(base64.urlsafe_b64decode(json.loads(made)["protected"] + "=="))
    stranger = ECKey.generate_key("P-256")
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    told = {"alg": "ES256", "x5c": [_certificate_of(stranger)], "iat": header["iat"]}
    signed = jws.serialize_json({"protected": told}, MESSAGE, stranger, registry=registry)
    found = looked(json.dumps(signed).encode())
    assert (points(found)["intact"], found.verdict) == (True, "unknown")


def _certificate_of(key):
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Stranger")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key, 7)
        .not_valid_before(datetime(2026, 1, 1))
        .not_valid_after(datetime(2036, 1, 1))
        .sign(key.private_key, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


def test_a_changed_message_or_header_or_signature_is_seen():
    signed = jades.sign(MESSAGE)
    value = json.loads(signed)["signature"]
    header = json.loads(base64.urlsafe_b64decode(json.loads(signed)["protected"] + "=="))
    header["iat"] += 1
    for broken in (
        changed(signed, payload=part(b'{"outcome":"refused"}')),
        changed(signed, protected=part(json.dumps(header).encode())),
        changed(signed, signature=value[:-4] + ("AAAA" if value[-4:] != "AAAA" else "AAAB")),
    ):
        assert looked(broken).verdict == "broken"


def test_another_signatures_time_proves_nothing():
    one, two = jades.sign(MESSAGE), jades.sign(b"{}")
    mixed = changed(one, header=json.loads(two)["header"])
    assert points(looked(mixed))["time"] is False


def test_without_a_time_stamp_the_time_is_only_claimed():
    told = json.loads(jades.sign(MESSAGE))
    del told["header"]
    found = looked(json.dumps(told).encode())
    assert (found.verdict, found.proved_at) == ("holds", None)
    assert found.claimed_at


@pytest.mark.parametrize(
    "more",
    [{"alg": "none"}, {"alg": "HS256"}, {"crit": ["b64"], "b64": False}, {"crit": ["sigD"]}],
)
def test_no_header_chooses_how_it_is_verified(more):
    told = json.loads(jades.sign(MESSAGE))
    header = json.loads(base64.urlsafe_b64decode(told["protected"] + "=="))
    told["protected"] = part(json.dumps({**header, **more}).encode())
    assert looked(json.dumps(told).encode()).verdict == "broken"


def test_after_the_key_was_lost_nothing_of_it_counts():
    signed = jades.sign(MESSAGE)
    xades.keys().rotate(distrust=True)
    assert points(looked(signed))["revoked"] is False


def test_the_page_for_files_knows_it():
    signed = api.sign_message(context=system_context("services"), message=MESSAGE, form="json")
    found = api.check_file(context=ANYBODY, content=signed)
    assert (found.kind, found.verdict) == ("json", "holds")
    assert api.check_text(context=anonymous_context(), content=signed) is None


def test_what_is_no_json_is_not_signed():
    with pytest.raises(Unreadable):
        jades.sign(b"<xml/>")


@settings(max_examples=20, deadline=None)
@given(
    told=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["payload", "protected", "signature", "signatures", "header", "etsiU"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
def test_hostile_json_is_an_answer(told):
    content = json.dumps(told).encode()
    found = api.check_file(context=ANYBODY, content=content + b' "signature" "protected"')
    assert found.verdict in {"unreadable", "broken"}
    try:
        assert jades.check(content).verdict == "broken"
    except Unreadable:
        pass
