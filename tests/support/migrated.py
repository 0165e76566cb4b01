"""All migrations take seconds: the first process of a run does them, the others take a copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management.commands.migrate import Command
from django.db import connection

from tests.support.once import made_once

FILE = "city.sqlite3"


def once(factory: pytest.TempPathFactory) -> None:
    """Let the next `migrate` of this process be one for all; those after it are as ever."""
    real = Command.handle

    def handle(self: Command, *names: Any, **options: Any) -> None:
        Command.handle = real
        own: list[Path] = []

        def make(folder: Path) -> None:
            real(self, *names, **options)
            own.append(folder)
            keep(folder)

        keep, take = WAYS[connection.vendor]
        folder = made_once(factory, f"migrated-{connection.vendor}", make)
        if not own:
            take(folder)

    Command.handle = handle


def to_file(folder: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(folder / FILE)) as file:
        connection.connection.backup(file)


def from_file(folder: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(folder / FILE)) as file:
        file.backup(connection.connection)


def to_template(folder: Path) -> None:
    name = f"template_{connection.settings_dict['NAME']}"
    with beside() as execute:
        execute(f'CREATE DATABASE "{name}" TEMPLATE "{connection.settings_dict["NAME"]}"')
    (folder / "name").write_text(name)


def from_template(folder: Path) -> None:
    own, template = connection.settings_dict["NAME"], (folder / "name").read_text()
    with beside() as execute:
        execute(f'DROP DATABASE "{own}"')
        execute(f'CREATE DATABASE "{own}" TEMPLATE "{template}"')


@contextmanager
def beside() -> Iterator[Callable[[str], Any]]:
    """Statements about the database, from outside it: nobody may be in it meanwhile."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        yield cursor.execute


Way = tuple[Callable[[Path], None], Callable[[Path], None]]
WAYS: dict[str, Way] = {
    "sqlite": (to_file, from_file),
    "postgresql": (to_template, from_template),
}
