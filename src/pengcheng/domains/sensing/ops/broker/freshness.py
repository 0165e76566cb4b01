"""Whether what was read is still so: a number for each entity and type that grows with its writes.

Names share a fixed number of places. Two names in one place make an answer look stale that is not,
never the other way round. The writer counts up after its batch is durable and before anybody is
told so; a reader takes the numbers before it reads.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from zlib import crc32

PLACES = 1 << 16
WHOLE = ""  # the place of everything a tenant has


@lru_cache(maxsize=8192)
def place(tenant: str, name: str) -> int:
    return crc32(f"{tenant} {name}".encode()) & (PLACES - 1)


class Generations:
    """The numbers; one thread writes, others read."""

    def __init__(self) -> None:
        self.numbers = array("Q", bytes(8 * PLACES))

    def changed(self, places: Iterable[int]) -> None:
        for each in places:
            self.numbers[each] += 1

    def still(self, marks: tuple[tuple[int, int], ...]) -> bool:
        numbers = self.numbers
        for each, number in marks:
            if numbers[each] != number:
                return False
        return True


@dataclass(slots=True)
class Reads:
    """What an answer was made of, and until when it can stand at the longest."""

    generations: Generations
    marks: dict[int, int] = field(default_factory=dict)
    until: float = inf

    def note(self, tenant: str, name: str) -> None:
        """Call before reading."""
        where = place(tenant, name)
        self.marks.setdefault(where, self.generations.numbers[where])
