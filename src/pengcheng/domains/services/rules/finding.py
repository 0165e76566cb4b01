"""A page of results: filtered, counted by facet, cut into pages, with the found words marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pengcheng.domains.services.contracts import (
    Facet,
    FacetValue,
    Hit,
    Item,
    SearchPage,
    SearchQuery,
    Term,
)
from pengcheng.domains.services.rules import ranking, suggesting, words
from pengcheng.domains.services.rules.index import Index
from pengcheng.domains.services.rules.vocabulary import term, terms

SIZES = range(1, 101)
SHOWN_VALUES = 12

FACETS = ("audience", "theme", "department", "level", "kind", "online")


def search(index: Index, query: SearchQuery) -> SearchPage:
    """Answer a query from the index alone."""
    found, concepts = _found(index, query)
    active = _active(query)
    if active or concepts or query.text.strip():
        kept, counts = _sorted_out(index, found, active)
    else:
        kept, counts = _everything(index)
    size = query.size if query.size in SIZES else 20
    pages = max(1, -(-len(kept) // size))
    page = min(max(query.page, 1), pages)
    asked = tuple(_marks(concepts))
    shown = kept[(page - 1) * size : page * size]
    return SearchPage(
        query=query,
        hits=tuple(_hit(index, hit, asked, query.language) for hit in shown),
        total=len(kept),
        page=page,
        pages=pages,
        facets=tuple(_facet(index, name, counts[name], _chosen(query, name)) for name in FACETS),
        relaxed=bool(found) and bool(query.text) and found[0].coverage < ranking.WHOLE,
        suggestions=() if kept else suggesting.suggest(index, query.text, concepts),
        catalogue_version=index.version,
    )


def _found(
    index: Index, query: SearchQuery
) -> tuple[list[ranking.Found], tuple[ranking.Concept, ...]]:
    if query.text.strip():
        return ranking.find(index, query.text[:200])
    return _everything(index)[0], ()


@lru_cache(maxsize=2)
def _everything(index: Index) -> tuple[list[ranking.Found], dict[str, Counter[str]]]:
    """All items in their order, notices last, and their counts: worked out once an index."""
    every = [ranking.Found(number, 0.0, 1.0) for number in range(len(index.items))]
    every.sort(key=lambda hit: index.items[hit.number].is_notice)
    return _sorted_out(index, every, [])


def _chosen(query: SearchQuery, facet: str) -> str:
    if facet == "online":
        return "yes" if query.online else ""
    return str(getattr(query, facet))


def _active(query: SearchQuery) -> list[tuple[str, str]]:
    return [(name, chosen) for name in FACETS if (chosen := _chosen(query, name))]


def _sorted_out(
    index: Index, found: Sequence[ranking.Found], active: Sequence[tuple[str, str]]
) -> tuple[list[ranking.Found], dict[str, Counter[str]]]:
    """What passes all filters, and the counts of what a further choice would leave.

    A facet does not narrow itself: an item that fails only in one still counts there.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    kept = []
    for hit in found:
        values = index.values[hit.number]
        failed = [name for name, chosen in active if chosen not in values[name]]
        if not failed:
            kept.append(hit)
        if len(failed) <= 1:
            for name in failed or FACETS:
                for value in values[name]:
                    counts[name][value] += 1
    return kept, counts


def _facet(index: Index, name: str, counts: Counter[str], chosen: str) -> Facet:
    if chosen and chosen not in counts:
        counts[chosen] = 0
    ordered = sorted(counts.items(), key=lambda pair: (pair[0] != chosen, -pair[1], pair[0]))
    values = tuple(
        FacetValue(term=_term(index, name, id), count=count, chosen=id == chosen)
        for id, count in ordered[:SHOWN_VALUES]
    )
    return Facet(id=name, values=values)


def _term(index: Index, facet: str, id: str) -> Term:
    if facet == "department":
        return index.departments.get(id) or Term(id, id, id)
    if facet == "kind":
        return term("task_type", id)
    if facet == "online":
        return Term("yes", "全程网办", "Fully online")
    return term(facet, id)  # type: ignore[arg-type]


def facet_terms(facet: str) -> tuple[Term, ...]:
    """All values a facet can have, for the pages that offer them as a list."""
    return tuple(terms("task_type" if facet == "kind" else facet).values())


# --- marking ----------------------------------------------------------------------------


def _marks(concepts: Iterable[ranking.Concept]) -> Iterable[str]:
    for concept in concepts:
        yield concept.said
        for weight, said in concept.ways:
            if weight < ranking.SYNONYM:
                yield from said
            elif words.is_han(said[0]):
                yield "".join(said)


def _hit(index: Index, found: ranking.Found, asked: tuple[str, ...], language: str) -> Hit:
    item = index.items[found.number]
    title = marked(item.title(language), asked)
    place = "" if any(hit for _, hit in title) else _place(item, asked)
    excerpt = marked(place, asked) if place else ()
    return Hit(item=item, score=round(found.score, 3), marked=title, excerpt=excerpt)


def marked(text: str, asked: Iterable[str]) -> tuple[tuple[str, bool], ...]:
    """The text cut into pieces, each with whether it was searched for."""
    wanted = sorted({word for word in asked if word}, key=len, reverse=True)
    if not text or not wanted:
        return ((text, False),) if text else ()
    pattern = re.compile("|".join(map(_pattern, wanted)), re.IGNORECASE)
    pieces: list[tuple[str, bool]] = []
    start = 0
    for match in pattern.finditer(text):
        if match.start() > start:
            pieces.append((text[start : match.start()], False))
        pieces.append((match[0], True))
        start = match.end()
    if start < len(text):
        pieces.append((text[start:], False))
    return tuple(pieces)


def _pattern(word: str) -> str:
    return re.escape(word) if words.is_han(word) else rf"\b{re.escape(word)}(?:s|es)?\b"


def _place(item: Item, asked: tuple[str, ...]) -> str:
    """Where else the words stand: a material, or a piece of the conditions."""
    for text in (*item.materials, item.accept_condition):
        low = text.lower()
        spots = [low.find(word) for word in asked if word and word in low]
        if spots:
            start = max(0, min(spots) - 20)
            return ("…" if start else "") + text[start : start + 70] + ("…" if text[70:] else "")
    return ""
