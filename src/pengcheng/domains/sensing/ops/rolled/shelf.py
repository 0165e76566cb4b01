"""Reading lines of Parquet files: only the groups that are asked for, the last used kept."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

from pengcheng.domains.sensing.ops.rolled.lines import Line, whole
from pengcheng.domains.sensing.ops.rolled.tables import TIMES

MOST_OPEN, MOST_GROUPS = 32, 48  # a group is about half a megabyte
MOST_ORDERS = 2  # sixteen bytes a line
READ = ("seq", "dataset", "instance", *TIMES, "doc")


class Lost(Exception):
    """A file that history needs is not there."""


class _File:
    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        try:
            self.file = pq.ParquetFile(path)
        except FileNotFoundError as reason:
            raise Lost(f"{path} is not there") from reason
        meta = self.file.metadata
        self.starts, at = [], 0
        for number in range(meta.num_row_groups):
            self.starts.append(at)
            at += meta.row_group(number).num_rows
        self.lines = at
        names = [meta.schema.column(place).name for place in range(meta.num_columns)]
        self.place = {name: place for place, name in enumerate(names)}

    def within(self, start: int, count: int) -> list[int]:
        """The groups in which these lines are."""
        ends = [*self.starts[1:], self.lines]
        return [
            number
            for number, (low, high) in enumerate(zip(self.starts, ends, strict=True))
            if low < start + count and high > start
        ]

    def may_hold(self, group: int, column: str, since: int | None, until: int | None) -> bool:
        """By its statistics."""
        told = self.file.metadata.row_group(group).column(self.place[column]).statistics
        if told is None:
            return True
        if not told.has_min_max:
            return False
        return (since is None or told.max_raw >= since) and (until is None or told.min_raw <= until)


class Shelf:
    """Open files and unpacked groups, for all threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: OrderedDict[Path, _File] = OrderedDict()
        self._groups: OrderedDict[tuple[Path, int], Any] = OrderedDict()
        self._orders: OrderedDict[Path, Any] = OrderedDict()
        self.unpacked = 0

    def _file(self, path: Path) -> _File:
        return _kept(self._files, path, MOST_OPEN, lambda: _File(path))

    def _group(self, path: Path, number: int) -> Any:
        def read() -> Any:
            self.unpacked += 1
            file = self._file(path).file
            return file.read_row_group(number, columns=list(READ), use_threads=False)

        return _kept(self._groups, (path, number), MOST_GROUPS, read)

    def lines(
        self,
        path: Path,
        place: tuple[str, str, int, int],
        times: tuple[str, int | None, int | None] = ("observed", None, None),
        *,
        newest_first: bool = False,
    ) -> Iterator[list[Line]]:
        """Lines of one series (entity, attribute, first line, how many), group by group; in each
        by time, oldest first."""
        entity, attr, start, count = place
        column, since, until = times
        bound = since is not None or until is not None
        with self._lock:
            file = self._file(path)
        groups = file.within(start, count)
        for number in reversed(groups) if newest_first else groups:
            if bound and not file.may_hold(number, column, since, until):
                continue
            with self._lock:
                table = self._group(path, number)
            low = max(start - file.starts[number], 0)
            table = table.slice(low, start + count - file.starts[number] - low)
            found = _lines(_cut(table, times) if bound else table, entity, attr)
            yield found

    def numbers(self, path: Path) -> Any:
        """The number of each line, in the order of the file."""
        with self._lock:
            file = self._file(path).file
            return file.read(columns=["seq"], use_threads=False).column("seq").to_numpy()

    def everything(self, path: Path) -> Iterator[Line]:
        """All lines of a file, passing by what is kept."""
        file = _File(path).file
        for batch in file.iter_batches(batch_size=1024, use_threads=False):
            names = batch.column("entity").to_pylist(), batch.column("attr").to_pylist()
            yield from _made(batch, *names)

    def following(self, path: Path, number: int, count: int) -> list[int]:
        """The places of the lines with the next numbers after one."""
        import numpy as np

        def sort() -> Any:
            read = self._file(path).file.read(columns=["seq"], use_threads=False)
            numbers = read.column("seq").to_numpy()
            order = np.argsort(numbers)
            return numbers[order], order

        with self._lock:
            numbers, order = _kept(self._orders, path, MOST_ORDERS, sort)
        start = int(np.searchsorted(numbers, number, side="right"))
        return [int(place) for place in order[start : start + count]]

    def numbered(self, path: Path, places: list[int]) -> list[Line]:
        """Lines by their places, in any order; each group is unpacked once."""
        with self._lock:
            file = self._file(path)
        by_group: dict[int, list[int]] = {}
        for place in sorted(places):
            group = bisect_right(file.starts, place) - 1
            by_group.setdefault(group, []).append(place - file.starts[group])
        found: list[Line] = []
        for group, some in by_group.items():
            with self._lock:
                table = file.file.read_row_group(
                    group, columns=[*READ, "entity", "attr"], use_threads=False
                ).take(some)
            names = table.column("entity").to_pylist(), table.column("attr").to_pylist()
            found += _made(table, *names)
        return found

    def forget(self, path: Path) -> None:
        with self._lock:
            self._files.pop(path, None)
            self._orders.pop(path, None)
            for key in [key for key in self._groups if key[0] == path]:
                del self._groups[key]


def _kept(kept: OrderedDict[Any, Any], key: Any, most: int, make: Callable[[], Any]) -> Any:
    if key in kept:
        kept.move_to_end(key)
        return kept[key]
    made = kept[key] = make()
    while len(kept) > most:
        kept.popitem(last=False)
    return made


def _cut(table: Any, times: tuple[str, int | None, int | None]) -> Any:
    """Without what lies before and after; what is between may still have to be looked at."""
    import numpy as np
    import pyarrow as pa

    column, since, until = times
    values = table.column(column).cast(pa.int64())
    known = ~values.is_null().to_numpy()
    moments = values.fill_null(0).to_numpy()
    if since is not None:
        known &= moments >= since
    if until is not None:
        known &= moments <= until
    (found,) = np.nonzero(known)
    return table.slice(found[0], found[-1] - found[0] + 1) if len(found) else table.slice(0, 0)


def _lines(table: Any, entity: str, attr: str) -> list[Line]:
    return list(_made(table, repeat(entity), repeat(attr)))


def _made(table: Any, entities: Any, attrs: Any) -> Iterator[Line]:
    import pyarrow as pa

    listed = {name: table.column(name) for name in READ}
    times = [listed[name].cast(pa.int64()).to_pylist() for name in TIMES]
    instances = listed["instance"].to_pylist()
    docs = map(whole, listed["doc"].cast(pa.binary()).to_pylist(), instances)
    numbers, datasets = listed["seq"].to_pylist(), listed["dataset"].to_pylist()
    return map(Line, numbers, entities, attrs, datasets, instances, *times, docs)


SHELF = Shelf()
