"""Encrypted answers: joserfc reads ours, we read theirs, and nothing altered is read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwe as theirs
from joserfc.jwk import ECKey

from pengcheng.kit.credentials import jwe
from pengcheng.kit.credentials.jws import TokenError
from pengcheng.kit.keys import curves

pytestmark = pytest.mark.one_database
OWN = curves.make("ES256")
SECRET = {
    **curves.to_jwk(OWN.public_key()),
    "d": curves.encoded(OWN.private_numbers().private_value.to_bytes(32, "big")),
}
FOREIGN = ECKey.import_key(SECRET)


@pytest.mark.parametrize("enc", ["A128GCM", "A256GCM"])
def test_a_foreign_library_and_ours_read_each_other(enc):
    text = jwe.encrypt(b"hello", OWN.public_key(), enc=enc, kid="k", apu="YQ")
    assert theirs.decrypt_compact(text, FOREIGN).plaintext == b"hello"
    other = theirs.encrypt_compact({"alg": "ECDH-ES", "enc": enc}, b"hello", FOREIGN)
    assert jwe.decrypt(other, OWN) == b"hello"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"alg": "ECDH-ES+A128KW", "enc": "A128GCM"}, "algorithm"),
        ({"alg": "ECDH-ES", "enc": "A128CBC-HS256"}, "algorithm"),
    ],
)
def test_other_ways_of_encrypting_are_not_taken(header, code):
    with pytest.raises(TokenError) as caught:
        jwe.decrypt(theirs.encrypt_compact(header, b"x", FOREIGN), OWN)
    assert caught.value.code == code


def test_another_key_reads_nothing():
    text = jwe.encrypt(b"x", curves.make("ES256").public_key())
    with pytest.raises(TokenError):
        jwe.decrypt(text, OWN)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40) | st.lists(st.text("abc-_", max_size=8), max_size=6).map(".".join))
def test_malformed_texts_are_refused_and_nothing_else(text):
    with pytest.raises(TokenError):
        jwe.decrypt(text, OWN)
