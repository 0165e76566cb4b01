"""Making a backup: database first, then the files that it speaks of."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

from pengcheng import __version__
from pengcheng.kernel import clock
from pengcheng.shell.backup import archive, postgres, sqlite
from pengcheng.shell.backup import manifest as contents
from pengcheng.shell.backup.manifest import FORMAT, Manifest

Tell = Callable[[int, int], None]
# Of the home; the base map is drawn again from what the database holds.
FILES = (
    "secret.key",
    "demo-password",
    "uploads",
    "archive",
    "firmware",
    "trust",
    "keys",
    "setup.json",
    "broker.key",
    "session.key",
    ".session.key.past",
    ".broker.key.past",
)
LIVE = "live.sqlite3"  # the store of the context broker
# What is still being written may be renamed while we look; each store marks it in its way.
DRAFTS = {
    "keys": (".*",),
    "archive": (".new-*", ".gone-*"),
    "uploads": ("*.*",),
    "firmware": ("*.*",),
}


def default_name() -> str:
    return f"pengcheng-{clock.now():%Y%m%dT%H%M%SZ}.tar.gz"


def make(home: Path, target: Path, tell: Tell = lambda done, total: None) -> Manifest:
    """Write a backup of the running city to `target`; returns its table of contents."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as name:
        folder = Path(name)
        facts = _dump(folder, tell)
        take_files(home, folder)
        manifest = Manifest(
            format=FORMAT,
            version=__version__,
            made_at=clock.now().isoformat(),
            database="postgresql" if connection.vendor == "postgresql" else "sqlite",
            files={
                str(path.relative_to(folder)): contents.fingerprint(path)
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            },
            **facts,
        )
        contents.write(manifest, folder)
        archive.pack(folder, target)
    return manifest


def _dump(folder: Path, tell: Tell) -> dict[str, Any]:
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        own = {"django_migrations", *connection.introspection.django_table_names()}
        return postgres.dump(connection.connection, own, folder, tell)
    return sqlite.dump(Path(str(connection.settings_dict["NAME"])), folder, tell)


def take_files(home: Path, folder: Path) -> None:
    for name in FILES:
        source = home / name
        if source.is_dir():
            drafts = shutil.ignore_patterns(*DRAFTS.get(name, ()))
            shutil.copytree(source, folder / "home" / name, ignore=drafts)
        elif source.exists():
            (folder / "home").mkdir(exist_ok=True)
            shutil.copy2(source, folder / "home" / name)
    if (home / LIVE).exists():
        (folder / "home").mkdir(exist_ok=True)
        sqlite.copy(home / LIVE, folder / "home" / LIVE).close()
