"""The proof that a restored database is the one that was backed up: by a process of its own, as
a city started on it would see it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

import msgspec

from pengcheng.shell.backup.manifest import BackupError, Manifest


class Proof(msgspec.Struct, frozen=True):
    """What was counted and recomputed."""

    tables: dict[str, int]
    audit_whole: bool
    audit_lines: int
    audit_head: str


def prove(manifest: Manifest, environment: Mapping[str, str]) -> Proof:
    """Count and recompute in the place that `environment` names. Raises BackupError."""
    done = subprocess.run(
        [sys.executable, "-m", "pengcheng.shell.backup.proof"],
        env={**os.environ, **environment},
        capture_output=True,
    )
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise BackupError(
            f"the restored database cannot be read {last}; take another backup",
            f"恢复出的数据库无法读取 {last}；请换一个备份",
        )
    proof = msgspec.json.decode(done.stdout, type=Proof)
    _compare(manifest, proof)
    return proof


def _compare(manifest: Manifest, proof: Proof) -> None:
    for name, table in manifest.tables.items():
        if proof.tables.get(name) != table.rows:
            raise BackupError(
                f"{name} has {proof.tables.get(name)} rows instead of {table.rows};"
                " take another backup",
                f"{name} 应有 {table.rows} 行，实为 {proof.tables.get(name)} 行；请换一个备份",
            )
    if not proof.audit_whole or (proof.audit_lines, proof.audit_head) != manifest.audit:
        raise BackupError(
            "the audit chain of the backup is not whole: it was altered; do not trust it",
            "备份中的审计链不完整，已被改动；请勿使用",
        )


def measure() -> Proof:
    """Of the database that the environment names."""
    from django.db import connection

    from pengcheng.kernel import audit

    with connection.cursor() as cursor:
        counts: dict[str, int] = {}
        for name in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(name)
            cursor.execute(f"SELECT count(*) FROM {quoted}")  # noqa: S608  # its own name
            counts[name] = cursor.fetchone()[0]
    report = audit.verify()
    # A chain without a line has no head row yet.
    head = report.head if report.count else ""
    return Proof(counts, report.whole, report.count, head)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pengcheng.shell.settings")
    import django
    from django.conf import settings

    # Tables and audit are all it asks; the domains take four times as long to import.
    settings.INSTALLED_APPS = ["pengcheng.kernel"]
    settings.HEARERS = False
    django.setup()
    sys.stdout.buffer.write(msgspec.json.encode(measure()))
