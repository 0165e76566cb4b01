"""Rows that parts of a transaction leave behind and that are written together at its end.

What many small acts of one transaction tell (events, audit lines) costs less in one statement, and
the audit chain is locked once and briefly. A part that is undone takes what it told with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction

Write = Callable[[Sequence[Any]], object]

_gathering: ContextVar[bool] = ContextVar("pengcheng_gathering", default=False)


class _Later:
    """Waits among what is done on commit: there, undoing a part of the transaction removes it."""

    def __init__(self, write: Write, what: Any) -> None:
        self.write, self.what = write, what

    def __call__(self) -> None:
        """Nothing: when the transaction is committed, it has been written."""


def tell(write: Write, what: Sequence[Any]) -> None:
    """Have these written: now, or with all that is told within the block of `together`."""
    if not _gathering.get():
        write(what)
        return
    for one in what:
        transaction.on_commit(_Later(write, one))


@contextmanager
def together(*last: Write) -> Iterator[None]:
    """What is told within is written at the end of the block, which must lie in a transaction.

    ``last`` are those who write after the others, because they take a lock.
    """
    if _gathering.get():
        yield
        return
    token = _gathering.set(True)
    try:
        yield
    finally:
        _gathering.reset(token)
    connection = transaction.get_connection()
    told = [what for _, what, _ in connection.run_on_commit if isinstance(what, _Later)]
    connection.run_on_commit = [
        one for one in connection.run_on_commit if not isinstance(one[1], _Later)
    ]
    writers = dict.fromkeys(each.write for each in told)
    for write in sorted(writers, key=lambda each: each in last):
        write([each.what for each in told if each.write is write])
