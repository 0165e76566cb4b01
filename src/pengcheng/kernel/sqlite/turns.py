"""Taking turns at the one lock that SQLite has for writers.

Whoever finds SQLite's lock taken sleeps for longer and longer and looks again, so that a busy
writer keeps the others out for seconds, while the lock lies free in between. Here threads of a
process wait in a queue, and only one of them looks, often, whether another process is at it.
Processes come in turn, too: one of those that wait is the next, and who has just written stands
behind it. The turn is a courtesy: who does not get it in time goes ahead, and SQLite's own lock
decides.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from threading import Lock

LONGEST = 15.0
LOOK_AGAIN = 0.0005


class Turns:
    """The writers' queue of one database file, for the threads of this process."""

    def __init__(self, path: str) -> None:
        self._within = Lock()
        self._turn, self._next = _Claim(path), _Claim(f"{path}-next")

    def take(self) -> bool:
        """Wait for the turn; False when it did not come in time."""
        if not self._within.acquire(timeout=LONGEST):
            return False
        until = time.monotonic() + LONGEST
        self._next.wait(until)
        self._turn.wait(until)
        self._next.give()
        return True

    def give(self) -> None:
        """Let the next one have it."""
        self._turn.give()
        self._within.release()


class _Claim:
    """A file that one process at a time can hold. The system takes it back from one that is
    killed.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file, self._owner = -1, 0

    def wait(self, until: float) -> None:
        while not self._alone() and time.monotonic() < until:
            time.sleep(LOOK_AGAIN)

    def give(self) -> None:
        with suppress(OSError, ValueError):  # no file was to be had
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _alone(self) -> bool:
        """Whether no other process has it, or none can be asked."""
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
