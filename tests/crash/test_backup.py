"""A backup is the city, proved so, and a damaged one never takes its place."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.crash.conftest import City
from tests.support.waiting import until

pytestmark = [pytest.mark.crash, pytest.mark.slow]

# What is judged is the same on both: tried on one.
by_the_file_alone = pytest.mark.parametrize("city", ["sqlite"], indirect=True, scope="module")

Change = Callable[[str, bytes], bytes | None]


@pytest.fixture(scope="module")
def archive(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a city with an account, an upload and events."""
    city.command("user", "add", "saved", "--name", "存档（虚构）", "--generate")
    uploads = city.home / "uploads" / "ab"
    uploads.mkdir(parents=True)
    (uploads / "file").write_bytes(b"handed in")
    target = tmp_path_factory.mktemp("backup") / "city.tar.gz"
    code, out, err = city.command("backup", str(target), "--json")
    assert code == 0, err
    assert json.loads(out)["proof"]["audit_whole"] is True
    return target


def accounts(city: City) -> list[str]:
    rows = city.ask("SELECT username FROM identity_account ORDER BY username")
    return [str(row[0]) for row in rows]


def altered(archive: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The backup with its files changed; None leaves one out."""
    with tarfile.open(archive) as old, tarfile.open(target, "w:gz") as new:
        for member in old.getmembers():
            file = old.extractfile(member)
            data = change(member.name, file.read() if file else b"")
            if data is not None:
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
    return target


def test_the_file_is_for_its_owner_only_and_lists_what_it_holds(archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with tarfile.open(archive) as tar:
        first = tar.next()
        assert first is not None
        assert first.name == "manifest.json"
        names = set(tar.getnames())
    assert {"home/uploads/ab/file", "home/secret.key"} <= names


def test_what_came_after_is_gone_what_was_saved_is_back_and_the_city_goes_on(
    city: City, archive: Path
) -> None:
    """New rows count on after the restored ones, and the audit chain goes on."""
    before = accounts(city)
    city.command("user", "add", "later", "--name", "后来（虚构）", "--generate")
    (city.home / "uploads" / "ab" / "file").write_bytes(b"overwritten")
    assert "later" in accounts(city)
    code, _, err = city.command("restore", str(archive), "--yes")
    assert code == 0, err
    assert accounts(city) == before
    assert (city.home / "uploads" / "ab" / "file").read_bytes() == b"handed in"
    assert city.command("user", "add", "new.one", "--name", "新（虚构）", "--generate")[0] == 0
    _, out, _ = city.command("doctor", "--json")
    found = {finding["check"]: finding["state"] for finding in json.loads(out)}
    assert found["audit"] == found["database"] == "ok"


def test_a_city_is_never_overwritten_without_being_asked(city: City, archive: Path) -> None:
    before = accounts(city)
    code, _, err = city.command("restore", str(archive))
    assert code == 1
    assert "--yes" in err
    assert accounts(city) == before


def flipped(name: str, data: bytes) -> bytes:
    if name.startswith(("database", "tables/identity_account.")):
        return data[:-1] + bytes([data[-1] ^ 1])
    return data


def short(name: str, data: bytes) -> bytes | None:
    return None if name == "home/uploads/ab/file" else data


def fewer(name: str, data: bytes) -> bytes:
    """A manifest that counts one account too many, with everything else in order."""
    if name != "manifest.json":
        return data
    told: dict[str, Any] = json.loads(data)
    told["tables"]["identity_account"]["rows"] += 1
    return json.dumps(told).encode()


def another_seal(name: str, data: bytes) -> bytes:
    if name != "manifest.json":
        return data
    told: dict[str, Any] = json.loads(data)
    told["audit"][1] = "0" * 64
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (flipped, "damaged at"),
        (short, "damaged at"),
        (lambda name, data: None if name == "manifest.json" else data, "no backup of Pengcheng"),
    ],
    ids=["a bit", "a file", "the manifest"],
)
@by_the_file_alone
def test_a_damaged_backup_changes_nothing(
    city: City, archive: Path, tmp_path: Path, change: Change, reason: str
) -> None:
    refused(city, archive, tmp_path, change, reason)


def test_a_backup_that_lacks_a_row_changes_nothing(
    city: City, archive: Path, tmp_path: Path
) -> None:
    refused(city, archive, tmp_path, fewer, "rows instead of")


@by_the_file_alone
def test_a_backup_of_another_audit_changes_nothing(
    city: City, archive: Path, tmp_path: Path
) -> None:
    refused(city, archive, tmp_path, another_seal, "audit chain")


def refused(city: City, archive: Path, tmp_path: Path, change: Change, reason: str) -> None:
    before = accounts(city)
    damaged = altered(archive, tmp_path / "damaged.tar.gz", change)
    code, _, err = city.command("restore", str(damaged), "--yes")
    assert code == 1
    assert reason in err
    assert len(err.strip().splitlines()) == 1
    assert accounts(city) == before


@by_the_file_alone
def test_a_file_that_is_cut_short_changes_nothing(
    city: City, archive: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    code, _, err = city.command("restore", str(cut), "--yes")
    assert code == 1
    assert "unpacked" in err


@by_the_file_alone
def test_a_backup_cannot_write_outside_its_place(city: City, archive: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar.gz"
    with gzip.open(evil, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        member = tarfile.TarInfo("../../escaped")
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))
    assert city.command("restore", str(evil), "--yes")[0] == 1
    assert not list(city.home.parent.rglob("escaped"))


@by_the_file_alone
def test_a_backup_of_another_database_is_refused_with_advice(
    city: City, archive: Path, tmp_path: Path
) -> None:
    def other(name: str, data: bytes) -> bytes:
        if name != "manifest.json":
            return data
        swapped = {b'"sqlite"': b'"postgresql"', b'"postgresql"': b'"sqlite"'}
        return next(data.replace(a, b) for a, b in swapped.items() if a in data)

    swapped = altered(archive, tmp_path / "other.tar.gz", other)
    code, _, err = city.command("restore", str(swapped), "--yes")
    assert code == 1
    assert "PENGCHENG_DATABASE_URL" in err


@by_the_file_alone
def test_a_backup_never_overwrites_a_file(city: City, archive: Path) -> None:
    size = archive.stat().st_size
    assert city.command("backup", str(archive))[0] == 1
    assert archive.stat().st_size == size


def test_a_backup_is_taken_while_somebody_writes(city: City, archive: Path, tmp_path: Path) -> None:
    """It is of one moment: what is committed meanwhile is in it whole or not at all."""
    with city.process("tables") as made:
        made.wait(120)
    with city.process("emit", "meanwhile", "20", "200") as writer:
        until(lambda: city.ask("SELECT count(*) FROM kernel_job")[0][0] > 0, "it writes")
        code, out, err = city.command("backup", str(tmp_path / "busy.tar.gz"), "--json")
        assert code == 0, err
        writer.kill()
    tables = json.loads(out)["proof"]["tables"]
    assert tables["kernel_job"] > 0
    assert tables["kernel_job"] * 2 == tables["kernel_delivery"]
