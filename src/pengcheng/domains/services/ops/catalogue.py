"""The catalogue in memory: built from the rows once a version, shared by all threads."""

from __future__ import annotations

from threading import Lock, Thread

import msgspec

from pengcheng.domains.services.contracts import (
    Catalogue,
    Department,
    Gap,
    Item,
    SearchPage,
    SearchQuery,
    Situation,
    Source,
)
from pengcheng.domains.services.models import CatalogueState, ServiceItem
from pengcheng.domains.services.rules import finding, lifeevents, pinyin, sheets, words
from pengcheng.domains.services.rules.index import Entry, Index, Tokens
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import NotFound

_lock = Lock()
_facts = msgspec.json.Decoder(Item)
_tokens = msgspec.json.Decoder(dict[str, list[str]])


class Shelf(msgspec.Struct, frozen=True):
    """Everything of one version of the catalogue."""

    index: Index
    catalogue: Catalogue
    situations: tuple[Situation, ...]
    featured: tuple[str, ...]
    departments: tuple[Department, ...]


_shelf: Shelf | None = None
_stamp = Lookup(lambda: CatalogueState.objects.only("version", "loaded_at"), keys=0)


def shelf() -> Shelf:
    """The current version. Costs one small query; a new version is built by the first who asks."""
    global _shelf
    stamp = _stamp.first()
    if stamp is None:
        raise _empty()
    known = _shelf
    if known is None or not _same(known, stamp):
        with _lock:
            known = _shelf
            if known is None or not _same(known, stamp):
                known = _shelf = _build(CatalogueState.objects.get())
                # The dictionary takes a second: it is read while the first page is on its way.
                Thread(target=words.warm, daemon=True).start()
    return known


def _same(shelf: Shelf, state: CatalogueState) -> bool:
    seen = shelf.catalogue
    return (seen.version, seen.loaded_at) == (state.version, state.loaded_at)


def _build(state: CatalogueState) -> Shelf:
    rows = ServiceItem.objects.order_by("position").values_list("facts", "tokens")
    entries = [Entry(_facts.decode(facts), _read(tokens)) for facts, tokens in rows.iterator()]
    index = Index(entries, state.version)
    return Shelf(
        index=index,
        catalogue=Catalogue(
            version=state.version,
            items=state.items,
            loaded_at=state.loaded_at,
            source=msgspec.json.decode(state.source, type=Source),
            gaps=msgspec.json.decode(state.gaps, type=tuple[Gap, ...]),
        ),
        situations=msgspec.json.decode(state.situations, type=tuple[Situation, ...]),
        featured=tuple(msgspec.json.decode(state.featured, type=list[str])),
        departments=_departments(index),
    )


def _read(tokens: str) -> Tokens:
    return _tokens.decode(tokens)


def _departments(index: Index) -> tuple[Department, ...]:
    counts: dict[str, int] = {}
    for item in index.items:
        counts[item.dept_code] = counts.get(item.dept_code, 0) + 1
    made = [
        Department(code=term.id, name=term.zh, name_en=term.en, items=counts[term.id])
        for term in index.departments.values()
    ]
    return tuple(sorted(made, key=lambda department: (-department.items, department.code)))


def _empty() -> NotFound:
    return NotFound(
        code="services.catalogue.empty",
        zh="事项目录尚未载入",
        en="The catalogue of services is not loaded yet",
        next_zh="请管理员运行 pengcheng demo load。",
        next_en="Ask the administrator to run: pengcheng demo load",
    )


# --- reading ----------------------------------------------------------------------------


def search(query: SearchQuery) -> SearchPage:
    return finding.search(shelf().index, query)


def item(code: str) -> Item:
    index = shelf().index
    number = index.by_code.get(code)
    if number is None and code in lifeevents.extras():
        return lifeevents.extras()[code]
    if number is None:
        raise NotFound(
            code="services.item.not_found",
            zh="没有这个事项",
            en="There is no such service",
            next_zh="请搜索事项名称，或从主题进入。",
            next_en="Search for its name, or browse by theme.",
        )
    return index.items[number]


def items(codes: tuple[str, ...]) -> tuple[Item, ...]:
    """Items by code, in that order; codes that are not in the catalogue are left out."""
    index, ours = shelf().index, lifeevents.extras()
    return tuple(
        ours[code] if code in ours else index.items[index.by_code[code]]
        for code in codes
        if code in ours or code in index.by_code
    )


def related(code: str, most: int = 5) -> tuple[Item, ...]:
    """Other items of the same group, then of the same department and theme."""
    index, this = shelf().index, item(code)
    nearness = {
        other.task_code: near for other in index.items if (near := _nearness(this, other)) > 0
    }
    best = sorted(nearness, key=lambda code: (-nearness[code], index.by_code[code]))
    return items(tuple(best[:most]))


def _nearness(this: Item, other: Item) -> int:
    if other.task_code == this.task_code or other.is_notice:
        return 0
    topics = set(this.topic_type) & set(other.topic_type) - {"other"}
    same_office = 2 * (other.dept_code == this.dept_code)
    return 5 * (other.group_name == this.group_name) + (same_office + 1 if topics else 0)


def beginning_with(letter: str) -> tuple[Item, ...]:
    """Items whose Chinese name begins with this letter in pinyin; '#' for all the others."""
    return tuple(i for i in shelf().index.items if pinyin.initial(i.task_name) == letter)


def letters() -> tuple[tuple[str, int], ...]:
    """The letters under which there are items, with how many."""
    counts: dict[str, int] = {}
    for item in shelf().index.items:
        letter = pinyin.initial(item.task_name)
        counts[letter] = counts.get(letter, 0) + 1
    return tuple(sorted(counts.items()))


def instant() -> tuple[Item, ...]:
    """The items that are decided by rule."""
    return tuple(i for i in shelf().index.items if sheets.decided_instantly(i.task_code))


def warm() -> None:
    """Build the index and load the dictionary, so that nobody's first search waits."""
    words.warm()
    try:
        shelf()
    except NotFound:
        return
