"""What has been set up in which database, so that a second start does not do it again.

The stamps lie in the home. They name the database they speak of: one that was replaced or emptied
is set up anew.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.db.migrations.recorder import MigrationRecorder

from pengcheng import __version__


def database_mark() -> str:
    """What tells this database from any other: the moment of its first migration."""
    first = MigrationRecorder.Migration.objects.order_by("id").first()
    moment = first.applied.isoformat() if first else ""
    return hashlib.sha256(moment.encode()).hexdigest()[:16]


class Stamps:
    """The steps that are done, by name, with the state of what they were made from."""

    def __init__(self, home: Path, mark: str) -> None:
        self.path = home / "setup.json"
        self.mark = mark
        self.done: dict[str, str] = self._read()

    def _read(self) -> dict[str, str]:
        try:
            told = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
        known = isinstance(told, dict) and told.get("database") == self.mark
        return dict(told["done"]) if known else {}

    def has(self, step: str, state: str = __version__) -> bool:
        return self.done.get(step) == state

    def set(self, step: str, state: str = __version__) -> None:
        self.done[step] = state
        text = json.dumps({"database": self.mark, "done": self.done}, indent=1)
        self.path.write_text(text)
