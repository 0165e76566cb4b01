"""The file that a backup is: a packed tar, for its owner only, written aside and then renamed."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

from pengcheng.shell.backup.manifest import NAME, BackupError


def pack(folder: Path, target: Path) -> None:
    """Everything in `folder`, its manifest first."""
    partial = target.with_name(f".{target.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar:
                for path in _ordered(folder):
                    tar.add(path, arcname=str(path.relative_to(folder)), recursive=False)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _ordered(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return sorted(files, key=lambda path: path.name != NAME)


def _plain(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
    """Files and folders only: a link that stays inside here may lead out of the home later."""
    if not (member.isfile() or member.isdir()):
        raise tarfile.SpecialFileError(member)
    return tarfile.data_filter(member, folder)


def unpack(source: Path, folder: Path) -> None:
    """Into an empty folder. Links, devices and paths that lead out of it are refused."""
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            tar.extractall(folder, filter=_plain)  # noqa: S202  (the filter is the check)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(
            f"{source} cannot be unpacked ({error}); take another file",
            f"{source} 无法解包（{error}）；请换一个文件",
        ) from error
