"""Short transactions of several threads as parts of one, with one commit.

Whoever has done its part of the open transaction hands it on to the next in line, and waits. The
last one commits for all; they are told when the disk has it. Each part stands behind a savepoint
and can fail alone. All are written on one connection, which keeps in memory what it has read.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock
from time import monotonic
from typing import Any

from django.db import OperationalError

from pengcheng.kernel.sharing import Undone
from pengcheng.kernel.sqlite.syncing import Syncs
from pengcheng.kernel.sqlite.turns import Turns

MOST = 16
LONGEST = 0.05
"""Seconds after which an open transaction is not handed on: other processes wait meanwhile."""
PATIENCE = 30.0
_PART = "pengcheng_part"


class Batch:
    """An open transaction with its parts."""

    def __init__(self, native: Any, turns: Turns | None) -> None:
        self.native, self.turns = native, turns
        self.until, self.kept = monotonic() + LONGEST, 0
        self._ended, self._failure = Event(), None  # type: tuple[Event, BaseException | None]
        self._kind: type[OperationalError] = Undone

    def end(self, failure: BaseException | None = None, *, written: bool = False) -> None:
        """All parts have ended; with a failure before or after they were written."""
        self._kind = OperationalError if written else Undone
        self._failure = failure
        self._ended.set()

    def outcome(self) -> None:
        """Return when the disk has it. Raises Undone, or OperationalError when it may not."""
        self._ended.wait()
        if self._failure is not None:
            raise self._kind(str(self._failure)) from self._failure


class _Place:
    """A place in line."""

    __slots__ = ("batch", "called")

    def __init__(self) -> None:
        self.called = Event()
        self.batch: Batch | None = None


class Line:
    """The threads that write parts to one database file: one at a time, in order."""

    def __init__(self, path: str, turns: Turns, syncs: Syncs) -> None:
        self._path, self._turns, self._syncs = path, turns, syncs
        self._guard, self._busy = Lock(), False
        self._waiting: deque[_Place] = deque()
        self._native: Any = None
        self._known = (0, 0)

    def begin(self, connect: Callable[[], Any]) -> Batch:
        """Wait for one's turn and begin a part, on the connection of the batch."""
        batch = self._enter() or self._open(connect)
        try:
            batch.native.execute(f"SAVEPOINT {_PART}")
        except BaseException as error:
            self._give_up(batch, error)
            raise
        return batch

    def end(self, batch: Batch, *, kept: bool) -> None:
        """The part is done, or undone. What is kept is on the disk then."""
        try:
            if not kept:
                batch.native.execute(f"ROLLBACK TO {_PART}")
            batch.native.execute(f"RELEASE {_PART}")
        except BaseException as error:  # the database has given the whole transaction up
            self._give_up(batch, error)
        else:
            batch.kept += kept
            if not self._hand_on(batch):
                self._close(batch)
        if kept:
            batch.outcome()

    # --- the line ---

    def _enter(self) -> Batch | None:
        """Wait for the open transaction; None: one is to be begun."""
        with self._guard:
            if not self._busy:
                self._busy = True
                return None
            place = _Place()
            self._waiting.append(place)
        if not place.called.wait(PATIENCE):
            with self._guard:
                if not place.called.is_set():
                    self._waiting.remove(place)
                    raise OperationalError("database is locked")
        return place.batch

    def _hand_on(self, batch: Batch) -> bool:
        """Give the open transaction to the next in line, unless it is full or nobody waits."""
        with self._guard:
            if not self._waiting or batch.kept >= MOST or monotonic() > batch.until:
                return False
            self._call(batch)
            return True

    def _leave(self, batch: Batch | None = None) -> None:
        """Let others write; the next in line begins another transaction."""
        if batch is not None and batch.turns is not None:
            batch.turns.give()
        with self._guard:
            if self._waiting:
                self._call(None)
            else:
                self._busy = False

    def _call(self, batch: Batch | None) -> None:
        place = self._waiting.popleft()
        place.batch = batch
        place.called.set()

    # --- the transaction ---

    def _open(self, connect: Callable[[], Any]) -> Batch:
        taken = False
        try:
            taken = self._turns.take()
            native = self._connection(connect)
            native.execute("BEGIN IMMEDIATE")
        except BaseException:
            if taken:
                self._turns.give()
            self._leave()
            raise
        return Batch(native, self._turns if taken else None)

    def _close(self, batch: Batch) -> None:
        """Commit for all, let the next one write, and wait for the disk."""
        try:
            batch.native.execute("COMMIT" if batch.kept else "ROLLBACK")
        except BaseException as error:
            self._give_up(batch, error)
            return
        self._leave(batch)
        failure: BaseException | None = None
        try:
            if batch.kept:
                self._syncs.reach()
        except BaseException as error:
            failure = error
        batch.end(failure, written=True)

    def _give_up(self, batch: Batch, error: BaseException) -> None:
        """Undo what is not committed, and begin anew on another connection."""
        self._drop()
        self._leave(batch)
        batch.end(error)

    def _connection(self, connect: Callable[[], Any]) -> Any:
        """A file that was replaced, or another process, needs another one."""
        known = (os.getpid(), os.stat(self._path).st_ino)
        if self._native is None or known != self._known:
            self._drop()
            native = connect()
            native.isolation_level = None
            native.execute("PRAGMA temp_store=MEMORY")  # what savepoints keep, too
            native.execute("PRAGMA synchronous=NORMAL")  # it is we who wait for the disk
            self._native, self._known = native, known
        return self._native

    def _drop(self) -> None:
        native, self._native = self._native, None
        if native is not None and self._known[0] == os.getpid():
            with suppress(Exception):
                native.execute("ROLLBACK")  # closing alone waits for every cursor to be forgotten
            with suppress(Exception):
                native.close()
