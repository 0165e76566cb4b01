"""Bags and the store: judged by the Library of Congress's own tool, and broken on purpose."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import bagit
import pytest

from pengcheng.kit import archive

NAME = "urn:pengcheng:archive:一"
INFO = archive.VersionInfo(datetime(2026, 11, 22, tzinfo=UTC), "归档", "Pengcheng", "urn:pengcheng")
PAYLOAD = {"case.json": b"{}", "letters/决定.pdf": b"%PDF-1.7", "odd\r\nname.txt": b"x"}


def bag() -> dict[str, bytes]:
    told = {"Source-Organization": "鹏城\n演示", "External-Identifier": "SZ-1"}
    return archive.bag(PAYLOAD, info=told, tags={"metadata/premis.xml": b"<premis/>"})


@pytest.fixture
def store(tmp_path: Path) -> archive.Store:
    return archive.Store(tmp_path / "store")


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def test_the_library_of_congress_finds_the_bag_valid(tmp_path: Path) -> None:
    judge = bagit.Bag(str(written(tmp_path, bag())))
    judge.validate()
    assert judge.info["Source-Organization"] == "鹏城 演示"
    assert judge.info["Payload-Oxum"] == "11.3"


def test_a_percent_sign_is_encoded_as_the_standard_asks() -> None:
    """RFC 8493, 2.1.3; the Library's tool reads only line ends so, hence it is not its judge."""
    files = archive.bag({"100%.txt": b"x"}, info={}, tags={})
    assert b"data/100%25.txt\n" in files["manifest-sm3.txt"]
    assert archive.bag_faults(files) == []


def test_the_library_of_congress_finds_a_changed_file(tmp_path: Path) -> None:
    written(tmp_path, bag() | {"data/case.json": b"[]"})
    assert not bagit.Bag(str(tmp_path)).is_valid()


def test_sm3_is_the_hash_of_its_standard() -> None:
    """GB/T 32905-2016, example 1: the hash of "abc"."""
    files = archive.bag({"abc": b"abc"}, info={}, tags={})
    wanted = b"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0  data/abc\n"
    assert files["manifest-sm3.txt"] == wanted


@pytest.mark.parametrize("path", ["../out", "/etc/x", "a//b", "a/./b", "a\\b", "a\x00b", ""])
def test_no_path_leaves_the_bag(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        archive.bag({path: b""}, info={}, tags={})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"data/case.json": b"[]"}, "data/case.json has changed"),
        ({"data/more": b""}, "data/more is not in manifest-sm3.txt"),
        ({"metadata/premis.xml": b""}, "metadata/premis.xml has changed"),
        ({"bagit.txt": b""}, "bagit.txt is missing or of another version"),
    ],
)
def test_what_is_wrong_with_a_bag_is_said(change: dict[str, bytes], said: str) -> None:
    assert archive.bag_faults(bag()) == []
    assert said in archive.bag_faults(bag() | change)


def test_a_lost_file_and_a_lost_manifest_are_said() -> None:
    files = bag()
    del files["data/case.json"], files["manifest-sm3.txt"]
    assert {"data/case.json is missing", "manifest-sm3.txt is missing"} <= {
        *archive.bag_faults(files)
    }


def test_the_store_gives_back_what_it_was_given(store: archive.Store) -> None:
    store.put(NAME, bag(), INFO)
    assert store.read(NAME) == bag()
    assert store.faults(NAME) == []
    assert (store.root / "0=ocfl_1.1").read_text() == "ocfl_1.1\n"
    assert store.folder(NAME).name == "urn%3apengcheng%3aarchive%3a%e4%b8%80"


def test_the_same_content_is_kept_once(store: archive.Store) -> None:
    store.put(NAME, {"a": b"same", "b/c": b"same"}, INFO)
    assert list(store.inventory(NAME)["manifest"].values()) == [["v1/content/a"]]
    assert store.read(NAME) == {"a": b"same", "b/c": b"same"}


def test_what_is_kept_is_not_written_over(store: archive.Store) -> None:
    store.put(NAME, {"a": b"1"}, INFO)
    with pytest.raises(archive.Exists):
        store.put(NAME, {"a": b"2"}, INFO)
    assert store.read(NAME) == {"a": b"1"}
    assert [path.name for path in store.root.glob(".new-*")] == []


@pytest.mark.parametrize("name", ["inventory.json", "v1/content/data/case.json"])
def test_a_byte_changed_on_the_disk_is_found(store: archive.Store, name: str) -> None:
    store.put(NAME, bag(), INFO)
    target = store.folder(NAME) / name
    target.write_bytes(target.read_bytes() + b" ")
    assert store.faults(NAME) == [f"{name} has changed"]
    with pytest.raises(archive.Damaged):
        store.read(NAME)


def test_a_file_lost_on_the_disk_is_found(store: archive.Store) -> None:
    store.put(NAME, {"a": b"1"}, INFO)
    (store.folder(NAME) / "v1/content/a").unlink()
    assert store.faults(NAME) == ["v1/content/a is missing"]


def test_destroying_leaves_nothing(store: archive.Store) -> None:
    store.put(NAME, {"a": b"1"}, INFO)
    store.remove(NAME)
    assert store.faults(NAME) == ["the object is missing"]
    assert not any(path.is_dir() for path in store.root.iterdir() if path.name != "extensions")
    with pytest.raises(archive.Missing):
        store.remove(NAME)


def test_the_layout_is_written_down_beside_the_objects(store: archive.Store) -> None:
    store.begin()
    told = json.loads((store.root / "ocfl_layout.json").read_text())
    config = store.root / "extensions" / told["extension"] / "config.json"
    assert json.loads(config.read_text())["numberOfTuples"] == 3
