"""Making tables as an earlier version had them, in a database that the environment names."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

import msgspec

Applied = Sequence[tuple[str, str]]


def migrate_to(applied: Applied, environment: Mapping[str, str]) -> None:
    """Apply just these migrations, in a process of its own. Raises LookupError for unknown ones."""
    done = subprocess.run(
        [sys.executable, "-m", "pengcheng.shell.setup.tables"],
        env={**os.environ, **environment},
        input=msgspec.json.encode(list(applied)),
        capture_output=True,
    )
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise LookupError(f"the tables of the backup cannot be made: {last}")


def _apply(applied: set[tuple[str, str]]) -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    if unknown := sorted(applied - set(graph.nodes)):
        raise LookupError(f"this version does not know {unknown[0]}")
    # The last ones: what no other applied migration builds upon.
    built_upon = {parent.key for key in applied for parent in graph.node_map[key].parents}
    executor.migrate(sorted(applied - built_upon))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pengcheng.shell.settings")
    import django

    django.setup()
    _apply(set(msgspec.json.decode(sys.stdin.buffer.read(), type=list[tuple[str, str]])))
