"""Judged by RFC 2617 and 7616, by requests (digest), and by sipmessage (messages)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.auth import HTTPDigestAuth
from sipmessage import Address, AuthCredentials, CSeq, Message, Via
from sipmessage import Request as Asked

from pengcheng.kit.sip import messages, values
from pengcheng.kit.sip.digest import Algorithm, Nonces, answer, challenge, ha1

pytestmark = pytest.mark.one_database
OLD = {
    "uri": "/dir/index.html",
    "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093",
    "nc": "00000001",
    "cnonce": "0a4f113b",
    "qop": "auth",
}
NEW = {
    **OLD,
    "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
}
PUBLISHED: tuple[tuple[Algorithm, str, str, dict[str, str], str], ...] = (
    (
        *("MD5", "testrealm@host.com", "Circle Of Life"),
        OLD,
        "6629fae49393a05397450978507c4ef1",
    ),
    (
        *("MD5", "http-auth@example.org", "Circle of Life"),
        NEW,
        "8ca523f5e9506fed4657c9700eebdbec",
    ),
    (
        *("SHA-256", "http-auth@example.org", "Circle of Life"),
        NEW,
        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
    ),
)


@pytest.mark.parametrize(("algorithm", "realm", "password", "said", "published"), PUBLISHED)
def test_answers_are_those_of_the_rfcs(
    algorithm: Algorithm, realm: str, password: str, said: dict[str, str], published: str
) -> None:
    known = ha1(algorithm, "Mufasa", realm, password)
    assert answer(algorithm, known, "GET", said) == published


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_a_client_not_of_ours_answers_our_challenge(algorithm: Algorithm) -> None:
    nonces, known = Nonces(b"k"), ha1(algorithm, "u", "4403000000", "p w")
    client = HTTPDigestAuth("u", "p w")
    client.init_per_thread_state()
    asked = challenge(algorithm, "4403000000", nonces.make(0))
    client._thread_local.chal = values.credentials(asked)
    for _ in range(2):
        told = client.build_digest_header("REGISTER", "http://x/a")
        assert told is not None
        assert nonces.judge(algorithm, known, "REGISTER", values.credentials(told), 1) == "good"


NAMES = st.text("abcdefghij0123456789", min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@given(NAMES, NAMES, st.integers(1, 65_535), st.integers(0, 2**31 - 1), st.binary(max_size=40))
def test_sipmessage_reads_what_we_write_and_we_read_what_it_writes(
    user: str, tag: str, port: int, number: int, body: bytes
) -> None:
    theirs = Asked("MESSAGE", Address.parse("<sip:a@example.org>").uri, body)
    theirs.via = [Via.parse(f"SIP/2.0/UDP example.org:{port};branch=z9hG4bK{tag}")]
    theirs.from_address = Address.parse(f'"N, \\"x\\"" <sip:{user}@example.org>;tag={tag}')
    theirs.to_address = Address.parse("<sip:b@example.org>")
    theirs.call_id, theirs.cseq = tag, CSeq(number, "MESSAGE")
    ours = messages.parse(bytes(theirs))
    assert (ours.cseq, ours.body) == ((number, "MESSAGE"), body)
    sender = values.address(ours.get("f") or ours.get("From"))
    assert (sender.uri.user, sender.parameters["tag"]) == (user, tag)
    assert values.via(ours.get("Via")).port == port
    again = Message.parse(messages.write(ours))
    assert (again.cseq, again.body) == (theirs.cseq, body)
    assert again.from_address == theirs.from_address


def test_sipmessage_reads_credentials_as_we_do() -> None:
    told = 'Digest username="u", realm="4403000000", nonce="n", uri="sip:x", nc=00000001, qop=auth'
    theirs = AuthCredentials.parse(told).parameters
    assert theirs is not None
    assert dict(theirs) == values.credentials(told)


def test_why_sipmessage_is_not_what_hears_cameras() -> None:
    """It wants a letter in a host name; GB/T 28181 has domains of ten digits. When this fails,
    think again.
    """
    with pytest.raises(ValueError, match="URI"):
        Address.parse("<sip:44030500001320000001@4403000000>")
    assert values.address("<sip:44030500001320000001@4403000000>").uri.host == "4403000000"
