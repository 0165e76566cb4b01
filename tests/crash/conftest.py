"""A database of its own for each kind, and processes to kill."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from tests.support import postgres
from tests.support.once import made_once
from tests.support.zygote import Forked, zygote


@dataclass(frozen=True)
class City:
    """A migrated database that real processes work on."""

    kind: str
    url: str
    home: Path
    place: Path
    """Where its processes are forked."""

    @contextmanager
    def process(self, *action: str, **environment: str) -> Iterator[Forked]:
        """A process at work; killed with the block, if it has not been before."""
        process = Forked(self.place, "tests.support.crash_main:act", action, environment)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def command(self, *arguments: str) -> tuple[int, str, str]:
        """`pengcheng …`: its exit code, and what it says to the one side and the other."""
        process = Forked(self.place, "tests.support.crash_main:command", arguments, {})
        out, err = process.communicate()
        return process.wait(), out, err

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Straight from the database, past everything that is being tested."""
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as own:
                return own.execute(query.replace("%s", "?"), values).fetchall()
        with psycopg.connect(self.url) as remote:
            return remote.execute(query, values).fetchall()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    try:
        with postgres.running() as server:
            yield server
    except postgres.NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def migrated(
    postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A database and a home that others are copies of."""
    name, home = "crash_template", tmp_path_factory.mktemp("template")
    with at_work("postgres", postgres_server.create_database(name), home) as made:
        migrate(made)
    return name, home


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def city(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    home = tmp_path_factory.mktemp("city")
    if request.param == "sqlite":
        made, url = made_once(tmp_path_factory, "tables", with_tables), in_file(home)
    else:
        template, made = request.getfixturevalue("migrated")
        server = request.getfixturevalue("postgres_server")
        name = f"crash_{request.module.__name__.rsplit('.', 1)[-1]}"
        url = server.create_database(name, template=template)
    shutil.copytree(made, home, dirs_exist_ok=True)
    with at_work(request.param, url, home) as at:
        yield at


@contextmanager
def at_work(kind: str, url: str, home: Path) -> Iterator[City]:
    own = {"PENGCHENG_HOME": str(home), "PENGCHENG_DATABASE_URL": url}
    with TemporaryDirectory() as folder, zygote(Path(folder) / "forks", own) as place:
        yield City(kind, url, home, place)


def in_file(home: Path) -> str:
    return f"sqlite:///{home / 'city.sqlite3'}"


def with_tables(home: Path) -> None:
    with at_work("sqlite", in_file(home), home) as made:
        migrate(made)


def migrate(city: City) -> None:
    with city.process("tables") as process:
        assert process.wait(120) == 0
