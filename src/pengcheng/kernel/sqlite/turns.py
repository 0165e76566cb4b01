"""Taking turns at the one lock that SQLite has for writers.

Whoever finds SQLite's lock taken sleeps for longer and longer and looks again, so that a busy
writer keeps the others out for seconds, while the lock lies free in between. Here threads of a
process wait in a queue, and only one of them looks, often, whether another process is at it. The
turn is a courtesy: who does not get it in time goes ahead, and SQLite's own lock decides.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from threading import Lock

LONGEST = 15.0
LOOK_AGAIN = 0.001


class Turns:
    """The writers' queue of one database file, for the threads of this process."""

    def __init__(self, path: str) -> None:
        self._path, self._within = path, Lock()
        self._file, self._owner = -1, 0

    def take(self) -> bool:
        """Wait for the turn; False when it did not come in time."""
        if not self._within.acquire(timeout=LONGEST):
            return False
        until = time.monotonic() + LONGEST
        while not self._alone():
            if time.monotonic() > until:
                break
            time.sleep(LOOK_AGAIN)
        return True

    def give(self) -> None:
        """Let the next one have it."""
        with suppress(OSError, ValueError):  # no file was to be had
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._within.release()

    def _alone(self) -> bool:
        """Whether no other process is at it, or none can be asked. The kernel takes the lock back
        from a process that is killed.
        """
        try:
            if self._owner != os.getpid():  # an open file is shared with the process that forked
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                self._owner = os.getpid()
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a full disk, say: SQLite will tell better
            return True
        return True
