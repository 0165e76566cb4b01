"""The catalogue handed to others as CPSV-AP: a page at a time, or one item."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from pengcheng.domains.services.contracts import Item
from pengcheng.domains.services.ops import catalogue

Format = Literal["turtle", "json-ld"]


class Published(Struct, frozen=True, kw_only=True):
    """A page in the asked form."""

    body: bytes
    total: int
    page: int
    pages: int


def publish(base: str, format: Format, page: int, size: int) -> Published:
    every = catalogue.shelf().index.items
    first = (page - 1) * size
    return Published(
        body=_written(base, format, every[first : first + size]),
        total=len(every),
        page=page,
        pages=max(1, -(-len(every) // size)),
    )


def publish_one(base: str, format: Format, code: str) -> bytes:
    return _written(base, format, (catalogue.item(code),))


def _written(base: str, format: Format, items: tuple[Item, ...] | list[Item]) -> bytes:
    # rdflib takes a third of a second to import: whoever never exports does not wait for it.
    from pengcheng.domains.services.rules import cpsv

    shelf = catalogue.shelf()
    graph = cpsv.graph(base, items, shelf.situations, shelf.catalogue.source)
    return cpsv.written(graph, format)
