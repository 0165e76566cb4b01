"""One instance as it goes between rows and files."""

from __future__ import annotations

from typing import NamedTuple

import orjson

MARK = b'"instanceId"'


class Line(NamedTuple):
    """A row of history; times are whole microseconds."""

    seq: int
    entity: str
    attr: str
    dataset: str
    instance: str
    observed: int | None
    created: int | None
    modified: int | None
    deleted: int | None
    doc: bytes


COLUMNS = ", ".join(Line._fields)
WHEN = "coalesce(observed, modified)"


def when(line: Line) -> int:
    """The time by which an instance is filed."""
    return line.observed if line.observed is not None else (line.modified or 0)


def short(line: Line) -> bytes:
    """The document without its id, which has a column of its own and packs badly twice."""
    tail = _tail(line.instance)
    head = line.doc.removesuffix(tail)
    if head == line.doc or MARK in head:
        return line.doc
    return head + b"}"


def whole(doc: bytes, instance: str) -> bytes:
    """The document as it was."""
    return doc if MARK in doc else doc[:-1] + _tail(instance)


def _tail(instance: str) -> bytes:
    return b"," + MARK + b":" + orjson.dumps(instance) + b"}"


def number(doc: bytes) -> float | None:
    """The value for whoever reads the file without us, if it is a number."""
    found = orjson.loads(doc)
    value = found.get("value")
    told = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if told else None
