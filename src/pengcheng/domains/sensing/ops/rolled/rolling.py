"""Rolling: old rows go into files, a month of a tenant at a time, and files into one another.

At each step a kill loses and doubles nothing. A file is noted as being written before anything is
read for it; it is written aside, brought to the disk and named; then one transaction makes it
readable. From there on its rows are deleted in slices; until they are gone the rows win. What was
begun and not ended is cleared away, or ended, by the next run.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from heapq import merge
from itertools import groupby, islice
from pathlib import Path
from typing import Any, TypeVar

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.rolled import catalogue, graves, sheet
from pengcheng.domains.sensing.ops.rolled.catalogue import Filed
from pengcheng.domains.sensing.ops.rolled.lines import Line, when
from pengcheng.domains.sensing.ops.rolled.sheet import Facts, Sheet
from pengcheng.domains.sensing.ops.rolled.shelf import SHELF
from pengcheng.domains.sensing.ops.rolled.source import Age, Source, tenants
from pengcheng.kernel import clock

T = TypeVar("T")
Commit = Callable[[Callable[[Connection], T]], T]
MOST_LINES = 4_000_000  # of a file
MOST_FILES = 4  # of one month; so many are merged
SLICE = 1000  # rows deleted in one transaction
OFTEN = 256  # lines between two breaths
LINGER = 600_000_000  # how long a merged file stays for those who are reading it, in microseconds


class Busy(Exception):
    """Somebody else is rolling."""


@dataclass(frozen=True)
class Rolled:
    """A file that was made."""

    tenant: str
    month: str
    name: str
    lines: int
    size: int
    merged: int = 0  # of how many files, if not of rows


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One at a time over all processes; raises Busy."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as reason:
            raise Busy from reason
        yield
    finally:
        os.close(descriptor)


class Roller:
    """Reads by a connection of its own and writes by `commit`, which may be the broker's writer."""

    def __init__(
        self,
        connection: Connection,
        commit: Callable[[Callable[[Connection], Any]], Any],
        breathe: Callable[[], None] = lambda: None,
        tell: Callable[[int], None] = lambda lines: None,
    ) -> None:
        """``breathe`` is called every few milliseconds: it may rest, or raise to stop; ``tell``
        hears of so many lines more."""
        self.connection, self.commit = connection, commit
        self.breathe, self.tell = breathe, tell

    def run(self, age: Age) -> Iterator[Rolled]:
        """All that is old enough, a file at a time."""
        with alone(self.connection.files):
            self.tidy()
            for tenant in tenants(self.connection):
                yield from self._roll(tenant, age)
                yield from self._merge(tenant)

    # -- what an earlier run left --------------------------------------------------------

    def tidy(self) -> None:
        for each in catalogue.files(self.connection, "ready"):
            self._settle(each.id, each.name)
        for each in catalogue.files(self.connection, "writing"):
            self._remove(each)
        now = catalogue.micros(clock.now())
        for each in catalogue.files(self.connection, "gone"):
            if each.changed + LINGER <= now:
                self._remove(each)

    def _remove(self, filed: Filed) -> None:
        path = self._path(filed.name)
        sheet.aside(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        SHELF.forget(path)
        with suppress(OSError):
            path.parent.rmdir()  # only if it is empty
        while self.commit(lambda connection: catalogue.drop_parts(connection, filed.id)):
            self.breathe()
        self.commit(lambda connection: catalogue.drop(connection, filed.id))

    def _path(self, name: str) -> Path:
        return self.connection.files / name

    # -- rows into files -----------------------------------------------------------------

    def _roll(self, tenant: str, age: Age) -> Iterator[Rolled]:
        source = Source(self.connection, tenant, age, self.breathe)
        while (oldest := source.oldest()) is not None:
            month = catalogue.month_of(oldest)
            # Each file reads anew: nothing that was read before it was noted may go into it.
            made = self._file(tenant, month, source.lines(*catalogue.span_of(month)))
            if made is None:
                return
            yield made

    def _file(self, tenant: str, month: str, lines: Iterator[Line]) -> Rolled | None:
        """As many lines as one file takes."""
        file, name, _ = self._reserve(tenant, month)
        facts = self._write(tenant, file, name, islice(lines, MOST_LINES))
        if facts is None:
            self.commit(lambda connection: catalogue.drop(connection, file))
            return None
        self.commit(lambda connection: catalogue.finish(connection, file, facts, "ready"))
        self._settle(file, name)
        return Rolled(tenant, month, name, facts.lines, facts.size)

    def _reserve(self, tenant: str, month: str) -> tuple[int, str, int]:
        found: tuple[int, str, int] = self.commit(
            lambda connection: catalogue.reserve(connection, tenant, month)
        )
        return found

    def _write(self, tenant: str, file: int, name: str, lines: Iterable[Line]) -> Facts | None:
        page = Sheet(self._path(name))
        try:
            for number, line in enumerate(lines, 1):
                page.add(line)
                if number % OFTEN == 0:
                    self.breathe()
                    self.tell(OFTEN)
                if len(page.parts) > SLICE:
                    self._put_parts(tenant, file, page, 1)
        except BaseException:
            page.abandon()
            raise
        if not page.facts.lines:
            page.abandon()
            return None
        self._put_parts(tenant, file, page, 0)
        return page.close()

    def _put_parts(self, tenant: str, file: int, page: Sheet, kept: int) -> None:
        """All but the last, which may go on."""
        whole = page.parts[: len(page.parts) - kept]
        self.commit(lambda connection: catalogue.put_parts(connection, tenant, file, whole))
        del page.parts[: len(whole)]

    def _settle(self, file: int, name: str) -> None:
        """Delete the rows that a file has, in the order in which they lie."""
        numbers = sorted(SHELF.numbers(self._path(name)).tolist())
        for start in range(0, len(numbers), SLICE):
            some = numbers[start : start + SLICE]
            self.commit(partial(catalogue.drop_rows, file=file, numbers=some))
            self.breathe()
        self.commit(lambda connection: catalogue.mark(connection, file, "done"))

    # -- files into one another ----------------------------------------------------------

    def _merge(self, tenant: str) -> Iterator[Rolled]:
        """Files of which something no longer counts, and months that lie in many."""
        known = [e for e in catalogue.files(self.connection, "done") if e.tenant == tenant]
        graved = catalogue.graved(self.connection, tenant)
        by_month: dict[str, list[Filed]] = {}
        for each in known:
            by_month.setdefault(each.month, []).append(each)
        for month, listed in sorted(by_month.items()):
            small = [each for each in listed if each.lines < MOST_LINES // 2]
            old = [e for e in listed if e.id in graved or (len(small) >= MOST_FILES and e in small)]
            if old:
                yield from self._merged(tenant, month, old)
        if catalogue.has_graves(self.connection, tenant):
            self.commit(lambda connection: catalogue.close_graves(connection, tenant))

    def _merged(self, tenant: str, month: str, old: Sequence[Filed]) -> Iterator[Rolled]:
        file, name, known = self._reserve(tenant, month)
        streams = [self._living(tenant, each) for each in old]
        lines = merge(*streams, key=lambda e: (e.entity, e.attr, when(e), e.seq))
        facts = self._write(tenant, file, name, lines)
        self.commit(lambda connection: catalogue.replace(connection, (file, known), facts, old))
        if facts is not None:
            yield Rolled(tenant, month, name, facts.lines, facts.size, len(old))

    def _living(self, tenant: str, filed: Filed) -> Iterator[Line]:
        lines = SHELF.everything(self._path(filed.name))
        for entity, some in groupby(lines, key=lambda line: line.entity):
            hidden = graves.of(self.connection, tenant, entity)
            yield from (each for each in some if not hidden or not hidden.hide(filed.id, each))
