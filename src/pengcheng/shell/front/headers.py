"""What of a message's headers goes through the front, and what is said anew.

Django must be able to believe X-Forwarded-For and X-Forwarded-Proto, so whatever a client wrote
there is dropped. WSGI takes `_` and `-` in a header's name for the same: names with `_` are dropped
too, or a client could write those headers after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Headers = list[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# Said by us, or dangerous to a server behind: `Proxy` becomes HTTP_PROXY in WSGI.
OURS = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-proto",
        b"x-forwarded-server",
        b"x-real-ip",
        b"proxy",
        b"expect",
    }
)
MADE_BY_SERVER = frozenset({b"server", b"date"})


def _named_in_connection(headers: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    """Headers that the sender declares to be for this connection only."""
    values = (value for name, value in headers if name.lower() == b"connection")
    return {token.strip().lower() for value in values for token in value.split(b",")}


def for_django(headers: Headers, *, client: str, scheme: str) -> list[tuple[str, str]]:
    """A request's headers as Django should see them."""
    # A client may not have the length struck out by naming it in Connection.
    dropped = HOP_BY_HOP | OURS | (_named_in_connection(headers) - {b"content-length", b"host"})
    kept = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in headers
        if name.lower() not in dropped and b"_" not in name
    ]
    return [*kept, ("X-Forwarded-For", client), ("X-Forwarded-Proto", scheme)]


def for_client(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """An answer's headers as the client should see them."""
    listed = [(name.lower(), value) for name, value in headers]
    dropped = HOP_BY_HOP | MADE_BY_SERVER | _named_in_connection(listed)
    return [(name, value) for name, value in listed if name not in dropped]


def values(headers: Headers, name: bytes) -> list[bytes]:
    return [value for key, value in headers if key.lower() == name]


def origin(scope: Mapping[str, Any], trusted: frozenset[str]) -> tuple[str, str]:
    """The client's address and scheme; a proxy of our own (nginx) is believed, nobody else."""
    address = (scope.get("client") or ("unknown", 0))[0]
    scheme = scope.get("scheme", "http")
    if address not in trusted:
        return address, scheme
    told = values(scope["headers"], b"x-forwarded-for")
    proto = values(scope["headers"], b"x-forwarded-proto")
    # The last address is what our proxy saw; those before it are what the client claimed.
    seen = told[-1].decode("latin-1").rsplit(",", 1)[-1].strip() if told else address
    said = proto[-1].decode("latin-1").strip() if proto else scheme
    return seen, said if said in {"http", "https"} else scheme
