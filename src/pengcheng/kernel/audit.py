"""The audit chain: every decision of the city, append-only, each line sealed over the one before.

The columns carry what an OCSF 1.x API Activity (class 6003) event needs; ``to_ocsf`` gives that
form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Literal

import msgspec
import orjson
from django.db import transaction

from pengcheng.kernel import clock
from pengcheng.kernel import together as gathered
from pengcheng.kernel.context import Context
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.models import AuditEntry, AuditHead, Seen
from pengcheng.kernel.prepared import Lookup, execute, insert_all

Outcome = Literal["success", "failure", "denied"]
API_ACTIVITY = 6003
GENESIS = "0" * 64
_SEALED = (
    "id", "class_uid", "actor", "actor_kind", "on_behalf_of", "agent", "action", "resource",
    "outcome",
    "purpose", "cause", "facts", "previous",
)  # fmt: skip


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One audit line as others see it."""

    id: str
    time: datetime
    actor: str
    actor_kind: str
    action: str
    resource: str
    outcome: str
    purpose: str
    cause: str
    on_behalf_of: str
    agent: str
    facts: dict[str, Any]
    digest: str


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the chain is whole; ``broken_at`` is the id of the first line that does not fit."""

    whole: bool
    count: int
    head: str
    broken_at: str = ""
    reason: str = ""


def record(
    context: Context,
    *,
    action: str,
    resource: str = "",
    outcome: Outcome = "success",
    facts: dict[str, Any] | None = None,
    subjects: tuple[str, ...] = (),
) -> str:
    """Append a line; returns its id. Call it last in a transaction: it holds the chain's lock until
    the commit.
    """
    line = Told(context, action, resource, outcome, facts or {}, subjects)
    return record_all([line])[0]


class Told(msgspec.Struct, frozen=True):
    """What a line shall say."""

    context: Context
    action: str
    resource: str = ""
    outcome: Outcome = "success"
    facts: dict[str, Any] = {}
    subjects: tuple[str, ...] = ()  # whose personal data the act showed


def record_all(lines: Sequence[Told]) -> list[str]:
    """Append lines in their order, with one lock of the chain; answers their ids."""
    if not lines:
        return []
    # A part of the transaction that is under way: only with it are the lines written or undone.
    with transaction.atomic(savepoint=False):
        head = _lock_head()
        digest, rows = head.digest, []
        for line in lines:
            rows.append(_row(line, digest))
            digest = rows[-1]["digest"]
        insert_all(AuditEntry, rows)
        insert_all(Seen, _seen(lines, rows))
        _move_head(head.count + len(rows), digest)
    return [row["id"] for row in rows]


def _seen(lines: Sequence[Told], rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whom each line is about."""
    return [
        {"subject": one, "entry": row["id"]}
        for line, row in zip(lines, rows, strict=True)
        for one in line.subjects
    ]


def together() -> AbstractContextManager[None]:
    """What is told within the running transaction is written at the end, with one lock of the
    chain that is held briefly. A part that is undone takes its lines with it.
    """
    return gathered.together(record_all)


def tell(lines: Sequence[Told]) -> None:
    """Append lines, now or when the transaction says what it did `together`."""
    gathered.tell(record_all, lines)


def _row(line: Told, previous: str) -> dict[str, Any]:
    context = line.context
    row = {
        "id": new_id(),
        "time": clock.now(),
        "class_uid": API_ACTIVITY,
        "actor": context.actor.id,
        "actor_kind": context.actor.kind,
        "on_behalf_of": context.on_behalf_of or "",
        "agent": context.agent or "",
        "action": line.action,
        "resource": line.resource[:200],
        "outcome": line.outcome,
        "purpose": context.purpose or "",
        "cause": context.cause or "",
        "facts": line.facts,
        "previous": previous,
    }
    return row | {"digest": _digest(row)}


class Head(msgspec.Struct, frozen=True):
    """The end of the chain: how many lines, and the last one's digest."""

    count: int
    digest: str


def head() -> Head:
    """The chain's present end, as others may put it on record elsewhere."""
    row = AuditHead.objects.first()
    return Head(row.count, row.digest) if row else Head(0, GENESIS)


def verify() -> AuditReport:
    """Recompute the whole chain from its first line."""
    previous, count = GENESIS, 0
    for entry in AuditEntry.objects.order_by("position").iterator(chunk_size=2000):
        count += 1
        if entry.previous != previous or entry.digest != _digest(vars(entry)):
            return AuditReport(
                whole=False, count=count, head=previous, broken_at=entry.id, reason="line altered"
            )
        previous = entry.digest
    end = head()
    if (end.count, end.digest) != (count, previous):
        return AuditReport(
            whole=False, count=count, head=previous, reason="lines missing at the end"
        )
    return AuditReport(whole=True, count=count, head=previous)


def entries(
    *,
    resource: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    limit: int = 200,
) -> list[Line]:
    """Lines, newest first, of one resource (``kind/id``), actor or action."""
    rows = AuditEntry.objects.order_by("-position")
    wanted = {"resource": resource, "actor": actor, "action": action}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return [line_of(row) for row in rows[:limit]]


def to_ocsf(line: Line) -> dict[str, Any]:
    """The line as an OCSF API Activity event (class 6003, category 6)."""
    status = {"success": 1, "failure": 2, "denied": 2}[line.outcome]
    return {
        "class_uid": API_ACTIVITY,
        "category_uid": 6,
        "activity_id": 99,
        "activity_name": line.action,
        "type_uid": API_ACTIVITY * 100 + 99,
        "time": int(line.time.timestamp() * 1000),
        "severity_id": 1 if line.outcome == "success" else 2,
        "status_id": status,
        "status_detail": line.outcome,
        "actor": {"user": {"uid": line.actor, "type": line.actor_kind}},
        "api": {"operation": line.action},
        "resources": [{"uid": line.resource}] if line.resource else [],
        "metadata": {"uid": line.id, "version": "1.4.0", "product": {"name": "Pengcheng"}},
        "unmapped": {"purpose": line.purpose, "cause": line.cause, "facts": line.facts},
    }


_head = Lookup(lambda: AuditHead.objects.select_for_update().filter(id=1), keys=0)


def _lock_head() -> AuditHead:
    head = _head.first()
    if head is None:
        AuditHead.objects.get_or_create(id=1, defaults={"digest": GENESIS})
        head = AuditHead.objects.select_for_update().get(id=1)
    return head


def _move_head(count: int, digest: str) -> None:
    execute("UPDATE kernel_audit_head SET count = %s, digest = %s WHERE id = 1", [count, digest])


def _digest(row: Mapping[str, Any]) -> str:
    sealed = {name: row[name] for name in _SEALED}
    sealed["time"] = int(row["time"].timestamp() * 1_000_000)
    return hashlib.sha256(orjson.dumps(sealed, option=orjson.OPT_SORT_KEYS)).hexdigest()


def line_of(row: AuditEntry) -> Line:
    return Line(**{name: getattr(row, name) for name in Line.__struct_fields__})
