"""Which data this release carries: one hash a data set, so that a later change cannot be hidden."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pengcheng.domains.ledger.ops import log
from pengcheng.kernel.context import Context

KIND = "data.version"
PACKAGE = Path(__file__).resolve().parents[3]


def anchor_data(context: Context) -> int:
    """Every folder with a `SOURCE.toml` is a data set; answers how many versions were new."""
    found = sorted(PACKAGE.rglob("SOURCE.toml"))
    return log.append_many(context, KIND, [digest_of(path.parent) for path in found])


def digest_of(folder: Path) -> str:
    """Over the lines of `sha256sum` for its files, in order of their names."""
    names = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(names)
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
