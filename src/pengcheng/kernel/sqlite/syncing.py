"""Commits reach the disk together.

SQLite by itself waits for the disk while it holds the one lock that writers have. Here a commit is
written and the lock given up; then it is waited for until the disk has the log, and one waiting
serves all whose commit stands in the log by then. Nobody is told of success before.
"""

from __future__ import annotations

import os
from threading import Condition, Lock


class Syncs:
    """Waits for the disk, for all threads of this process that write to one database file."""

    def __init__(self, log: str) -> None:
        self._log = log
        self._changed = Condition(Lock())
        self._begun = self._done = 0
        self._failed: set[int] = set()
        self._busy = False

    def reach(self) -> None:
        """Return when the disk has all that was in the log at this moment. Raises OSError."""
        with self._changed:
            wanted = self._begun + 1  # one that is under way may have begun too early for us
            while self._done < wanted:
                if self._busy:
                    self._changed.wait()
                    continue
                self._busy, self._begun = True, self._begun + 1
                self._changed.release()
                whole = False
                try:
                    self._sync()
                    whole = True
                finally:
                    self._changed.acquire()
                    self._busy, self._done = False, self._begun
                    if not whole:
                        self._failed.add(self._begun)
                    self._changed.notify_all()
            if wanted in self._failed:
                raise OSError(f"{self._log}: the disk did not take it")

    def _sync(self) -> None:
        # Opened anew: the log goes with its last connection, and another comes with the next one.
        log = os.open(self._log, os.O_RDWR | os.O_CLOEXEC)
        try:
            getattr(os, "fdatasync", os.fsync)(log)
        finally:
            os.close(log)
