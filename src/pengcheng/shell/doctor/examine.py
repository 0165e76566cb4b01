"""All checks in order; those that need the database are left out when it does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pengcheng.shell.doctor import history, machine, records, tokens
from pengcheng.shell.doctor.finding import Finding


def examine(home: Path) -> Iterator[Finding]:
    """One finding after the other, as they are made."""
    yield machine.secrets(home)
    yield from tokens.check()
    yield machine.disk(home)
    yield machine.assets()
    yield machine.translations()
    yield machine.letters()
    yield machine.processes(home)
    database = records.database()
    yield database
    if database.state == "fail":
        return
    tables = records.migrations()
    yield tables
    if tables.state == "fail":
        return
    yield records.clock()
    yield records.audit_chain()
    yield records.outbox()
    yield records.jobs()
    yield records.ledger()
    yield history.history(home)
    yield records.demo(home)
