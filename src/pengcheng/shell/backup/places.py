"""Where a backup is restored on trial: a folder aside, or a schema aside, and how it takes over."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import psycopg
from django.db import connection

from pengcheng.shell.backup import postgres, sqlite
from pengcheng.shell.backup.manifest import Manifest
from pengcheng.shell.setup.tables import migrate_to

Tell = Callable[[int, int], None]
SCHEMA = "pengcheng_trial"


class Place(Protocol):
    """A restored database beside the city's own."""

    environment: dict[str, str]

    def take_over(self, home: Path, folder: Path, kept: str) -> str:
        """Become the city's database and files; returns where the former ones are."""


@contextmanager
def trial(manifest: Manifest, folder: Path, tell: Tell) -> Iterator[Place]:
    """The unpacked backup as a database that can be asked; gone afterwards unless it took over."""
    if manifest.database == "sqlite":
        yield SqlitePlace(folder)
        return
    connection.close()  # the exchange waits for everybody who has `public` open
    url = os.environ["PENGCHENG_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as own:
        place = PostgresPlace(own, url)
        try:
            place.fill(manifest, folder, tell)
            yield place
        finally:
            postgres.drop_schema(own, SCHEMA)


class SqlitePlace:
    """The copy is asked where it was unpacked."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / sqlite.FILE
        self.environment = {"PENGCHENG_DATABASE_URL": f"sqlite:///{quote(str(self.file))}"}

    def take_over(self, home: Path, folder: Path, kept: str) -> str:
        target = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        former = ""
        if target.exists() and not target.stat().st_size:
            target.unlink()  # made by looking for a city that is not there
        for suffix in ("", "-wal", "-shm"):
            old = target.with_name(target.name + suffix)
            if old.exists():
                former = str(target.with_name(f"{target.name}.{kept}"))
                old.replace(f"{former}{suffix}")
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        self.file.replace(target)
        target.chmod(0o600)
        put_files(home, folder, kept)
        return former


class PostgresPlace:
    """A schema of its own in the city's database."""

    def __init__(self, own: postgres.Connection, url: str) -> None:
        self.own = own
        joint = "&" if "?" in url else "?"
        self.environment = {"PENGCHENG_DATABASE_URL": f"{url}{joint}schema={SCHEMA}"}

    def fill(self, manifest: Manifest, folder: Path, tell: Tell) -> None:
        postgres.prepare_schema(self.own, SCHEMA)
        migrate_to(manifest.migrations, self.environment)
        self.own.execute(f"SET search_path TO {SCHEMA}")
        postgres.load(self.own, manifest, folder, tell)

    def take_over(self, home: Path, folder: Path, kept: str) -> str:
        postgres.exchange(self.own, SCHEMA, kept)
        put_files(home, folder, kept)
        return f"schema {kept}"


def put_files(home: Path, folder: Path, kept: str) -> None:
    """The home's files; those that were there are kept beside them."""
    for source in (folder / "home").glob("*"):
        target = home / source.name
        for suffix in ("", "-wal", "-shm"):  # a log of the old must not meet the new
            old = home / f"{source.name}{suffix}"
            if old.exists():
                old.replace(home / f"{source.name}.{kept}{suffix}")
        shutil.move(source, target)
