"""A backup's file: nothing in it reaches out of its folder, nothing half written goes into it."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from pengcheng.kernel import clock
from pengcheng.kit.archive import Store, VersionInfo
from pengcheng.shell.backup import archive
from pengcheng.shell.backup.make import take_files
from pengcheng.shell.backup.manifest import BackupError


def packed(target: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(target, "w:gz") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return target


def member(name: str, type: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = type, link
    made.size = 1 if type == tarfile.REGTYPE else 0
    return made


@pytest.mark.parametrize(
    "hostile",
    [
        member("../outside"),
        member("home/../../outside"),
        member("home/uploads", tarfile.SYMTYPE, "../tables"),
        member("home/uploads", tarfile.SYMTYPE, "/etc"),
        member("home/secret.key", tarfile.LNKTYPE, "tables/a"),
        member("home/pipe", tarfile.FIFOTYPE),
        member("home/device", tarfile.CHRTYPE),
    ],
    ids=lambda one: f"{one.name} {one.linkname}",
)
def test_what_is_no_plain_file_inside_is_refused(tmp_path: Path, hostile: tarfile.TarInfo) -> None:
    source = packed(tmp_path / "a.tar.gz", member("tables/a"), hostile)
    folder = tmp_path / "trial"
    folder.mkdir()
    with pytest.raises(BackupError):
        archive.unpack(source, folder)
    assert {path.name for path in tmp_path.iterdir()} == {"a.tar.gz", "trial"}
    assert not [path for path in folder.rglob("*") if path.is_symlink()]


def test_plain_files_are_unpacked(tmp_path: Path) -> None:
    source = packed(tmp_path / "a.tar.gz", member("home", tarfile.DIRTYPE), member("home/a"))
    archive.unpack(source, tmp_path)
    assert (tmp_path / "home" / "a").read_bytes() == b"x"


def test_an_upload_still_being_written_is_left_out(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "trial"
    (home / "uploads" / "ab").mkdir(parents=True)
    folder.mkdir()
    for name in ("abcd", "abce.0f0f0f0f0f0f"):
        (home / "uploads" / "ab" / name).write_bytes(b"handed in")
    take_files(home, folder)
    kept = [path.name for path in (folder / "home" / "uploads").rglob("*") if path.is_file()]
    assert kept == ["abcd"]


def test_archived_cases_go_along_and_those_being_written_do_not(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "trial"
    (home / "archive").mkdir(parents=True)
    folder.mkdir()
    store = Store(home / "archive")
    info = VersionInfo(clock.now(), "kept", "a city", "urn:city")
    store.put("urn:one", {"data/decision.pdf": b"granted"}, info)
    (home / "archive" / ".new-half").mkdir()
    (home / "archive" / ".new-half" / "inventory.json").write_text("{")
    take_files(home, folder)
    copied = Store(folder / "home" / "archive")
    assert copied.faults("urn:one") == []
    assert copied.read("urn:one") == {"data/decision.pdf": b"granted"}
    assert not list(copied.root.glob(".new-*"))
