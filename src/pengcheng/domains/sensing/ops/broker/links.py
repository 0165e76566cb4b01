"""Relationships that are looked up from their target's side, in rows beside the entities.

Only the few that SensorThings asks for are kept so: which Datastreams a Thing has, and the like.
They follow every write, whichever face it came through.
"""

from __future__ import annotations

from typing import Any

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.kit.sensorthings.mapping import LOOKED_UP, targets

Document = dict[str, Any]


def of(entity: Document | None) -> set[tuple[str, str]]:
    """(target, name) of an entity."""
    found: set[tuple[str, str]] = set()
    for kind in entity["type"] if entity else ():
        for name in LOOKED_UP.get(kind, ()):
            found.update((target, name) for target in targets(entity or {}, name))
    return found


def moved(old: Document | None, new: Document | None) -> bool:
    """Whether one of those relationships points elsewhere now."""
    others = LOOKED_UP.keys().isdisjoint
    if (old is None or others(old["type"])) and (new is None or others(new["type"])):
        return False  # nearly always
    return of(old) != of(new)


def relink(connection: Connection, tenant: str, old: Document | None, new: Document | None) -> None:
    before, after = of(old), of(new)
    source = (new or old or {})["id"]
    gone = [(tenant, *each, source) for each in before - after]
    come = [(tenant, *each, source) for each in after - before]
    if gone:
        connection.many(
            "DELETE FROM ngsild_link WHERE tenant = ? AND target = ? AND name = ? AND source = ?",
            gone,
        )
    if come:
        connection.many(
            "INSERT INTO ngsild_link (tenant, target, name, source) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            come,
        )


def sources(connection: Connection, tenant: str, target: str, name: str) -> list[str]:
    """Who points there."""
    rows = connection.all(
        "SELECT source FROM ngsild_link WHERE tenant = ? AND target = ? AND name = ?"
        " ORDER BY source",
        (tenant, target, name),
    )
    return [row[0] for row in rows]
