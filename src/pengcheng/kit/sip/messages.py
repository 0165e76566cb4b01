"""SIP messages (a part of RFC 3261): read with bounds, written so that old devices read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

LARGEST = 65_535  # bytes of a message
LARGEST_HEAD = 16_384
MOST_HEADERS = 80
VERSION = "SIP/2.0"
COMPACT = {
    **{"i": "Call-ID", "m": "Contact", "e": "Content-Encoding", "l": "Content-Length"},
    **{"c": "Content-Type", "f": "From", "s": "Subject", "k": "Supported", "t": "To", "v": "Via"},
    **{"o": "Event", "u": "Allow-Events", "r": "Refer-To", "x": "Session-Expires"},
}
TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]{1,64}\Z")
NUMBER = re.compile(r"[0-9]{1,10}\Z")
ODD = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
SINGLE = ("call-id", "cseq", "from", "to", "content-length", "max-forwards")
Header = tuple[str, str]


class Malformed(ValueError):
    """Bytes that are no message we take; the text says why."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A request (it has a ``method``) or a response (it has a ``code``)."""

    headers: tuple[Header, ...] = ()
    body: bytes = b""
    method: str = ""
    uri: str = ""
    code: int = 0
    phrase: str = ""

    def get(self, name: str, default: str = "") -> str:
        """The first header of this name."""
        return next(iter(self.all(name)), default)

    def all(self, name: str) -> list[str]:
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    def number(self, name: str) -> int | None:
        """A header that is a number. Raises Malformed when it is not."""
        told = self.get(name)
        if not told:
            return None
        if not NUMBER.match(told) or int(told) > 2**32 - 1:
            raise Malformed(f"{name} is no number")
        return int(told)

    @property
    def cseq(self) -> tuple[int, str]:
        number, _, method = self.get("CSeq").partition(" ")
        return int(number), method.strip()


def parse(data: bytes) -> Message:
    """One whole message, as a datagram brings it. Raises Malformed."""
    if len(data) > LARGEST:
        raise Malformed("too large")
    head, body = _split(data.lstrip(b"\r\n"))
    found = _head(head)
    length = found.number("Content-Length")
    if length is not None and length > len(body):
        raise Malformed("shorter than its Content-Length")
    body = body if length is None else body[:length]
    return msgspec.structs.replace(found, body=body)


def _split(data: bytes) -> tuple[bytes, bytes]:
    """Head and body; some devices end lines with a bare line feed."""
    ends = [(at, len(end)) for end in (b"\r\n\r\n", b"\n\n") if (at := data.find(end)) >= 0]
    if not ends or min(ends)[0] > LARGEST_HEAD:
        raise Malformed("no end of the headers")
    at, size = min(ends)
    return data[:at], data[at + size :]


def _head(raw: bytes) -> Message:
    lines = text_of(raw).replace("\r\n", "\n").split("\n")
    headers = tuple(_headers(_unfolded(lines[1:])))
    found = msgspec.structs.replace(_first(lines[0]), headers=headers)
    _check(found)
    return found


def text_of(raw: bytes) -> str:
    """Headers are UTF-8; devices write names in them as GB 18030."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _first(line: str) -> Message:
    parts = line.split(" ", 2)
    if len(parts) < 2:
        raise Malformed("no first line")
    if parts[0].upper() == VERSION:
        if not re.match(r"[1-6][0-9][0-9]\Z", parts[1]):
            raise Malformed("no status code")
        return Message(code=int(parts[1]), phrase=parts[2] if len(parts) > 2 else "")
    if len(parts) != 3 or parts[2].upper() != VERSION:
        raise Malformed("not SIP/2.0")
    if not TOKEN.match(parts[0]) or not parts[1] or len(parts[1]) > 512:
        raise Malformed("no request line")
    return Message(method=parts[0], uri=parts[1])


def _unfolded(lines: Sequence[str]) -> list[str]:
    """A line that begins with a blank goes on with the one before."""
    found: list[str] = []
    for line in lines:
        if line[:1] in (" ", "\t"):
            if not found:
                raise Malformed("begins folded")
            found[-1] += " " + line.strip()
        else:
            found.append(line)
        if len(found) > MOST_HEADERS:
            raise Malformed("too many headers")
    return found


def _headers(lines: Sequence[str]) -> Iterator[Header]:
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.rstrip(" \t")
        if not colon or not TOKEN.match(name) or ODD.search(value):
            raise Malformed("a line that is no header")
        yield COMPACT.get(name.lower(), name), value.strip()


def _check(message: Message) -> None:
    """What every message has, and has once: two readers must not see different ones."""
    for name in SINGLE:
        values = message.all(name)
        if len(values) > 1 or (not values and name in SINGLE[:4]):
            raise Malformed(f"{name} {'twice' if values else 'is missing'}")
    if not message.all("Via"):
        raise Malformed("via is missing")
    parts = message.get("CSeq").split()
    if len(parts) != 2 or not NUMBER.match(parts[0]) or int(parts[0]) >= 2**31:
        raise Malformed("cseq is no number with a method")
    if message.method and parts[1] != message.method:
        raise Malformed("cseq names another method")


def write(message: Message) -> bytes:
    """Bytes of a message; its Content-Length is counted here."""
    first = f"{message.method} {message.uri} {VERSION}"
    if message.code:
        first = f"{VERSION} {message.code} {message.phrase}"
    lines = [first, *(f"{n}: {v}" for n, v in message.headers if n.lower() != "content-length")]
    if any("\r" in line or "\n" in line for line in lines):
        raise Malformed("a line break in a header")
    head = "\r\n".join([*lines, f"Content-Length: {len(message.body)}", "", ""])
    return head.encode() + message.body


class Stream:
    """Messages out of a TCP stream: there each says how long it is."""

    def __init__(self) -> None:
        self._held = b""
        self._head: Message | None = None
        self._begins = self._ends = 0

    def feed(self, data: bytes) -> list[Message]:
        """Whole messages. Raises Malformed: then nothing after it can be found either."""
        self._held += data
        found = []
        while (one := self._take()) is not None:
            found.append(one)
        return found

    def _take(self) -> Message | None:
        head = self._head or self._read_head()
        if head is None or len(self._held) < self._ends:
            self._head = head
            return None
        body = self._held[self._begins : self._ends]
        self._held, self._head = self._held[self._ends :], None
        return msgspec.structs.replace(head, body=body)

    def _read_head(self) -> Message | None:
        self._held = self._held.lstrip(b"\r\n")  # RFC 5626: blank lines keep a line alive
        end = self._held.find(b"\r\n\r\n", 0, LARGEST_HEAD + 4)
        if end < 0:
            if len(self._held) > LARGEST_HEAD:
                raise Malformed("no end of the headers")
            return None
        head = _head(self._held[:end])
        length = head.number("Content-Length")
        if length is None or length > LARGEST:
            raise Malformed("no Content-Length, or too large")
        self._begins, self._ends = end + 4, end + 4 + length
        return head
