"""Server-sent events as bytes (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, frozen=True):
    """An outbox row as the live side needs it; ``data`` is the JSON text as it was stored."""

    position: int
    id: str
    type: str
    subject: str
    time: str
    data: str


def event(row: Row) -> bytes:
    """The frame of an outbox row; its position is the id that a client comes back with."""
    facts = {"id": row.id, "type": row.type, "subject": row.subject, "time": row.time}
    body = msgspec.json.encode({**facts, "data": msgspec.Raw(row.data.encode())})
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (row.position, row.type.encode(), body)


def named(name: str, facts: dict[str, object]) -> bytes:
    """A frame of our own (hello, beat, reset) that carries no position."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(facts))


RETRY = b"retry: 2000\n\n"
