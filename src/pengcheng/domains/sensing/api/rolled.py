"""The door of rolled history: rolling by hand, and whether every file is there and whole."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Literal

from pengcheng.domains.sensing.ops.broker.database import Database
from pengcheng.domains.sensing.ops.rolled.catalogue import NAMED, micros
from pengcheng.domains.sensing.ops.rolled.keeping import UNSETTLED, by_hand, old_enough
from pengcheng.domains.sensing.ops.rolled.rolling import Busy, Rolled
from pengcheng.domains.sensing.ops.rolled.source import Age, Planned, planned
from pengcheng.kernel import clock

NO_TABLE = "ngsild_file"
__all__ = [
    "Age",
    "Busy",
    "File",
    "Planned",
    "Rolled",
    "check",
    "copied",
    "folder",
    "known",
    "plan",
    "roll",
    "within",
]


@dataclass(frozen=True)
class File:
    """A file of history as the store knows it, and how it is found."""

    name: str
    lines: int
    size: int
    sha256: str
    state: Literal["unseen", "whole", "missing", "damaged"] = "unseen"


def within(*, before: date | None, days: int) -> Age:
    """Up to a day of the city, or whole months that ended so many days ago."""
    if before is None:
        return old_enough(days)
    begin = datetime.combine(before, time(), clock.CITY_ZONE)
    return Age(micros(begin), micros(clock.now() - UNSETTLED))


def roll(
    *, database: str, age: Age, tell: Callable[[int], None] = lambda lines: None
) -> Iterator[Rolled]:
    """File by file; ``tell`` hears of so many lines more. Raises Busy when somebody else rolls."""
    store = Database(database)
    store.prepare()
    return by_hand(store, age, tell)


def plan(*, database: str, age: Age) -> list[Planned]:
    """What would be rolled; every row is looked at."""
    store = Database(database)
    store.prepare()
    with closing(store.connect()) as connection:
        return planned(connection, age)


def known(*, database: str) -> list[File]:
    """The files that count."""
    with closing(Database(database).connect()) as connection:
        try:
            return [File(*row) for row in connection.all(NAMED)]
        except Exception as error:  # a store older than files, on either database
            if NO_TABLE in str(error):
                return []
            raise


def copied(*, store: sqlite3.Connection) -> list[File]:
    """The same of a copy of the store, which stays as it is."""
    try:
        return [File(*row) for row in store.execute(NAMED).fetchall()]
    except sqlite3.OperationalError:
        return []


def folder(*, database: str) -> Path:
    """Where they lie."""
    return Database(database).files


def check(*, files: Iterable[File], folder: Path, hashed: bool = False) -> Iterator[File]:
    """Each with what was found of it: by its size, or read to the end."""
    for each in files:
        yield File(each.name, each.lines, each.size, each.sha256, _state(each, folder, hashed))


def _state(file: File, folder: Path, hashed: bool) -> Literal["whole", "missing", "damaged"]:
    path = folder / file.name
    if not path.is_file():
        return "missing"
    if path.stat().st_size != file.size:
        return "damaged"
    if not hashed:
        return "whole"
    with path.open("rb") as opened:
        same = hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
    return "whole" if same else "damaged"
