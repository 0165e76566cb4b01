"""What a backup says it contains; everything in it is checked against this."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import msgspec

NAME = "manifest.json"
FORMAT = 1


class BackupError(Exception):
    """A backup that cannot be made or trusted: what is wrong and what to do, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


class File(msgspec.Struct, frozen=True):
    bytes: int
    sha256: str


class Table(msgspec.Struct, frozen=True):
    """A table's rows and, where they are kept as text, the order of its columns."""

    rows: int
    columns: tuple[str, ...] = ()


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The table of contents. `audit` is the length of the chain and its last seal."""

    format: int
    version: str
    made_at: str
    database: Literal["sqlite", "postgresql"]
    tables: dict[str, Table]
    migrations: tuple[tuple[str, str], ...]
    audit: tuple[int, str]
    files: dict[str, File] = {}


def fingerprint(path: Path) -> File:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return File(path.stat().st_size, digest)


def write(manifest: Manifest, folder: Path) -> None:
    (folder / NAME).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))


def read(folder: Path) -> Manifest:
    """Raises BackupError when there is none or it is of a later format."""
    try:
        manifest = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise BackupError(
            "this is no backup of Pengcheng, or it is cut short; take another file",
            "这不是鹏城的备份，或文件不完整；请换一个文件",
        ) from error
    if manifest.format > FORMAT:
        raise BackupError(
            f"the backup was made by a later version ({manifest.version}); update first",
            f"备份由更新的版本（{manifest.version}）生成；请先升级",
        )
    return manifest


def check_files(manifest: Manifest, folder: Path) -> None:
    """Every file named is there unchanged, and no other. Raises BackupError."""
    found = {
        str(path.relative_to(folder)): path
        for path in folder.rglob("*")
        if path.is_file() and path.name != NAME
    }
    for name, file in manifest.files.items():
        path = found.pop(name, None)
        if path is None or fingerprint(path) != file:
            raise BackupError(
                f"the backup is damaged at {name}; take another file",
                f"备份在 {name} 处损坏；请换一个文件",
            )
    if found:
        raise BackupError(
            f"the backup holds what it does not list: {min(found)}; do not trust it",
            f"备份中含有未列出的文件：{min(found)}；请勿使用",
        )
