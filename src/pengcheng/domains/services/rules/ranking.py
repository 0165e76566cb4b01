"""What a question means, which items answer it and in what order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from pengcheng.domains.services.rules import words
from pengcheng.domains.services.rules.index import Index

WHOLE = 0.999
ENOUGH = 0.5
"""An item that has less than half of what was asked for is no answer."""

SYNONYM, PART, PIECE = 0.8, 0.55, 0.5
DOING = 0.4
"""What somebody wants done narrows the search less than what it is done to."""

LOOKING = re.compile("查询|咨询|公布|公示|公开|进度|资讯|check|look up|progress")
"""Words of items that only tell something; people mostly want the handling itself."""


class Concept(Struct, frozen=True):
    """One thing that was asked for, and the ways an item may say it: (weight, all these words)."""

    said: str
    ways: tuple[tuple[float, tuple[str, ...]], ...]
    share: float = 1.0


class Found(Struct, frozen=True):
    """An item's number in the index, its score, and which part of the question it meets."""

    number: int
    score: float
    coverage: float


# --- the question -----------------------------------------------------------------------


def question(index: Index, text: str) -> tuple[Concept, ...]:
    """The concepts of a question; words that only ask are left out unless there is nothing else."""
    rest, concepts = _phrases(index, words.plain(text))
    singles = [word for word in words.words(rest) if word not in words.EMPTY]
    telling = [word for word in singles if word not in words.ASKING]
    if not telling and not concepts:
        telling = singles
    concepts += [_word(index, word) for word in dict.fromkeys(telling)]
    return tuple(concepts)


def _phrases(index: Index, text: str) -> tuple[str, list[Concept]]:
    """Cut the phrases of the synonym list out of the text, the longest first."""
    concepts: list[Concept] = []
    known = words.synonyms()
    for phrase in sorted(_candidates(text, known), key=len, reverse=True):
        if _spot(phrase).search(text):
            text = _spot(phrase).sub(" ", text)
            share = DOING if phrase in words.doings() else 1.0
            concepts.append(Concept(phrase, _ways(index, phrase, known[phrase]), share))
    return text, concepts


def _candidates(text: str, known: Iterable[str]) -> list[str]:
    return [phrase for phrase in known if phrase in text]


def _spot(phrase: str) -> re.Pattern[str]:
    edge = "" if words.is_han(phrase) else r"\b"
    return re.compile(edge + re.escape(phrase) + edge)


def _ways(
    index: Index, said: str, phrases: Iterable[str]
) -> tuple[tuple[float, tuple[str, ...]], ...]:
    ways = [(1.0 if phrase == said else SYNONYM, tuple(words.words(phrase))) for phrase in phrases]
    usable = [way for way in ways if way[1] and all(word in index for word in way[1])]
    return tuple(dict.fromkeys(usable))


def _word(index: Index, word: str) -> Concept:
    """A plain word: itself, else the shorter words inside it, else its pieces."""
    ways: list[tuple[float, tuple[str, ...]]] = []
    if word in index:
        ways.append((1.0, (word,)))
    inner = words.parts(word)
    if inner and all(part in index for part in inner):
        ways.append((PART, inner))
    if not ways:
        pieces = _pieces(index, word)
        ways += [(PIECE, pieces)] if pieces else []
    return Concept(word, tuple(ways))


def _pieces(index: Index, word: str) -> tuple[str, ...]:
    """An unknown Chinese word cut along the longest words that the index knows."""
    if not words.is_han(word) or len(word) < 2:
        return ()
    found, start = [], 0
    while start < len(word):
        ends = (end for end in range(len(word), start, -1) if word[start:end] in index)
        end = next(ends, None)
        if end is None:
            return ()
        found.append(word[start:end])
        start = end
    return tuple(found)


# --- the answer -------------------------------------------------------------------------


def _meets(index: Index, concept: Concept) -> dict[int, float]:
    """How well each item meets one concept: its best way of saying it."""
    best: dict[int, float] = {}
    for weight, said in concept.ways:
        tables = sorted((index.scores(word) for word in said), key=len)
        for number in tables[0] if tables else ():
            if all(number in table for table in tables[1:]):
                score = weight * sum(table[number] for table in tables) / len(tables) ** 0.5
                if score > best.get(number, 0.0):
                    best[number] = score
    return best


def find(index: Index, text: str) -> tuple[list[Found], tuple[Concept, ...]]:
    """All items that answer, best first (ties in the order of the catalogue), and the concepts."""
    concepts = question(index, text)
    totals: dict[int, float] = {}
    covered: dict[int, float] = {}
    for concept in concepts:
        for number, score in _meets(index, concept).items():
            totals[number] = totals.get(number, 0.0) + score * concept.share
            covered[number] = covered.get(number, 0.0) + concept.share
    needed = sum(concept.share for concept in concepts) or 1.0
    asked = words.plain(text).strip()
    found = [_found(index, n, total, covered[n] / needed, asked) for n, total in totals.items()]
    return _keep(found), concepts


def _found(index: Index, number: int, total: float, coverage: float, asked: str) -> Found:
    return Found(number, _final(index, number, total, coverage, asked), coverage)


def _final(index: Index, number: int, score: float, coverage: float, asked: str) -> float:
    title = index.titles[number]
    score *= coverage**2
    if title == asked:
        score *= 3.0
    elif asked in title:
        score *= 1.3 + 0.7 * len(asked) / len(title)
    item = index.items[number]
    if item.is_notice:
        score *= 0.3
    if LOOKING.search(title) and not LOOKING.search(asked):
        score *= 0.6
    return score


def _keep(found: list[Found]) -> list[Found]:
    if not found:
        return []
    best = max(hit.coverage for hit in found)
    floor = max(ENOUGH, min(best, WHOLE) * 0.75)
    kept = [hit for hit in found if hit.coverage >= floor]
    return sorted(kept, key=lambda hit: (-hit.score, hit.number))
