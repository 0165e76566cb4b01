"""Passwords are proved, once for each count, and for a while."""

from __future__ import annotations

import pytest

from pengcheng.kit.sip.digest import LIFE, Algorithm, Nonces, answer, challenge, ha1
from pengcheng.kit.sip.values import credentials

pytestmark = pytest.mark.one_database
KNOWN = ha1("MD5", "u", "4403000000", "secret")


def said(nonces: Nonces, at: float = 0, nc: str = "00000001", **facts: str) -> dict[str, str]:
    told = {"username": "u", "realm": "4403000000", "nonce": nonces.make(at), "uri": "sip:x"}
    told |= {"qop": "auth", "nc": nc, "cnonce": "c", **facts}
    told = {name: value for name, value in told.items() if value}
    return told | {"response": answer("MD5", KNOWN, "REGISTER", told)}


def judge(nonces: Nonces, told: dict[str, str], at: float = 1) -> str:
    return nonces.judge("MD5", KNOWN, "REGISTER", told, at)


def test_a_count_is_good_once_and_only_upwards() -> None:
    nonces = Nonces(b"k")
    first = said(nonces)
    assert [judge(nonces, first), judge(nonces, first)] == ["good", "stale"]
    again = said(nonces, nonce=first["nonce"], nc="0000000A")
    assert judge(nonces, again) == "good"
    assert judge(nonces, said(nonces, nonce=first["nonce"], nc="00000002")) == "stale"


def test_without_qop_a_nonce_is_good_once() -> None:
    nonces = Nonces(b"k")
    old = said(nonces, qop="", nc="", cnonce="")
    assert [judge(nonces, old), judge(nonces, old)] == ["good", "stale"]


def test_a_nonce_of_others_or_too_old_is_stale() -> None:
    nonces = Nonces(b"k")
    assert judge(nonces, said(nonces, at=0), at=LIFE + 1) == "stale"
    assert judge(nonces, said(nonces, at=10), at=0) == "stale"
    assert judge(nonces, said(Nonces(b"other"))) == "stale"
    assert judge(nonces, said(nonces, nonce="made-up")) == "stale"


@pytest.mark.parametrize(
    "wrong",
    [
        {"response": "0" * 32},
        {"algorithm": "SHA-256"},
        {"algorithm": "MD5-sess"},
        {"qop": "auth-int"},
        {"nc": "1"},
        {"cnonce": ""},
        {"uri": ""},
    ],
)
def test_what_does_not_fit_is_wrong(wrong: dict[str, str]) -> None:
    nonces = Nonces(b"k")
    assert judge(nonces, {**said(nonces), **wrong}) == "wrong"


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_a_challenge_can_be_answered(algorithm: Algorithm) -> None:
    nonces, known = Nonces(b"k"), ha1(algorithm, "u", "r", "secret")
    asked = credentials(challenge(algorithm, "r", nonces.make(0), stale=True))
    assert (asked["algorithm"], asked["stale"], asked["qop"]) == (algorithm, "true", "auth")
    told = {"username": "u", "realm": "r", "nonce": asked["nonce"], "uri": "sip:x"}
    told |= {"algorithm": algorithm, "response": answer(algorithm, known, "REGISTER", told)}
    assert nonces.judge(algorithm, known, "REGISTER", told, 1) == "good"
    assert nonces.judge(algorithm, known, "MESSAGE", told, 1) == "wrong"
