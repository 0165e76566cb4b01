"""Making a backup: database first, then the files that it speaks of."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from pengcheng import __version__
from pengcheng.kernel import clock
from pengcheng.shell.backup import archive, postgres, sqlite
from pengcheng.shell.backup import manifest as contents
from pengcheng.shell.backup.manifest import FORMAT, BackupError, Manifest

Tell = Callable[[int, int], None]
# Of the home; the base map is drawn again from what the database holds.
FILES = (
    "secret.key",
    "demo-password",
    "uploads",
    "archive",
    "firmware",
    "trust",
    "keys",
    "setup.json",
    "broker.key",
    "session.key",
    ".session.key.past",
    ".broker.key.past",
)
LIVE = "live.sqlite3"  # the store of the context broker
HISTORY = "history"  # what of it has been given to files
# What is still being written may be renamed while we look; each store marks it in its way.
DRAFTS = {
    "keys": (".*",),
    "archive": (".new-*", ".gone-*"),
    "uploads": ("*.*",),
    "firmware": ("*.*",),
}


def default_name() -> str:
    return f"pengcheng-{clock.now():%Y%m%dT%H%M%SZ}.tar.gz"


def make(home: Path, target: Path, tell: Tell = lambda done, total: None) -> Manifest:
    """Write a backup of the running city to `target`; returns its table of contents."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as name:
        folder = Path(name)
        facts = _dump(folder, tell)
        take_files(home, folder)
        manifest = Manifest(
            format=FORMAT,
            version=__version__,
            made_at=clock.now().isoformat(),
            database="postgresql" if connection.vendor == "postgresql" else "sqlite",
            files={
                str(path.relative_to(folder)): contents.fingerprint(path)
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            },
            **facts,
        )
        contents.write(manifest, folder)
        archive.pack(folder, target)
    return manifest


def _dump(folder: Path, tell: Tell) -> dict[str, Any]:
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        own = {"django_migrations", *connection.introspection.django_table_names()}
        return postgres.dump(connection.connection, own, folder, tell)
    return sqlite.dump(Path(str(connection.settings_dict["NAME"])), folder, tell)


def take_files(home: Path, folder: Path) -> None:
    for name in FILES:
        source = home / name
        if source.is_dir():
            drafts = shutil.ignore_patterns(*DRAFTS.get(name, ()))
            shutil.copytree(source, folder / "home" / name, ignore=drafts)
        elif source.exists():
            (folder / "home").mkdir(exist_ok=True)
            shutil.copy2(source, folder / "home" / name)
    if (home / LIVE).exists():
        (folder / "home").mkdir(exist_ok=True)
        with closing(sqlite.copy(home / LIVE, folder / "home" / LIVE)) as store:
            _take_history(home, folder / "home", store)
    elif (home / HISTORY).is_dir():  # of a store on PostgreSQL, which is backed up by its own means
        shutil.copytree(
            home / HISTORY, folder / "home" / HISTORY, ignore=shutil.ignore_patterns(".*")
        )


def _take_history(home: Path, folder: Path, store: sqlite3.Connection) -> None:
    """What the store has given to files. None of these is changed or soon removed."""
    from pengcheng.domains.sensing.api import rolled  # the proof of a backup has no domains

    known = rolled.copied(store=store)
    for each in rolled.check(files=known, folder=home / HISTORY, hashed=True):
        if each.state != "whole":
            raise BackupError(
                f"{home / HISTORY / each.name} is {each.state}; put it back from an older backup",
                f"{home / HISTORY / each.name} 缺失或损坏；请从较早的备份中取回",
            )
        target = folder / HISTORY / each.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(home / HISTORY / each.name, target)
