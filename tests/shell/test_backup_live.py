"""The store of the context broker goes into the backup, and comes back without what came later."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from pengcheng.shell.backup import places
from pengcheng.shell.backup.make import take_files


def live(home: Path) -> sqlite3.Connection:
    """A store that a broker has open: what it wrote last is in the log beside it."""
    connection = sqlite3.connect(home / "live.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS reading (value int)")
    return connection


def readings(home: Path, name: str = "live.sqlite3") -> list[int]:
    with closing(sqlite3.connect(home / name)) as connection:
        return [value for (value,) in connection.execute("SELECT value FROM reading")]


def test_the_brokers_store_is_taken_and_put_back_as_it_was(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "copy"
    home.mkdir()
    folder.mkdir()
    (home / "broker.key").write_text("key")
    with closing(live(home)) as broker:
        broker.execute("INSERT INTO reading VALUES (1)")
        take_files(home, folder)
        broker.execute("INSERT INTO reading VALUES (2)")
        assert sorted(path.name for path in (folder / "home").iterdir()) == [
            "broker.key",
            "live.sqlite3",
        ]
        places.put_files(home, folder, "kept")
    assert readings(home) == [1]
    assert readings(home, "live.sqlite3.kept") == [1, 2]


def test_a_city_without_a_broker_has_nothing_of_it_in_its_backup(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    take_files(tmp_path / "home", tmp_path)
    assert not (tmp_path / "home" / "live.sqlite3").exists()
