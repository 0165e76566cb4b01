"""The series of the store: what an entity says of one attribute, by a number.

Rows of the past bear that number instead of the three names: an index of names has to be written
anew nearly everywhere for every batch, one of numbers costs a fourth of it (docs/adr/0046).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection
from itertools import chain
from typing import Any

from pengcheng.domains.sensing.ops.broker.database import Connection

# Which rows of the past.
OF_SERIES = "seq IN (SELECT seq FROM ngsild_place WHERE series IN ({}))"
OF_TENANT = OF_SERIES.format("SELECT number FROM ngsild_series WHERE tenant = ?")
OF_ENTITY = OF_SERIES.format("SELECT number FROM ngsild_series WHERE tenant = ? AND entity = ?")
OF_ATTRIBUTE = OF_SERIES.format(
    "SELECT number FROM ngsild_series WHERE tenant = ? AND entity = ? AND attr = ?"
)
# Of what the index has rows at all: a series may be empty.
NOT_EMPTY = "EXISTS (SELECT 1 FROM ngsild_place WHERE series = number)"
MOST_KEPT = 8192  # entities whose numbers stay at hand
AT_ONCE = 100


def numbers_of(
    connection: Connection, tenant: str, entity: str, names: Collection[str]
) -> dict[str, int]:
    """The number of each of these series; those that are new get one."""
    listed = sorted(names)
    found: dict[str, int] = {}
    for start in range(0, len(listed), AT_ONCE):
        part = listed[start : start + AT_ONCE]
        known = _made(connection, tenant, entity, part)
        if len(known) < len(part):
            known |= _there(connection, tenant, entity, part)
        found |= known
    return found


def _made(connection: Connection, tenant: str, entity: str, names: list[str]) -> dict[str, int]:
    marks = ", ".join(["(?, ?, ?)"] * len(names))
    rows = connection.all(
        f"INSERT INTO ngsild_series (tenant, entity, attr) VALUES {marks}"  # noqa: S608
        " ON CONFLICT DO NOTHING RETURNING attr, number",
        list(chain.from_iterable((tenant, entity, name) for name in names)),
    )
    return dict(rows)  # type: ignore[arg-type]  # pairs


def _there(connection: Connection, tenant: str, entity: str, names: list[str]) -> dict[str, int]:
    marks = ",".join("?" * len(names))
    rows: list[Any] = connection.all(
        "SELECT attr, number FROM ngsild_series"  # noqa: S608
        f" WHERE tenant = ? AND entity = ? AND attr IN ({marks})",
        (tenant, entity, *names),
    )
    return dict(rows)


class Known:
    """The numbers that the writer has asked for; what is undone with a savepoint it forgets."""

    def __init__(self, connection: Callable[[], Connection]) -> None:
        self._connection = connection
        self._kept: OrderedDict[tuple[str, str], dict[str, int]] = OrderedDict()

    def numbers(self, tenant: str, entity: str, names: Collection[str]) -> dict[str, int]:
        """By the attributes' names; those of the entity that are known besides are among them."""
        kept = self._kept.get((tenant, entity))
        if kept is None:
            kept = self._kept[tenant, entity] = {}
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        missing = [name for name in names if name not in kept]
        if missing:
            kept |= numbers_of(self._connection(), tenant, entity, set(missing))
        return kept

    def forget(self, tenant: str, entity: str) -> None:
        self._kept.pop((tenant, entity), None)

    def clear(self) -> None:
        self._kept.clear()
