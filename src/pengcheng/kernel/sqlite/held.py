"""What a short transaction will write, while it waits for nothing and holds up nobody.

As long as a part of a shared transaction only reads and adds rows that nobody asks back, it needs
no lock: the rows are held back here, in their order, with the savepoints between them. They are
written when the lock is needed or when the part ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Write = Callable[[], object]


class Held:
    """Rows held back, with the names of their tables."""

    def __init__(self) -> None:
        self._steps: list[str | Write] = []  # a name begins a savepoint
        self._tables: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._steps)

    def add(self, table: str, write: Write) -> None:
        self._tables.add(table)
        self._steps.append(write)

    def touches(self, tables: Iterable[str]) -> bool:
        """Whether rows are held back for one of them: who reads there must see those."""
        return not self._tables.isdisjoint(tables)

    def begin(self, savepoint: str) -> None:
        self._steps.append(savepoint)

    def keep(self, savepoint: str) -> None:
        self._steps.remove(savepoint)

    def undo(self, savepoint: str) -> None:
        del self._steps[self._steps.index(savepoint) + 1 :]

    def write(self, connection: Any) -> None:
        """Do it all, on a connection that may write by now."""
        for step in self._steps:
            if isinstance(step, str):
                connection._savepoint(step)
            else:
                step()
