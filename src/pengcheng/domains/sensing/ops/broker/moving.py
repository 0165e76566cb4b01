"""Moves what is committed from SQLite's log into the database, beside the next transaction.

Left to the one who commits, this is done once the log is long, and whoever writes then waits for
all of it. Done often and beside it, there is little to do at a time, and nobody waits.
"""

from __future__ import annotations

import sqlite3
from queue import SimpleQueue
from threading import Thread

ENOUGH = 500  # rows; in a large store each lies on a page of its own


class Mover:
    """A thread with a connection of its own."""

    def __init__(self, path: str) -> None:
        self._path, self._rows = path, 0
        self._asked: SimpleQueue[bool] = SimpleQueue()  # False: it is to end
        self._thread = Thread(target=self._run, name="mover", daemon=True)
        self._thread.start()

    def committed(self, rows: int) -> None:
        """So many more rows are in the log."""
        self._rows += rows
        if self._rows >= ENOUGH and self._asked.empty():
            self._rows = 0
            self._asked.put(True)

    def close(self) -> None:
        """What was asked for is done before."""
        self._asked.put(False)
        self._thread.join()

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        while self._asked.get():
            try:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            except sqlite3.Error:
                pass  # it stays in the log, which is as durable; the next writer tries again
        connection.close()
