"""Reading what is rolled: which files have something of a series, and its lines from them.

Whoever reads rows and files together does so within `connection.reading()`: an instance goes from
the one to the other in a transaction, and would else be seen twice or not at all. While the rows of
a new file are still being deleted both have them; the row wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import Any

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.rolled import graves
from pengcheng.domains.sensing.ops.rolled.graves import Graves
from pengcheng.domains.sensing.ops.rolled.lines import Line
from pengcheng.domains.sensing.ops.rolled.shelf import SHELF
from pengcheng.domains.sensing.ops.rolled.tables import TIMES

BOUNDS = ", ".join(f"r.{name}_from, r.{name}_to" for name in TIMES)
LIVING = "f.state IN ('ready', 'done')"
PARTS = (
    f"SELECT r.attr, r.start, r.lines, r.file, f.name, {BOUNDS} FROM ngsild_rolled r"  # noqa: S608
    f" JOIN ngsild_file f ON f.id = r.file AND {LIVING} WHERE r.tenant = ? AND r.entity = ?"
)


@dataclass(frozen=True, slots=True)
class Section:
    """Where a series lies in one file."""

    entity: str
    attr: str
    start: int
    lines: int
    file: int
    path: Path
    bounds: dict[str, tuple[int | None, int | None]]

    def holds(self, column: str, since: int | None, until: int | None) -> bool:
        """Whether it may have something of that time."""
        low, high = self.bounds[column]
        if since is None and until is None:
            return True
        if low is None or high is None:
            return False
        return (since is None or high >= since) and (until is None or low <= until)

    def newest(self, column: str) -> int | None:
        return self.bounds[column][1]


def any_of(connection: Connection, tenant: str, entity: str) -> bool:
    """Whether files have something of an entity: one look into an index."""
    row = connection.one(
        "SELECT 1 FROM ngsild_rolled WHERE tenant = ? AND entity = ? LIMIT 1", (tenant, entity)
    )
    return row is not None


def any_at_all(connection: Connection, tenant: str) -> bool:
    """Whether a tenant has history in files."""
    row = connection.one("SELECT 1 FROM ngsild_rolled WHERE tenant = ? LIMIT 1", (tenant,))
    return row is not None


def sections(
    connection: Connection, tenant: str, entity: str, attrs: Iterable[str] | None = None
) -> list[Section]:
    """Of all files, by attribute; the older file first."""
    names = sorted(attrs) if attrs is not None else []
    if attrs is not None and not names:
        return []
    where = f" AND r.attr IN ({','.join('?' * len(names))})" if names else ""
    rows = connection.all(
        f"{PARTS}{where} ORDER BY r.attr, f.since, f.id", (tenant, entity, *names)
    )
    return [_section(connection.files, entity, row) for row in rows]


def _section(folder: Path, entity: str, row: Sequence[Any]) -> Section:
    attr, start, lines, file, name, *bounds = row
    times = dict(zip(TIMES, zip(bounds[::2], bounds[1::2], strict=True), strict=True))
    return Section(entity, attr, start, lines, file, folder / name, times)


def walk(
    section: Section,
    hidden: Graves,
    times: tuple[str, int | None, int | None] = ("observed", None, None),
    *,
    newest_first: bool = False,
) -> Iterator[list[Line]]:
    """What counts of a section, a group at a time; within a group the oldest first."""
    place = (section.entity, section.attr, section.start, section.lines)
    column, since, until = times
    bound = since is not None or until is not None
    get = Line._fields.index(column)
    for found in SHELF.lines(section.path, place, times, newest_first=newest_first):
        if bound:
            found = [line for line in found if _within(line[get], since, until)]
        if hidden:
            found = [line for line in found if not hidden.hide(section.file, line)]
        yield found


def _within(at: Any, since: int | None, until: int | None) -> bool:
    return at is not None and (since is None or at >= since) and (until is None or at <= until)


def lines(
    connection: Connection,
    tenant: str,
    entity: str,
    attrs: Iterable[str] | None = None,
    times: tuple[str, int | None, int | None] = ("observed", None, None),
) -> Iterator[Line]:
    """All that files have of an entity, or of some of its attributes."""
    found = sections(connection, tenant, entity, attrs)
    hidden = graves.of(connection, tenant, entity) if found else Graves()
    for section in found:
        if section.holds(*times):
            for some in walk(section, hidden, times):
                yield from some


def in_order(
    connection: Connection,
    tenant: str,
    entity: str,
    attr: str,
    since: int | None,
    until: int | None,
    *,
    newest_first: bool = False,
) -> Iterator[Line]:
    """What was observed of one series, by time and number; a file is opened when it is its turn."""
    times = ("observed", since, until)
    found = [each for each in sections(connection, tenant, entity, {attr}) if each.holds(*times)]
    hidden = graves.of(connection, tenant, entity) if found else Graves()
    for some in _overlapping(found, newest_first=newest_first):
        yield from merge(
            *(_observed(each, hidden, times, newest_first=newest_first) for each in some),
            key=lambda line: (line.observed or 0, line.seq),
            reverse=newest_first,
        )


def _observed(
    section: Section,
    hidden: Graves,
    times: tuple[str, int | None, int | None],
    *,
    newest_first: bool,
) -> Iterator[Line]:
    for some in walk(section, hidden, times, newest_first=newest_first):
        timed = [line for line in some if line.observed is not None]
        yield from reversed(timed) if newest_first else timed


def _overlapping(found: list[Section], *, newest_first: bool) -> list[list[Section]]:
    """Sections whose times meet, together; mostly each is alone."""
    spans = [(*each.bounds["observed"], each) for each in found]
    timed = [(low, high, each) for low, high, each in spans if low is not None and high is not None]
    timed.sort(key=lambda span: span[:2])
    groups: list[list[Section]] = []
    end = -1
    for low, high, each in timed:
        if groups and low <= end:
            groups[-1].append(each)
        else:
            groups.append([each])
        end = max(end, high)
    return groups[::-1] if newest_first else groups


def attributes(connection: Connection, tenant: str, entity: str) -> set[str]:
    """Of which an instance counts that lies in a file."""
    found = sections(connection, tenant, entity)
    hidden = graves.of(connection, tenant, entity) if found else Graves()
    names: set[str] = set()
    for section in found:
        if section.attr not in names and (
            not hidden or any(any(some) for some in walk(section, hidden))
        ):
            names.add(section.attr)
    return names
