"""Which instances of files no longer count. A file is never changed: what is deleted or changed of
it is noted here and wins, until the file is merged into another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.rolled.lines import Line

DIG = (
    "INSERT INTO ngsild_grave (tenant, entity, attr, dataset, observed, number, until_file,"
    " until_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True)
class Grave:
    """What is buried: all of an attribute ("" is every one) but for what is named more exactly."""

    attr: str = ""
    dataset: str | None = None
    observed: int | None = None
    number: int | None = None


@dataclass(slots=True)
class Graves:
    """Those of one entity."""

    whole: list[tuple[str, str | None, int, int]] = field(default_factory=list)
    moments: dict[tuple[str, str, int], list[tuple[int, int]]] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)

    def hide(self, file: int, line: Line) -> bool:
        if self.numbers.get(line.seq, 0) >= file:
            return True
        if self.moments and line.observed is not None and line.deleted is None:
            for until, seq in self.moments.get((line.attr, line.dataset, line.observed), ()):
                if until >= file and seq >= line.seq:
                    return True
        return any(
            attr in {"", line.attr}
            and (dataset is None or dataset == line.dataset)
            and until >= file
            and seq >= line.seq
            for attr, dataset, until, seq in self.whole
        )

    def __bool__(self) -> bool:
        return bool(self.whole or self.moments or self.numbers)


def of(connection: Connection, tenant: str, entity: str) -> Graves:
    rows = connection.all(
        "SELECT attr, dataset, observed, number, until_file, until_seq FROM ngsild_grave"
        " WHERE tenant = ? AND entity = ?",
        (tenant, entity),
    )
    found = Graves()
    for attr, dataset, observed, number, until, seq in rows:
        if number is not None:
            found.numbers[number] = max(until, found.numbers.get(number, 0))
        elif observed is not None:
            found.moments.setdefault((attr, dataset, observed), []).append((until, seq))
        else:
            found.whole.append((attr, dataset, until, seq))
    return found


def dig(connection: Connection, tenant: str, entity: str, graves: Sequence[Grave]) -> None:
    """In the transaction that deletes or changes the rows; costs a look where nothing is rolled."""
    if not graves:
        return
    connection.hold()
    if not connection.one("SELECT 1 FROM ngsild_file WHERE tenant = ? LIMIT 1", (tenant,)):
        return
    graves = _needed(connection, tenant, entity, graves)
    if not graves:
        return
    row = connection.one(
        "SELECT max(id), max(last_seq), (SELECT max(seq) FROM ngsild_past) FROM ngsild_file"
    )
    file, filed, stored = row or (0, 0, 0)
    until = max(filed or 0, stored or 0)
    connection.many(
        DIG,
        [
            (tenant, entity, each.attr, each.dataset, each.observed, each.number, file, until)
            for each in graves
        ],
    )


def _needed(
    connection: Connection, tenant: str, entity: str, graves: Sequence[Grave]
) -> Sequence[Grave]:
    """Those over something that a file has, or may have soon."""
    if connection.one(
        "SELECT 1 FROM ngsild_file WHERE tenant = ? AND state = 'writing' LIMIT 1", (tenant,)
    ):
        return graves
    names = {each.attr for each in graves}
    where = " AND attr = ?" if len(names) == 1 and "" not in names else ""
    parts = connection.all(
        "SELECT attr, observed_from, observed_to FROM ngsild_rolled"  # noqa: S608
        f" WHERE tenant = ? AND entity = ?{where}",
        (tenant, entity, *(names if where else ())),
    )
    return [each for each in graves if any(_covers(each, *part) for part in parts)]


def _covers(grave: Grave, attr: str, low: int | None, high: int | None) -> bool:
    if grave.attr not in {"", attr}:
        return False
    if grave.observed is None:
        return True
    return low is not None and high is not None and low <= grave.observed <= high
