"""A ring of keys: made at first use for its owner only, changed while others use it."""

import json
import stat
import threading

import pytest

from pengcheng.kit.keys import Ring, curves

BOTH = pytest.mark.parametrize("algorithm", ["ES256", "Ed25519"])
DATA = b"what is signed"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys" / "trial"


@BOTH
def test_the_first_key_is_made_at_need_and_belongs_to_its_owner(folder, algorithm):
    ring = Ring(folder, algorithm)
    assert ring.states() == ()
    signature = ring.signer().sign(DATA)
    assert ring.find(ring.signer().key.kid).verifies(signature, DATA)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@BOTH
def test_the_key_is_the_same_the_next_time(folder, algorithm):
    assert Ring(folder, algorithm).signer().key.kid == Ring(folder, algorithm).signer().key.kid


@BOTH
def test_after_a_rotation_another_process_signs_with_the_new_key(folder, algorithm):
    """Two rings on one folder stand for two processes."""
    one, other = Ring(folder, algorithm), Ring(folder, algorithm)
    old, signature = other.signer().key.kid, other.signer().sign(DATA)
    new = one.rotate()
    assert other.signer().key.kid == new.kid != old
    assert other.find(old).verifies(signature, DATA)
    assert [key["kid"] for key in other.jwks()["keys"]] == [new.kid, old]


def test_the_private_part_of_a_retired_key_is_gone(folder):
    ring = Ring(folder, "ES256")
    ring.signer()
    ring.rotate()
    assert sorted(path.name for path in folder.glob("*.key")) == ["000002.key"]
    assert "d" not in json.loads((folder / "000001.json").read_text("utf-8"))["jwk"]


def test_a_distrusted_key_verifies_nothing_any_more(folder):
    ring = Ring(folder, "ES256")
    old = ring.signer().key.kid
    ring.rotate(distrust=True)
    assert ring.find(old) is None
    assert [key["kid"] for key in ring.jwks()["keys"]] == [ring.signer().key.kid]
    assert [state.distrusted for state in ring.states()] == [True, False]


def test_of_several_who_make_the_first_key_all_get_the_same(folder):
    found, start = [], threading.Barrier(6)

    def body():
        ring = Ring(folder, "Ed25519")
        start.wait(60)
        found.append(ring.signer().key.kid)

    threads = [threading.Thread(target=body) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 6
    assert len(set(found)) == 1


def test_a_half_written_key_is_not_seen(folder):
    ring = Ring(folder, "ES256")
    kid = ring.signer().key.kid
    (folder / ".000002.json.draft").write_bytes(b"{")
    assert Ring(folder, "ES256").signer().key.kid == kid


@BOTH
def test_a_changed_byte_is_noticed(folder, algorithm):
    signer = Ring(folder, algorithm).signer()
    signature = bytearray(signer.sign(DATA))
    assert not signer.key.verifies(bytes(signature), DATA + b"!")
    signature[10] ^= 1
    assert not signer.key.verifies(bytes(signature), DATA)
    assert not signer.key.verifies(b"", DATA)


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "RSA"},
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "AQ" * 21 + "E", "y": "AQ" * 21 + "E"},
        {"kty": "OKP", "crv": "Ed25519", "x": 7},
        {"kty": "OKP", "crv": "Ed25519", "x": "###"},
    ],
)  # fmt: skip
def test_keys_of_another_kind_or_off_the_curve_are_refused(jwk):
    with pytest.raises(ValueError, match=r".+"):
        curves.from_jwk(jwk)


@pytest.mark.parametrize("text", ["a", "a=", "ab==", "a b", "é", "YQ\n", "YR"])
def test_base64url_is_read_strictly(text):
    with pytest.raises(ValueError, match="base64url"):
        curves.decoded(text)
