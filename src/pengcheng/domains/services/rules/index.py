"""The index in memory: which item has which word, how heavily (BM25 over weighted fields)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log

from msgspec import Struct

from pengcheng.domains.services.contracts import Item, Term
from pengcheng.domains.services.rules import words
from pengcheng.domains.services.rules.vocabulary import term

WEIGHTS: Mapping[str, float] = {
    "title": 5.0,
    "english": 5.0,
    "alias": 3.0,
    "group": 1.5,
    "department": 1.5,
    "topic": 1.0,
    "material": 0.5,
    "condition": 0.4,
}
"""A word in the title counts ten times a word in the list of materials."""

SATURATION, LENGTH = 1.2, 0.6  # BM25's k1 and b

Tokens = Mapping[str, Sequence[str]]


def tokens(item: Item) -> dict[str, list[str]]:
    """What is stored beside an item, so that starting a process need not cut all texts again."""
    topics = [term("theme", id) for id in item.topic_type if id != "other"]
    audiences = [term("audience", id) for id in item.server_type]
    return {
        "title": words.index_words(item.task_name),
        "english": words.index_words(item.name_en),
        "alias": words.index_all(item.aliases),
        "group": words.index_all((item.group_name, item.catalog_name)),
        "department": words.index_all((item.dept_name, item.dept_name_en)),
        "topic": words.index_all(name for t in [*topics, *audiences] for name in (t.zh, t.en)),
        "material": words.index_all(item.materials),
        "condition": words.index_words(item.accept_condition),
    }


class Entry(Struct, frozen=True):
    """An item with its stored words, as the index takes it."""

    item: Item
    tokens: Tokens


def _averages(entries: Sequence[Entry]) -> dict[str, float]:
    sums: Counter[str] = Counter()
    for entry in entries:
        for field in WEIGHTS:
            sums[field] += len(entry.tokens.get(field, ()))
    return {field: max(sums[field] / max(len(entries), 1), 1.0) for field in WEIGHTS}


def _values(item: Item) -> dict[str, tuple[str, ...]]:
    """What the item counts for in each facet."""
    return {
        "audience": item.server_type,
        "theme": item.topic_type,
        "department": (item.dept_code,),
        "level": (item.use_level,),
        "kind": (item.task_type,),
        "online": ("yes",) if item.fully_online else (),
    }


def _department(item: Item) -> Term:
    return Term(item.dept_code, item.dept_name, item.dept_name_en or item.dept_name)


class Index:
    """Built once for a version of the catalogue, then only read: threads may share it."""

    def __init__(self, entries: Iterable[Entry], version: int = 0) -> None:
        kept = list(entries)
        self.version = version
        self.items = tuple(entry.item for entry in kept)
        self.titles = tuple(words.plain(entry.item.task_name) for entry in kept)
        self.values = tuple(_values(entry.item) for entry in kept)
        self.departments = {item.dept_code: _department(item) for item in self.items}
        self.by_code = {item.task_code: number for number, item in enumerate(self.items)}
        self._weights = self._collect(kept)
        self.title_words = frozenset(
            word
            for e in kept
            for f in ("title", "english", "alias")
            for word in e.tokens.get(f, ())
        )
        self._scores: dict[str, dict[int, float]] = {}

    @staticmethod
    def _collect(entries: Sequence[Entry]) -> dict[str, dict[int, float]]:
        found: defaultdict[str, dict[int, float]] = defaultdict(dict)
        averages = _averages(entries)
        for number, entry in enumerate(entries):
            for field, weight in WEIGHTS.items():
                stored = entry.tokens.get(field, ())
                shrink = weight / (1 - LENGTH + LENGTH * len(stored) / averages[field])
                for word in stored:
                    rows = found[word]
                    rows[number] = rows.get(number, 0.0) + shrink
        return dict(found)

    def __contains__(self, word: str) -> bool:
        return word in self._weights

    def rarity(self, word: str) -> float:
        """BM25's idf: the fewer items have the word, the more it tells."""
        having = len(self._weights.get(word, ()))
        return log(1 + (len(self.items) - having + 0.5) / (having + 0.5))

    def scores(self, word: str) -> dict[int, float]:
        """Score of each item that has the word; kept, for the same words are asked again."""
        known = self._scores.get(word)
        if known is None:
            idf = self.rarity(word)
            rows = self._weights.get(word, {})
            known = {n: idf * w * (SATURATION + 1) / (w + SATURATION) for n, w in rows.items()}
            if rows:
                self._scores[word] = known
        return known
