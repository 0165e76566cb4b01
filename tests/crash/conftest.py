"""A database of its own for each kind, and processes to kill."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support import postgres
from tests.support.once import made_once

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class City:
    """A migrated database that real processes work on."""

    kind: str
    url: str
    home: Path

    @contextmanager
    def process(self, *action: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """A process at work; killed with the block, if it has not been before."""
        settings = {"PENGCHENG_HOME": str(self.home), "PENGCHENG_DATABASE_URL": self.url}
        settings["PYTHONPATH"] = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crash_main", *action],
            env={**os.environ, **settings, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

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


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> City:
    home = tmp_path_factory.mktemp("city")
    if request.param == "sqlite":
        shutil.copytree(
            made_once(tmp_path_factory, "tables", with_tables), home, dirs_exist_ok=True
        )
        return in_file(home)
    server = request.getfixturevalue("postgres_server")
    url = server.create_database(f"crash_{request.module.__name__.rsplit('.', 1)[-1]}")
    made = City(request.param, url, home)
    migrate(made)
    return made


def in_file(home: Path) -> City:
    return City("sqlite", f"sqlite:///{home / 'city.sqlite3'}", home)


def with_tables(home: Path) -> None:
    migrate(in_file(home))


def migrate(city: City) -> None:
    with city.process("tables") as process:
        assert process.wait(120) == 0
