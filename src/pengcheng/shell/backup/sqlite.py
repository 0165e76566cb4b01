"""SQLite: a copy by its own online backup, while the city goes on writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from pengcheng.shell.backup.manifest import Table

FILE = "database.sqlite3"
PAGES = 2000
Tell = Callable[[int, int], None]


def dump(database: Path, folder: Path, tell: Tell) -> dict[str, Any]:
    """Copy the database into `folder`; returns what the manifest says of the copy."""
    with closing(copy(database, folder / FILE, tell)) as target:
        return _facts(target)


def copy(database: Path, where: Path, tell: Tell = lambda done, total: None) -> sqlite3.Connection:
    """A copy as it is at one moment, while others go on writing."""
    target = sqlite3.connect(where)
    with closing(sqlite3.connect(database)) as source:
        source.backup(
            target,
            pages=PAGES,
            progress=lambda status, remaining, total: tell(total - remaining, total),
        )
    # One file, without a log beside it.
    target.execute("PRAGMA journal_mode=DELETE")
    return target


def _facts(copy: sqlite3.Connection) -> dict[str, Any]:
    names = copy.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    # Names come from the database itself.
    tables = {
        name: Table(copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608
        for (name,) in names.fetchall()
    }
    applied = copy.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    head = copy.execute("SELECT count, digest FROM kernel_audit_head").fetchone()
    return {"tables": tables, "migrations": tuple(applied), "audit": head or (0, "")}
