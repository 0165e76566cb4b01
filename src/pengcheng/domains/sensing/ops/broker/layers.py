"""What one request has done so far, apart from what others have: it may yet be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Document = dict[str, Any]
Key = tuple[str, str, str]  # what it is, tenant, id


class Layer:
    """What one request has done so far."""

    __slots__ = ("documents", "marked", "notes", "reborn", "rows")

    def __init__(self) -> None:
        self.documents: dict[Key, Document | None] = {}
        self.reborn: set[Key] = set()  # deleted, then made anew
        self.rows: dict[str, list[Sequence[Any]]] = {}
        self.notes: dict[Any, Any] = {}
        self.marked = False  # whether its savepoint is set

    def take(self, other: Layer) -> None:
        self.documents.update(other.documents)
        if other.reborn:
            self.reborn |= other.reborn
        if other.notes:
            self.notes.update(other.notes)
        for statement, rows in other.rows.items():
            known = self.rows.get(statement)
            if known is None:
                self.rows[statement] = rows
            else:
                known += rows
