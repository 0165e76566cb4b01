"""The catalogue handed to others as CPSV-AP: a page at a time, or one item."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pengcheng.domains.services.contracts import Item, Situation
from pengcheng.domains.services.contracts.lifeevents import LifeEvent
from pengcheng.domains.services.ops import catalogue
from pengcheng.domains.services.rules import lifeevents

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


def publish_events(base: str, format: Format) -> bytes:
    """The life events with all their parts: entries of ours and of the catalogue alike."""
    from pengcheng.domains.services.rules import cpsv

    events = tuple(lifeevents.events().values())
    codes = dict.fromkeys(part.item for event in events for part in event.part)
    items = catalogue.items(tuple(codes))
    source = replace(
        catalogue.shelf().catalogue.source,
        name="Pengcheng life events",
        name_zh="鹏城一件事（演示）",
        origin="Pengcheng",
        origin_url="",
        coverage_zh="由我们定义的一件事及其各部分",
        coverage_en="Events defined by us, with their parts",
    )
    graph = cpsv.graph(base, items, tuple(_situation(event) for event in events), source)
    return cpsv.written(graph, format)


def _situation(event: LifeEvent) -> Situation:
    return Situation(
        id=event.id,
        zh=event.zh,
        en=event.en,
        hint_zh=event.lead_zh,
        hint_en=event.lead_en,
        kind=event.kind,
        items=tuple(part.item for part in event.part),
    )


def _written(base: str, format: Format, items: tuple[Item, ...] | list[Item]) -> bytes:
    # rdflib takes a third of a second to import: whoever never exports does not wait for it.
    from pengcheng.domains.services.rules import cpsv

    shelf = catalogue.shelf()
    graph = cpsv.graph(base, items, shelf.situations, shelf.catalogue.source)
    return cpsv.written(graph, format)
