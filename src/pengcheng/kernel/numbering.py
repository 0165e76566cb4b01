"""Running numbers: each is given once, and one may stay unused.

Where a table's next number can only be had with the writers' lock, a process takes several at once
and gives them out without it.
"""

from __future__ import annotations

import os
from collections import deque
from threading import Lock

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from pengcheng.kernel.prepared import execute, insert_numbered

AT_ONCE = 64
_guard = Lock()
_taken: dict[tuple[int, str, str], deque[int]] = {}
"""What this process may still give out, by database and table."""


def next_number(model: type[models.Model]) -> int:
    """A number of this model's table, which has nothing but numbers."""
    connection = transaction.get_connection()
    if getattr(connection, "held", None) is None:
        return insert_numbered(model, [{}])[0]
    with _guard:
        mine = _taken.get(_place(connection, model))
        if mine:
            return mine.popleft()
    return _take(connection, model)


def _take(connection: BaseDatabaseWrapper, model: type[models.Model]) -> int:
    """The first of several; the others are to be had when that is committed."""
    first = insert_numbered(model, [{}])[0]
    table = connection.ops.quote_name(model._meta.db_table)
    last = first + AT_ONCE - 1
    execute(f"INSERT INTO {table} (id) VALUES (%s)", [last])  # noqa: S608  # a table of ours

    def give() -> None:
        with _guard:
            _taken[_place(connection, model)] = deque(range(first + 1, last + 1))

    transaction.on_commit(give)
    return first


def _place(connection: BaseDatabaseWrapper, model: type[models.Model]) -> tuple[int, str, str]:
    return os.getpid(), str(connection.settings_dict["NAME"]), model._meta.db_table
