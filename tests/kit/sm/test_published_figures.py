"""SM2, SM3 and SM4 give what the standards print, and refuse what is not theirs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kit import sm
from pengcheng.kit.sm import sm2

# GM/T 0003.5-2012, annex A: keys and signature over "message digest".
SECRET = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
POINT = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
DIGEST = bytes.fromhex("F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640")
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
# RFC 8998, annex A.1: SM4 in GCM.
KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
SEALED = bytes.fromhex(
    "00001234567800000000ABCD"
    "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
    "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    "83DE3541E4C2B58177E065A9BF7B62EC"
)
AAD = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
PLAIN = b"".join(bytes([value]) * 8 for value in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))


def test_sm3_of_the_standard():
    told = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm.sm3(b"abc").hex() == told


def test_sm2_of_the_standard():
    public = sm.PublicKey(POINT)
    assert public.digest(b"message digest") == DIGEST
    assert public.verify(SIGNATURE, b"message digest")
    assert not public.verify(SIGNATURE, b"message digest", identity=b"another")


def test_sm4_of_the_rfc():
    assert sm.open_sealed(KEY, SEALED, AAD) == PLAIN
    assert sm.open_sealed(KEY, sm.seal(KEY, b"secret", b"for"), b"for") == b"secret"


@pytest.mark.parametrize("at", [0, 12, 40, -1])
def test_sm4_refuses_a_changed_byte(at):
    spoiled = bytearray(SEALED)
    spoiled[at] ^= 1
    with pytest.raises(ValueError, match="not sealed"):
        sm.open_sealed(KEY, bytes(spoiled), AAD)


def test_a_signature_is_this_keys_over_this_and_nothing_else():
    key, other = sm.generate(), sm.generate()
    signature = key.sign(b"data")
    assert key.public_key().verify(signature, b"data")
    assert not other.public_key().verify(signature, b"data")
    assert not key.public_key().verify(signature, b"date")


def test_a_key_survives_its_pem():
    key = sm.PrivateKey(SECRET, sm.PublicKey(POINT))
    again = sm.PrivateKey.from_pem(key.to_pem())
    assert (again.secret, again.public_key()) == (SECRET, key.public_key())


def test_what_was_encrypted_for_one_is_for_nobody_else():
    key = sm.generate()
    sealed = sm.encrypt(key.public_key(), b"secret")
    assert sm.decrypt(key, sealed) == b"secret"
    with pytest.raises(ValueError, match="not encrypted"):
        sm.decrypt(sm.generate(), sealed)
    with pytest.raises(ValueError, match="bytes"):
        sm.encrypt(key.public_key(), bytes(256))


@pytest.mark.parametrize("point", [bytes(64), POINT[:-1], POINT[:-1] + b"\x00", b"\xff" * 64])
def test_no_point_off_the_curve_becomes_a_key(point):
    with pytest.raises(ValueError, match="not a point"):
        sm.PublicKey(point)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=80))
def test_nonsense_is_no_signature(noise):
    assert not sm.PublicKey(POINT).verify(noise, b"data")
    try:
        assert len(sm2.raw(noise)) == 64
    except ValueError:
        pass
