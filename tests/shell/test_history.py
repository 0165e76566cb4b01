"""Old history in files: moved by hand, looked after by the doctor, and part of a backup."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from pengcheng.domains.sensing.api.broker import Database
from pengcheng.shell.backup import BackupError, places
from pengcheng.shell.backup.make import take_files
from pengcheng.shell.cli import main
from pengcheng.shell.doctor.history import history
from pengcheng.shell.processes.broker import history_days

pytestmark = pytest.mark.one_database
SERIES = "INSERT INTO ngsild_series (tenant, entity, attr) VALUES ('', 'urn:x:1', 'urn:a')"
INSERT = (
    "INSERT INTO ngsild_past (series, dataset, instance, observed, created, modified, deleted,"
    " doc) VALUES (1, '', ?, ?, ?, ?, NULL, ?)"
)
DAY, BEGIN = 86_400_000_000, 1_760_000_000_000_000  # in October 2025


def url(home: Path) -> str:
    return f"sqlite:///{home / 'live.sqlite3'}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a reading on each of a hundred days."""
    monkeypatch.setenv("PENGCHENG_HOME", str(tmp_path))
    monkeypatch.delenv("PENGCHENG_BROKER_DATABASE", raising=False)
    store = Database(url(tmp_path))
    store.prepare()
    with closing(store.connect()) as connection:
        connection.begin()
        connection.run(SERIES)
        for day in range(100):
            at, name = BEGIN + day * DAY, f"urn:ngsi-ld:instance:{day}"
            told = {"type": "Property", "value": day, "instanceId": name}
            connection.run(INSERT, (name, at, at, at, json.dumps(told).encode()))
        connection.commit()
    return tmp_path


def rows(home: Path) -> int:
    with closing(Database(url(home)).connect()) as connection:
        found = connection.one("SELECT count(*) FROM ngsild_history")
    return int(found[0]) if found else 0


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["broker", *words]) == code
    return capsys.readouterr().out


def test_history_is_moved_by_hand_up_to_a_day(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ("roll", "--before", "2025-12-01", "--json")
    planned = json.loads(run(capsys, *before, "--dry-run"))
    assert [(each["month"], each["lines"]) for each in planned] == [
        ("2025-10", 23),
        ("2025-11", 30),
    ]
    assert rows(home) == 100
    made = json.loads(run(capsys, *before))
    assert [each["lines"] for each in made] == [23, 30]
    assert rows(home) == 47
    assert json.loads(run(capsys, *before)) == []
    assert "2026-01" in run(capsys, "roll")  # whole months, as the broker does by itself
    assert rows(home) == 0
    assert run(capsys, "files", "--hash").count("\n") == 4


def test_a_lost_or_damaged_file_is_found(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert history(home).state == "ok"
    run(capsys, "roll", "--before", "2025-12-01")
    assert history(home).state == "ok"
    one, other = sorted((home / "history").rglob("*.parquet"))
    raw = bytearray(one.read_bytes())
    raw[100] ^= 1
    one.write_bytes(raw)
    assert history(home).state == "ok"  # it has its size
    assert "damaged" in run(capsys, "files", "--hash", "--json", code=1)
    other.unlink()
    finding = history(home)
    assert finding.state == "fail"
    assert str(other) in finding.en
    assert [e["state"] for e in json.loads(run(capsys, "files", "--json", code=1))] == [
        *("whole", "missing")
    ]
    (home / "copy").mkdir()
    with pytest.raises(BackupError, match=one.name):
        take_files(home, home / "copy")


def test_the_files_are_taken_with_the_store_and_put_back(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "roll", "--before", "2025-11-01")
    folder = home / "copy"
    folder.mkdir()
    take_files(home, folder)
    run(capsys, "roll", "--before", "2026-01-01")
    places.put_files(home, folder, "kept")
    assert (rows(home), len(list((home / "history").rglob("*.parquet")))) == (77, 1)
    assert history(home).state == "ok"
    assert len(list((home / "history.kept").rglob("*.parquet"))) == 3


def test_a_home_without_a_store_has_no_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGCHENG_HOME", str(tmp_path))
    monkeypatch.delenv("PENGCHENG_BROKER_DATABASE", raising=False)
    assert history(tmp_path).state == "ok"
    assert main(["broker", "roll"]) == 1
    for given, days in (("", 30), ("0", 0), ("90", 90)):
        monkeypatch.setenv("PENGCHENG_HISTORY_DAYS", given)
        assert history_days() == days
    assert main(["broker", "files"]) == 1
