"""Writing a Parquet file of history: sorted by entity, attribute and time, in groups of lines that
can be read alone. Aside first, then on the disk, then under its name.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pengcheng.domains.sensing.ops.rolled.lines import Line, number, short, when
from pengcheng.domains.sensing.ops.rolled.tables import TIMES

VERSION = 1
GROUP = 4096  # lines that are packed together: as many are unpacked to read one
LEVEL = 3
NAMES = ("entity", "attr", "dataset")  # few different ones


@dataclass(slots=True)
class Part:
    """Where the instances of one series are in a file, and from when to when, by each time."""

    entity: str
    attr: str
    start: int
    lines: int = 0
    bounds: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, line: Line) -> None:
        self.lines += 1
        times = (line.observed, line.created, line.modified, line.deleted)
        for name, at in zip(TIMES, times, strict=True):
            if at is not None:
                low, high = self.bounds.get(name, (at, at))
                self.bounds[name] = min(low, at), max(high, at)


@dataclass(slots=True)
class Facts:
    """What a file is known by."""

    lines: int = 0
    size: int = 0
    sha256: str = ""
    first_seq: int = 0
    last_seq: int = 0
    since: int = 0
    until: int = 0


@cache
def schema() -> Any:
    import pyarrow as pa  # 55 MB of memory and a quarter of a second: only whoever needs it

    time = pa.timestamp("us", "UTC")
    kinds = {"seq": pa.int64(), **dict.fromkeys(TIMES, time)}
    fields = [(name, kinds.get(name, pa.string())) for name in Line._fields]
    told = {"pengcheng.version": str(VERSION), "pengcheng.content": "NGSI-LD instances"}
    return pa.schema([*fields, ("value", pa.float64())], metadata=told)


class Sheet:
    """A file while it is written. What is not closed leaves nothing under the file's name."""

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self.path, self.aside = path, aside(path)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.aside.touch(mode=0o600)
        packed = dict.fromkeys(("seq", *TIMES), "DELTA_BINARY_PACKED")
        self._writer = pq.ParquetWriter(
            str(self.aside),
            schema(),
            compression="zstd",
            compression_level=LEVEL,
            use_dictionary=list(NAMES),
            column_encoding=packed | {"instance": "DELTA_BYTE_ARRAY"},
        )
        self._waiting: list[Line] = []
        self.facts = Facts()
        self.parts: list[Part] = []  # of which the caller takes those that are whole

    def add(self, line: Line) -> None:
        parts = self.parts
        if not parts or (parts[-1].entity, parts[-1].attr) != (line.entity, line.attr):
            parts.append(Part(line.entity, line.attr, self.facts.lines))
        parts[-1].take(line)
        self._note(line)
        self._waiting.append(line)
        if len(self._waiting) >= GROUP:
            self._flush()

    def _note(self, line: Line) -> None:
        facts, at = self.facts, when(line)
        if not facts.lines:
            facts.first_seq = facts.last_seq = line.seq
            facts.since = facts.until = at
        facts.lines += 1
        facts.first_seq = min(facts.first_seq, line.seq)
        facts.last_seq = max(facts.last_seq, line.seq)
        facts.since, facts.until = min(facts.since, at), max(facts.until, at)

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_batch(_packed(self._waiting))
            self._waiting.clear()

    def close(self) -> Facts:
        """Everything is on the disk under its name when this returns."""
        self._flush()
        self._writer.close()
        with self.aside.open("rb") as file:
            os.fsync(file.fileno())
            self.facts.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self.facts.size = self.aside.stat().st_size
        self.aside.replace(self.path)
        for folder in (self.path.parent, *self.path.parents[1:3]):
            _settle(folder)
        return self.facts

    def abandon(self) -> None:
        self._writer.close()
        self.aside.unlink(missing_ok=True)


def aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _packed(lines: Iterable[Line]) -> Any:
    import pyarrow as pa

    listed = list(lines)
    columns = dict(zip(Line._fields, zip(*listed, strict=True), strict=True))
    columns["doc"] = tuple(map(short, listed))
    columns["value"] = tuple(number(line.doc) for line in listed)
    arrays = []
    for each in schema():
        kind = pa.int64() if each.name in TIMES else each.type
        arrays.append(pa.array(columns[each.name], kind).cast(each.type))
    return pa.record_batch(arrays, schema=schema())


def _settle(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
