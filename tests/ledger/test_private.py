"""Private payloads: readers open them, others see a commitment, and nobody can pass another off."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.ledger.ops import private
from pengcheng.domains.ledger.ops.private import SealError

pytestmark = pytest.mark.one_database
WORDS = "价格：三百万元".encode()
KEYS = {name: X25519PrivateKey.generate() for name in ("land", "tax")}
PUBLIC = {name: key.public_key().public_bytes_raw() for name, key in KEYS.items()}


def test_each_reader_opens_it_and_nobody_else():
    envelope = private.seal(WORDS, PUBLIC)
    for name, key in KEYS.items():
        assert private.unseal(envelope, name, key) == WORDS
    with pytest.raises(SealError, match="not sealed"):
        private.unseal(envelope, "press", X25519PrivateKey.generate())
    with pytest.raises(SealError, match="cannot be opened"):
        private.unseal(envelope, "land", KEYS["tax"])


def test_the_commitment_tells_nothing_to_who_guesses():
    one, other = (private.seal(WORDS, PUBLIC).commitment for _ in range(2))
    assert one != other
    assert hashlib.sha256(WORDS).hexdigest() not in {one, other}


@pytest.mark.parametrize("field", ["commitment", "nonce", "sealed", "land"])
def test_a_changed_byte_is_noticed(field):
    told = msgspec.to_builtins(private.seal(WORDS, PUBLIC))
    place = told["keys"] if field == "land" else told
    value = place[field]
    place[field] = ("0" if value[4] != "0" else "1").join((value[:4], value[5:]))
    envelope = private.read(msgspec.json.encode(told))
    with pytest.raises(SealError):
        private.unseal(envelope, "land", KEYS["land"])


def test_an_envelope_under_anothers_commitment_is_refused():
    one, other = private.seal(WORDS, PUBLIC), private.seal(b"cheaper", PUBLIC)
    mixed = msgspec.structs.replace(other, commitment=one.commitment)
    with pytest.raises(SealError):
        private.unseal(mixed, "land", KEYS["land"])


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=60))
def test_what_is_no_envelope_is_refused(data):
    with pytest.raises(SealError):
        private.read(data)


@pytest.mark.parametrize(
    ("payload", "readers"), [(b"x", {}), (b"x", {"a": b"short"}), (b"x" * 1_000_001, PUBLIC)]
)
def test_what_cannot_be_sealed_is_refused(payload, readers):
    with pytest.raises(SealError):
        private.seal(payload, readers)
