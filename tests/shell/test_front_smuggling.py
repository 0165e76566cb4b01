"""No message has two readings: what the front takes for one request is one request for Django.

The forms are the published ones (CL.TE, TE.CL, TE.TE, CL.0 and their relatives). A smuggled second
request would be answered too, so the sign of failure is a second answer or the path /smuggled.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pengcheng.shell.front import checks
from tests.support import servers

pytestmark = pytest.mark.slow

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


AMBIGUOUS = {
    "CL.TE": POST
    + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % (5 + len(SMUGGLED))
    + b"0\r\n\r\n"
    + SMUGGLED,
    "TE.CL": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunk(SMUGGLED),
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 40\r\n\r\n" + SMUGGLED,
    "lengths in a list": POST + b"Content-Length: 0, 40\r\n\r\n" + SMUGGLED,
    "signed length": POST + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
    "hexadecimal length": POST + b"Content-Length: 0x28\r\n\r\n" + SMUGGLED,
    "space before the colon": POST + b"Content-Length : 40\r\n\r\n" + SMUGGLED,
    "unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n" + SMUGGLED,
    "coding in a list": POST + b"Transfer-Encoding: identity, chunked\r\n\r\n" + chunk(SMUGGLED),
    "coding twice": POST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n"
    + chunk(SMUGGLED),
    "coding after a tab": POST + b"Transfer-Encoding:\tchunked\r\n\r\n" + chunk(SMUGGLED),
    "coding on a folded line": POST + b"X: y\r\n Transfer-Encoding: chunked\r\n\r\n" + SMUGGLED,
    "chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(SMUGGLED),
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "line feed in a header": POST + b"X: y\nTransfer-Encoding: chunked\r\n\r\n" + chunk(SMUGGLED),
    "null in a header": POST + b"X: y\x00Content-Length: 40\r\n\r\n" + SMUGGLED,
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    path = tmp_path_factory.mktemp("front") / "s"
    with servers.echo(path), servers.front(path) as port:
        yield port


@pytest.mark.parametrize("form", AMBIGUOUS)
def test_an_ambiguous_message_is_refused_and_its_connection_closed(port: int, form: str) -> None:
    raw = servers.talk(port, AMBIGUOUS[form], timeout=60)
    status = raw.split(b" ", 2)[1]
    assert status in {b"400", b"411"}, raw
    assert raw.count(b"HTTP/1.1 ") == 1
    assert b"/smuggled" not in raw


def test_the_body_of_a_get_is_not_a_second_request(port: int) -> None:
    """CL.0: a server that ignores the length of a GET would read the body as a request."""
    head = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    raw = servers.talk(port, head % len(SMUGGLED) + SMUGGLED)
    assert raw.count(b"HTTP/1.1 200") == 1
    assert b'"length": %d' % len(SMUGGLED) in raw


def test_a_length_hidden_behind_connection_does_not_desynchronise(port: int) -> None:
    head = POST + b"Connection: close, Content-Length\r\nContent-Length: %d\r\n\r\n"
    raw = servers.talk(port, head % len(SMUGGLED) + SMUGGLED)
    assert raw.count(b"HTTP/1.1 200") == 1
    assert b'"path": "/"' in raw


def test_one_persons_answer_never_reaches_another_after_a_refusal(port: int) -> None:
    """The pool behind the front stays in step whatever was refused before it."""
    for form in AMBIGUOUS.values():
        servers.talk(port, form, timeout=0.3)
    for number in range(10):
        asked = b"GET /mine-%d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % number
        assert b'"path": "/mine-%d"' % number in servers.talk(port, asked)


def test_an_absolute_address_names_the_path_only(port: int) -> None:
    raw = servers.talk(
        port, b"GET http://evil.example/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    assert b'"path": "/x"' in raw


def test_a_line_end_cannot_be_written_into_a_header(port: int) -> None:
    raw = servers.talk(
        port, b"GET /%0d%0aX-Evil:1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    assert b"HTTP_X_EVIL" not in raw


@pytest.mark.parametrize("method", [b"CONNECT a:80", b"TRACE /"])
def test_methods_of_proxies_get_no_tunnel_and_no_secret(port: int, method: bytes) -> None:
    raw = servers.talk(
        port, method + b" HTTP/1.1\r\nHost: a\r\nCookie: s=1\r\nConnection: close\r\n\r\n"
    )
    assert raw.startswith(b"HTTP/1.1 4")
    assert b"s=1" not in raw


@pytest.mark.parametrize(
    ("length", "status"),
    [
        (b"%d" % checks.BODY_LIMIT, None),
        (b"0" * 5000 + b"7", None),
        (b"%d" % (checks.BODY_LIMIT + 1), 413),
        (b"0" * 20 + b"99999999999", 413),
        (b"9" * 5000, 413),
    ],
)
def test_a_length_counts_whole_however_it_is_written(length: bytes, status: int | None) -> None:
    headers = [(b"content-length", length)]
    refused = checks.refusal({"method": "POST", "headers": headers})
    assert (refused.status if refused else None) == status
    assert status or checks.body_length(headers) == int(length[-12:])
