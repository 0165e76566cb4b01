"""Files that belong to nothing any more: of drafts thrown away, of answers replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pengcheng.domains.services.models import Upload
from pengcheng.domains.services.ops import drafts
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource

GRACE = 24 * 3600
"""Seconds: a file is written before the row that names it, so young ones are left alone."""
_HASH = re.compile(r"[0-9a-f]{64}")


def sweep(context: Context) -> int:
    """Delete what no upload names and nobody touched for a day; answers how many files went."""
    old = [path for path in _files(drafts.folder()) if _age(path) > GRACE]
    if not old:
        return 0
    with act(context, "services.upload.sweep", Resource(kind="upload")) as acting:
        gone = sum(_remove(path) for path in old)
        acting.note(files=gone)
    return gone


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.glob("*/*")) if path.is_file())


def _age(path: Path) -> float:
    try:
        return clock.now().timestamp() - path.stat().st_mtime
    except FileNotFoundError:
        return 0


def _remove(path: Path) -> bool:
    """Whether the file went. A name that is no hash is a writing that was broken off."""
    named = _HASH.fullmatch(path.name) is not None
    if named and Upload.objects.filter(sha256=path.name).exists():
        return False
    if _age(path) <= GRACE:  # handed in again a moment ago
        return False
    path.unlink(missing_ok=True)
    return True
