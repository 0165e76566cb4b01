"""Words of a text: Chinese by segmentation, Latin by spaces; alike at index and query time."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from io import BytesIO
from typing import Any

from pengcheng.domains.services.rules.vocabulary import data_bytes

_RUN = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]+|[a-z0-9]+(?:[.\-+'][a-z0-9]+)*")
_HAN = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]")

EMPTY = frozenset(
    "的 和 及 与 或 等 对 在 为 了 是 由 其 将 从 以 于 并 个"
    " a an the of for to in on and or my i how do".split()
)
"""Words that say nothing in an index."""

ASKING = frozenset(
    "我 要 我要 我想 想 怎么 怎样 怎么办 如何 哪里 哪儿 什么 需要 可以"
    " 能 吗 呢 办理 办 申请 请问 想要 去"
    " get apply application need want where what can is are with".split()
)
"""Words of a question that do not narrow it; they count only when there is nothing else."""


@cache
def _segmenter() -> Any:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    made = jieba.Tokenizer()
    made.load_userdict(BytesIO(data_bytes("words.txt")))
    return made


def warm() -> None:
    """Load the dictionary now (about a second) instead of in somebody's first search."""
    _segmenter().lcut("通行证")


def plain(text: str) -> str:
    """One way of writing: NFKC, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def stem(word: str) -> str:
    """English plurals stand for the singular; nothing cleverer, so that it can be foretold."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def is_han(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return bool(_HAN.search(text))


def words(text: str) -> list[str]:
    """The words one after the other, each character in one word.

    Unknown names stay single characters (no guessing of new words), so that a query is always cut
    as the text was.
    """
    found: list[str] = []
    for run in _RUN.findall(plain(text)):
        found += _cut(run) if is_han(run) else (stem(run),)
    return [word for word in found if word not in EMPTY]


@lru_cache(maxsize=20_000)
def _cut(run: str) -> tuple[str, ...]:
    """Items say much in the same words: the names of departments, of kinds, of papers."""
    return tuple(_segmenter().lcut(run, HMM=False))


@lru_cache(maxsize=20_000)
def parts(word: str) -> tuple[str, ...]:
    """The shorter words inside a Chinese word (居民身份证 → 居民, 身份, 身份证)."""
    if not is_han(word) or len(word) < 3:
        return ()
    inner = (part for part in _segmenter().lcut_for_search(word, HMM=False) if part != word)
    return tuple(dict.fromkeys(part for part in inner if len(part) > 1))


def index_words(text: str) -> list[str]:
    """What is stored for an item: the words, and the shorter words inside them."""
    return [token for word in words(text) for token in (word, *parts(word))]


def index_all(texts: Iterable[str]) -> list[str]:
    """The stored words of several texts."""
    return [token for text in texts for token in index_words(text)]


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """From each phrase of the synonym list to all phrases of its lines."""
    table: dict[str, tuple[str, ...]] = {}
    for phrases in _lines():
        for phrase in phrases:
            table[phrase] = tuple(dict.fromkeys((*table.get(phrase, ()), *phrases)))
    return table


@cache
def doings() -> frozenset[str]:
    """Phrases for something to be done (replace, cancel), which narrow less than things do."""
    return frozenset(phrase for phrases in _lines("~") for phrase in phrases)


def _lines(mark: str = "") -> list[tuple[str, ...]]:
    lines = data_bytes("synonyms.txt").decode().splitlines()
    kept = (line for line in lines if line and not line.startswith("#") and line.startswith(mark))
    return [tuple(plain(word.strip()) for word in line.lstrip("~").split(",")) for line in kept]
