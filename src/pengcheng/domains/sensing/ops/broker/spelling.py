"""Rows of the past as the writer leaves them, and spelled out by whoever stores them.

What an entity says at once is left as one piece: to make a row of each instance takes longer than
all else that is done for it, and the process that stores has the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson

from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.reading import Instance

ROW = (
    "INSERT INTO ngsild_past (series, dataset, instance, observed, created, modified, deleted, doc)"
)
PLACES = "(?, ?, ?, ?, ?, ?, ?, ?)"
INSERT = f"{ROW} VALUES {PLACES}"
SAID = "said"  # stands for INSERT, with rows that are to be spelled out
INSTANCE = "urn:ngsi-ld:instance:"
# Numbers of the series, their instances as JSON, when it was said; of the ids that these get, what
# they begin with and the first number.
Said = tuple[list[int], bytes, str, str, int]
Order = tuple[str, Sequence[Sequence[Any]]]  # a statement and its rows


def micros(text: str | None) -> int | None:
    """A moment as whole microseconds, which sort and compare alike on both databases."""
    return _micros(text) if text else None


@lru_cache(maxsize=1024)
def _micros(text: str) -> int:
    return int(terms.instant(text).timestamp() * 1_000_000)


def spelled(order: Order) -> Order:
    """What a database understands."""
    statement, rows = order
    if statement != SAID:
        return order
    return INSERT, [row for each in rows for row in _rows(*each)]


def _rows(
    series: list[int], told: bytes, now: str, random: str, number: int
) -> list[tuple[Any, ...]]:
    at, first, found = _micros(now), f"{INSTANCE}{random}-", []
    listed: list[Instance] = orjson.loads(told)
    for place, each in zip(series, listed, strict=True):
        identity = each.get("instanceId") or f"{first}{number}"
        number += 1
        each["createdAt"] = each["modifiedAt"] = now
        each["instanceId"] = identity
        observed = each.get("observedAt")
        row = (place, each.get("datasetId", ""), identity, observed and _micros(observed))
        found.append((*row, at, at, None, orjson.dumps(each)))
    return found
