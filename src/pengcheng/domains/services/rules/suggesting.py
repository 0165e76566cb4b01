"""What to offer when nothing was found: a word that is close, or a broader question."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

from pengcheng.domains.services.rules import ranking, words
from pengcheng.domains.services.rules.index import Index
from pengcheng.domains.services.rules.vocabulary import terms

MOST = 4
CLOSE = {True: 0.5, False: 0.72}
"""How alike two words must be, Chinese and Latin."""


def suggest(index: Index, text: str, concepts: Iterable[ranking.Concept]) -> tuple[str, ...]:
    """Questions that do find something, the nearest first."""
    said = tuple(concepts)
    if not said:
        return ()
    asked = words.plain(text).strip()
    offered = [*_near(index, asked), *_nearer(index, said), *_broader(said), *_themes(said)]
    fresh = (one for one in dict.fromkeys(offered) if one and words.plain(one) != asked)
    return tuple(one for one in fresh if ranking.find(index, one)[0])[:MOST]


def _nearer(index: Index, said: tuple[ranking.Concept, ...]) -> list[str]:
    """The question again, each unknown word replaced by its likeliest known ones."""
    known = [concept.said for concept in said if concept.ways]
    found = []
    for concept in said:
        if not concept.ways:
            found += [_joined(known, near) for near in _near(index, concept.said)]
    return found


def _near(index: Index, word: str) -> list[str]:
    han = words.is_han(word)
    pool = (other for other in _pool(index) if words.is_han(other) == han and len(other) > 1)
    if han:
        pool = (other for other in pool if set(other) & set(word))
    return get_close_matches(word, list(pool), n=3, cutoff=CLOSE[han])


def _pool(index: Index) -> set[str]:
    return {*index.title_words, *words.synonyms()}


def _broader(said: tuple[ranking.Concept, ...]) -> list[str]:
    """Only the words that are known, together and one by one."""
    known = [concept.said for concept in said if concept.ways]
    if len(known) == len(said):
        return known
    return [_joined(known[:-1], known[-1]), *known] if known else []


def _themes(said: tuple[ranking.Concept, ...]) -> list[str]:
    names = [(term.zh, term.en) for term in terms("theme").values()]
    asked = "".join(concept.said for concept in said)
    pairs = [(SequenceMatcher(None, asked, name).ratio(), name) for both in names for name in both]
    return [name for ratio, name in sorted(pairs, reverse=True) if ratio > 0.5][:1]


def _joined(known: list[str], last: str) -> str:
    return " ".join(dict.fromkeys([*known, last]))
