"""Answers kept for the next one who asks the same, for as long as nothing they show has changed.

A request is known by its address and the headers that can change its answer. Its answer stands
while the generations of what it was read from stand; after that the request is answered anew from
what was understood of it the first time. What is asked of other brokers is never kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from pengcheng.domains.sensing.api.broker import Broker
from pengcheng.domains.sensing.web.ngsild.http import Answer, Request
from pengcheng.kernel import clock

# All headers on which the answer to a GET of entities depends: one that is missing here would let
# one client read another's answer. A test compares this with the headers that are read.
VARY = ("accept", "link", "ngsild-tenant", "prefer", "ngsild-entitymap", "ngsild-snapshot", "via")
MOST_BYTES = 64 << 20
LARGEST = 256 << 10
ENTRY = 1500  # about what an entry takes besides its answer
Key = tuple[str | None, ...]


def key_of(path: str, query: str, headers: Mapping[str, str]) -> Key:
    get = headers.get
    return (path, query, *[get(each) for each in VARY])


@dataclass(slots=True)
class Kept:
    request: Request
    answer: Answer
    text: list[tuple[str, str]]  # the headers once more, as RSGI wants them
    marks: tuple[tuple[int, int], ...]
    until: float
    source: str | None
    size: int


class Remembered:
    """The answers that are kept, the least used go first."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.size = 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    def find(self, key: Key) -> Kept | None:
        """An answer that is still true, if the question is known."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        broker = self.broker
        if broker.registering.sources or not broker.contexts.holds(
            kept.source, kept.request.context
        ):
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        fresh = kept.until == inf or kept.until > clock.now().timestamp()
        if fresh and broker.generations.still(kept.marks):
            return kept
        return self._again(key, kept)

    def _again(self, key: Key, kept: Kept) -> Kept | None:
        """The same question, understood already, to the store as it is now."""
        assert kept.request.repeat is not None  # noqa: S101 — nothing else is kept
        self._drop(key)
        try:
            reader = kept.request.reader()
            answer = kept.request.repeat(reader)
        except Exception:  # noqa: BLE001, RUF100 — told by the long way
            return None
        if kept.request.tenant:
            answer.with_header("NGSILD-Tenant", kept.request.tenant)
        return self.keep(key, kept.request, answer)

    def keep(self, key: Key, request: Request, answer: Answer) -> Kept | None:
        """Keep an answer whose handler said how it can be given again."""
        reads = request.reading.reads if request.reading is not None else None
        if request.repeat is None or reads is None or answer.status != 200:
            return None
        if len(answer.body) > LARGEST or len(reads.marks) > 64:
            return None
        text = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in answer.headers]
        size = len(answer.body) * 3 + ENTRY
        marks, source = tuple(reads.marks.items()), request.link()
        kept = Kept(request, answer, text, marks, reads.until, source, size)
        self._drop(key)
        self._kept[key] = kept
        self.size += size
        while self.size > MOST_BYTES:
            self.size -= self._kept.popitem(last=False)[1].size
        return kept

    def _drop(self, key: Key) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self.size -= old.size
