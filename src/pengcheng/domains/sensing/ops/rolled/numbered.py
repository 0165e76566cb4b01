"""What is rolled, by its number: one instance, or all of a tenant in the order they came."""

from __future__ import annotations

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.rolled import graves
from pengcheng.domains.sensing.ops.rolled.graves import Graves
from pengcheng.domains.sensing.ops.rolled.lines import Line
from pengcheng.domains.sensing.ops.rolled.shelf import SHELF

FILES = (
    "SELECT id, name, first_seq FROM ngsild_file WHERE tenant = ?"
    " AND state IN ('ready', 'done') AND last_seq >= ?"
)


def one(connection: Connection, tenant: str, number: int) -> Line | None:
    for file, name, first in connection.all(f"{FILES} ORDER BY id DESC", (tenant, number)):
        if first > number:
            continue
        path = connection.files / name
        for line in SHELF.numbered(path, SHELF.following(path, number - 1, 1)):
            hidden = graves.of(connection, tenant, line.entity)
            if line.seq == number and not hidden.hide(file, line):
                return line
    return None


def following(
    connection: Connection, tenant: str, last: int, size: int
) -> tuple[list[Line], int | None]:
    """Lines with the next so many numbers of each file, and up to which these are all there are
    (None: to the end).
    """
    lines: list[Line] = []
    end: int | None = None
    known: dict[str, Graves] = {}
    for file, name, first in connection.all(f"{FILES} ORDER BY first_seq", (tenant, last + 1)):
        if end is not None and first > end:
            break
        path = connection.files / name
        places = SHELF.following(path, last, size)
        found = SHELF.numbered(path, places)
        if len(places) == size:
            highest = max(line.seq for line in found)
            end = highest if end is None else min(end, highest)
        for line in found:
            if line.entity not in known:
                known[line.entity] = graves.of(connection, tenant, line.entity)
            if not known[line.entity].hide(file, line):
                lines.append(line)
    return lines, end
