"""Who lets a short transaction share its commit with others says so here.

Where the database lets one write at a time (SQLite), several such transactions then reach the disk
as one (`kernel.sqlite.parts`); elsewhere nothing is different.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from django.db import OperationalError

T = TypeVar("T")
_sharing: ContextVar[bool] = ContextVar("pengcheng_sharing", default=False)


class Undone(OperationalError):
    """The commit failed that this transaction shared; maybe by another's fault."""


def shared(step: Callable[[], T]) -> T:
    """Do ``step``, whose transaction is short, for others wait for its end.

    It is done again, by itself, when the shared commit fails: nothing of it may last outside the
    database.
    """
    token = _sharing.set(True)
    try:
        return step()
    except Undone:
        pass
    finally:
        _sharing.reset(token)
    return step()


def is_shared() -> bool:
    """Whether a transaction that begins now may share its commit."""
    return _sharing.get()
