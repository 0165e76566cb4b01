"""What stands in SIP headers: addresses, Via, parameters, digest credentials."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from pengcheng.kit.sip.messages import Malformed

URI = re.compile(
    r"(?P<scheme>sips?):(?:(?P<user>[^@:;?<>\s]{1,128})(?::[^@<>\s]{0,128})?@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>[;?][^<>\s]*)?\Z",
    re.IGNORECASE,
)
VIA = re.compile(  # after blanks were taken out: two that may each be empty cost minutes
    r"SIP/2\.0/(?P<transport>[A-Za-z-]{2,16}) "
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::(?P<port>[0-9]{1,5}))?\Z",
    re.IGNORECASE,
)


class Uri(msgspec.Struct, frozen=True):
    """``sip:user@host:port``."""

    user: str
    host: str
    port: int = 0


class Address(msgspec.Struct, frozen=True):
    """A From, To or Contact."""

    uri: Uri
    parameters: dict[str, str]


class Via(msgspec.Struct, frozen=True):
    """Where a message came by."""

    transport: str
    host: str
    port: int
    parameters: dict[str, str]


def uri(told: str) -> Uri:
    """Raises Malformed. The host may be ten digits: GB/T 28181 calls its domains so."""
    found = URI.match(told.strip())
    if found is None:
        raise Malformed("no SIP address")
    return Uri(found["user"] or "", found["host"], _port(found["port"]))


def _port(told: str | None) -> int:
    if int(told or 0) > 65_535:
        raise Malformed("no port")
    return int(told or 0)


def address(told: str) -> Address:
    """``"name" <sip:…>;tag=…`` or ``sip:…;tag=…``. Raises Malformed."""
    rest = _after_name(told.strip())
    if rest.startswith("<"):
        inner, closed, after = rest[1:].partition(">")
        if not closed:
            raise Malformed("an address is not closed")
        return Address(uri(inner), parameters(after))
    plain, _, after = rest.partition(";")
    return Address(uri(plain), parameters(after))


def _after_name(told: str) -> str:
    if told.startswith('"'):
        end = _end_of_quoted(told)
        return told[end:].lstrip()
    before, opened, after = told.partition("<")
    return f"<{after}" if opened and ":" not in before else told


def _end_of_quoted(told: str) -> int:
    escaped = False
    for at, char in enumerate(told[1:], 1):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"':
            return at + 1
    raise Malformed("a quoted text is not closed")


def via(told: str) -> Via:
    """The first of a Via line. Raises Malformed."""
    head, _, rest = next(split(told, ",")).partition(";")
    for sign in "/:":
        head = sign.join(part.strip() for part in head.split(sign))
    found = VIA.match(" ".join(head.split()))
    if found is None:
        raise Malformed("no Via")
    return Via(found["transport"].upper(), found["host"], _port(found["port"]), parameters(rest))


def parameters(told: str) -> dict[str, str]:
    """``;a=1;b`` → ``{"a": "1", "b": ""}``; names in small letters."""
    return dict(_pairs(told, ";"))


def split(told: str, by: str) -> Iterator[str]:
    """Cut, but not within quotes."""
    start = at = 0
    while at < len(told):
        if told[at] == '"':
            at += _end_of_quoted(told[at:])
            continue
        if told[at] == by:
            yield told[start:at]
            start = at + 1
        at += 1
    yield told[start:]


def _pairs(told: str, by: str) -> Iterator[tuple[str, str]]:
    for part in split(told, by):
        name, _, value = part.partition("=")
        if name.strip():
            yield name.strip().lower(), _plain(value.strip())


def _plain(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def credentials(told: str) -> dict[str, str]:
    """The parts of ``Digest username="…", …``; nothing twice. Raises Malformed."""
    scheme, _, rest = told.strip().partition(" ")
    if scheme.lower() != "digest":
        raise Malformed("not Digest")
    pairs = list(_pairs(rest, ","))
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a part of the credentials twice")
    return found
