"""Putting a backup back: aside first, proved there, and only then in the city's place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from django.db import connection

from pengcheng.kernel import clock
from pengcheng.shell.backup import archive, places
from pengcheng.shell.backup import manifest as contents
from pengcheng.shell.backup.manifest import BackupError, Manifest
from pengcheng.shell.backup.proof import Proof, prove

Tell = Callable[[int, int], None]


class Restored(msgspec.Struct, frozen=True):
    """What was found, and under which name the former city is kept ("" when there was none)."""

    manifest: Manifest
    proof: Proof
    kept: str = ""


@contextmanager
def _unpacked(source: Path, home: Path) -> Iterator[tuple[Manifest, Path]]:
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=home) as name:
        folder = Path(name)
        archive.unpack(source, folder)
        manifest = contents.read(folder)
        contents.check_files(manifest, folder)
        if manifest.database != connection.vendor:
            raise BackupError(
                f"the backup is of {manifest.database}, this city is on {connection.vendor};"
                " set PENGCHENG_DATABASE_URL to match",
                f"备份来自 {manifest.database}，而当前城市使用 {connection.vendor}；"
                "请设置相应的 PENGCHENG_DATABASE_URL",
            )
        yield manifest, folder


def check(source: Path, home: Path, tell: Tell = lambda done, total: None) -> Restored:
    """Restore the backup aside, prove it and throw the trial away. Raises BackupError."""
    with _unpacked(source, home) as (manifest, folder):
        with places.trial(manifest, folder, tell) as place:
            return Restored(manifest, prove(manifest, place.environment))


def restore(source: Path, home: Path, tell: Tell = lambda done, total: None) -> Restored:
    """Restore the backup in the city's place. The former city is kept under another name.

    Raises BackupError, and then nothing has been changed.
    """
    with _unpacked(source, home) as (manifest, folder):
        with places.trial(manifest, folder, tell) as place:
            proof = prove(manifest, place.environment)
            kept = f"before_restore_{clock.now():%Y%m%dt%H%M%S}"
            return Restored(manifest, proof, place.take_over(home, folder, kept))
