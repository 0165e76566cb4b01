"""SIP messages read and written, and all that is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pengcheng.kit.sip import values
from pengcheng.kit.sip.messages import LARGEST, Malformed, Message, Stream, parse, write

pytestmark = pytest.mark.one_database
NUMBER = "44030500001320000001"
HEAD = (
    f"REGISTER sip:44030000002000000001@4403000000 SIP/2.0\r\n"
    f"Via: SIP/2.0/UDP 192.0.2.7:5060;rport;branch=z9hG4bK1\r\n"
    f"From: <sip:{NUMBER}@4403000000>;tag=a\r\nTo: <sip:{NUMBER}@4403000000>\r\n"
    f"Call-ID: c1@192.0.2.7\r\nCSeq: 1 REGISTER\r\n"
)


def text(head: str = HEAD, more: str = "", body: str = "") -> bytes:
    return f"{head}{more}\r\n{body}".encode()


def test_a_request_and_a_response_are_read() -> None:
    found = parse(text(more="Expires: 86400\r\nContent-Length: 2\r\n", body="hiMORE"))
    assert (found.method, found.number("expires"), found.body) == ("REGISTER", 86400, b"hi")
    assert found.cseq == (1, "REGISTER")
    answer = parse(text(HEAD.replace(HEAD.split("\r\n")[0], "SIP/2.0 200 OK fine")))
    assert (answer.code, answer.phrase, answer.method) == (200, "OK fine", "")


def test_short_names_folded_lines_and_bare_line_feeds_are_the_same() -> None:
    odd = (
        "REGISTER sip:x@4403000000 sip/2.0\n"
        "v:  SIP / 2.0 / UDP\n  192.0.2.7 ; branch = z9hG4bK1\n"
        f'f : "A ; <b>, c\\"" <sip:{NUMBER}@4403000000>\n\t;tag=98\n'
        f"t: sip:{NUMBER}@4403000000;tag=7\ni: c1\nCSEQ: 9\n REGISTER\nl: 0\n\n"
    )
    found = parse(odd.encode())
    sender = values.address(found.get("From"))
    assert (sender.uri.user, sender.uri.host, sender.parameters) == (
        NUMBER,
        "4403000000",
        {"tag": "98"},
    )
    assert values.address(found.get("To")).parameters == {"tag": "7"}
    via = values.via(found.get("via"))
    assert (via.transport, via.host, via.port, via.parameters["branch"]) == (
        *("UDP", "192.0.2.7", 0),
        "z9hG4bK1",
    )
    assert found.cseq == (9, "REGISTER")


def test_names_in_gb_18030_do_not_stop_a_message() -> None:
    raw = text(more="Subject: 摄像机\r\n").decode().encode("gb18030")
    assert parse(raw).get("s") == ""
    assert parse(raw).get("subject") == "摄像机"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no end"),
        (b"\r\n\r\n", "no end"),
        (b"hello\r\n\r\n", "no first line"),
        (text(HEAD.replace("SIP/2.0\r\n", "HTTP/1.1\r\n", 1)), "not SIP"),
        (text(HEAD.replace("REGISTER", "REG ISTER", 1)), "not SIP"),
        (text("SIP/2.0 999 Odd\r\n" + HEAD.split("\r\n", 1)[1]), "status"),
        (text(more="Content-Length: 9\r\n", body="short"), "shorter"),
        (text(more="Content-Length: -1\r\n"), "no number"),
        (text(more="Content-Length: 0\r\nl: 4\r\n", body="evil"), "twice"),
        (text(more="Call-ID: other\r\n"), "twice"),
        (text(HEAD.replace("Via", "Vía")), "no header"),
        (text(HEAD.replace("Via", "X-Via")), "via is missing"),
        (text(HEAD.replace("CSeq: 1 REGISTER", "CSeq: 1 INVITE")), "another method"),
        (text(HEAD.replace("CSeq: 1", "CSeq: 2147483648")), "cseq"),
        (text(more="no colon here\r\n"), "no header"),
        (text(more="A: b\x00c\r\n"), "no header"),
        (text(more="A: b\r\n" * 100), "too many"),
        (text(more="A: " + "b" * 20_000 + "\r\n"), "no end"),
        (text(body="b" * LARGEST), "too large"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        parse(raw)


@pytest.mark.parametrize(
    "told",
    [
        "tel:110",
        "sip:",
        "<sip:a@b",
        '"open <sip:a@b>',
        "sip:a@b c",
        "sip:a@b:99999",
        "sip:" + "a" * 500 + "@b",
    ],
)
def test_what_is_no_address_is_refused(told: str) -> None:
    with pytest.raises(Malformed):
        values.address(told)


def test_credentials_are_read_and_nothing_in_them_counts_twice() -> None:
    found = values.credentials('Digest username="a,\\"b", nc=00000001 ,uri="sip:x;y=1"')
    assert found == {"username": 'a,"b', "nc": "00000001", "uri": "sip:x;y=1"}
    for bad in ("Basic abc", 'Digest nc=1, nc=2, uri="x"', 'Digest uri="x'):
        with pytest.raises(Malformed):
            values.credentials(bad)


def test_a_line_break_cannot_be_written_into_a_header() -> None:
    with pytest.raises(Malformed):
        write(Message(code=200, phrase="OK", headers=(("To", "a\r\nX: b"),)))


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300), st.integers(1, 40))
@example(b"\r\n\r\n", 1)
def test_any_body_is_written_and_read_again_in_any_pieces(body: bytes, size: int) -> None:
    message = parse(text())
    told = Message(method=message.method, uri=message.uri, headers=message.headers, body=body)
    raw = write(told)
    assert parse(raw).body == body
    stream, twice = Stream(), b"\r\n\r\n" + raw + raw
    pieces = [twice[at : at + size] for at in range(0, len(twice), size)]
    assert [each.body for piece in pieces for each in stream.feed(piece)] == [body, body]


@settings(max_examples=25, deadline=None)
@given(
    st.text(alphabet='<>";:@,=\\ sip1\r\n\t/', max_size=60), st.sampled_from(["From", "Via", "A"])
)
def test_nonsense_is_refused_and_never_more(told: str, name: str) -> None:
    for read in (values.address, values.via, values.credentials, lambda t: parse(t.encode())):
        try:
            read(told)
        except Malformed:
            continue
    try:
        parse(text(more=f"{name}: {told}\r\n"))
    except Malformed:
        pass


def test_a_stream_has_bounds() -> None:
    for raw in (b"A" * 17_000, text(), text(more="Content-Length: 70000\r\n")):
        with pytest.raises(Malformed):
            Stream().feed(raw)


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (values.via, "SIP/2.0/UDP a" + " " * 16_000 + "x"),
        (values.via, "SIP" + " " * 16_000 + "/x"),
        (values.via, "SIP/2.0/UDP " + "a." * 8_000 + ";"),
        (values.address, '"' + '\\"' * 8_000),
        (values.address, "sip:" + "a:" * 8_000),
        (values.credentials, 'Digest a="' + '",a="' * 3_000),
    ],
)
def test_what_is_made_to_cost_minutes_is_refused_at_once(read: Any, told: str) -> None:
    """The first of them once took 71 seconds; it would run into the time limit again."""
    with pytest.raises(Malformed):
        read(told)
