"""Who writes to the database what a batch left to write: this process or one of its own."""

from __future__ import annotations

import logging
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from pengcheng.domains.sensing.ops.broker import storehand
from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.spelling import Order, spelled

log = logging.getLogger(__name__)


class Stale(BaseException):
    """Another process has written since: what was worked out may rest on what is no more. Not an
    Exception: no request is to take it for its own.
    """


class Hand(Protocol):
    """One that stores; asked by one thread at a time."""

    def take(self, orders: list[Order]) -> None:
        """What is to be stored in one transaction. Returns soon, and raises nothing."""

    def store(self) -> None:
        """Durable when this returns. Raises Stale, or why it could not be."""

    def changed(self) -> bool:
        """Whether somebody else has written since we did. To be asked within a transaction."""

    def written(self) -> None:
        """The broker has written by the connection itself."""

    def close(self) -> None: ...


class Here:
    """By the broker's own connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._orders: list[Order] = []

    def take(self, orders: list[Order]) -> None:
        self._orders = orders

    def store(self) -> None:
        connection, orders = self._connection, self._orders
        connection.begin()
        try:
            if connection.changed_elsewhere():
                raise Stale
            for order in orders:
                connection.many(*spelled(order))
            connection.commit()
        except BaseException:
            connection.rollback()
            raise

    def changed(self) -> bool:
        return self._connection.changed_elsewhere()

    def written(self) -> None: ...

    def close(self) -> None: ...


class There:
    """By a process of its own, so that SQLite's work does not wait for this interpreter.

    SQLite tells a connection that another has written, not who. So the one of the two that wrote
    last is asked: it knows no other than those who are not ours.
    """

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection, self._path = connection, path
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._payload = _memory()
        self._last_there = False
        self._unknown = False  # the process that wrote last is gone, and with it who could know
        self._orders: list[Order] = []
        self._told = False  # whether the process knows of them

    # -- what the broker asks ------------------------------------------------------------

    def take(self, orders: list[Order]) -> None:
        """The process begins at once: to wait for another thread to tell it costs a tenth."""
        self._orders, self._told = orders, False
        if self._channel is not None and not self._unknown:
            try:
                self._begin_storing(self._channel)
            except Exception:
                log.info("storing is tried again where it may fail", exc_info=True)

    def store(self) -> None:
        if self._unknown:
            raise Stale
        word = self._started()[0]
        if word == storehand.READY:
            if self._connection.changed_elsewhere():
                self._ask(storehand.DROP)
                raise Stale
            word = self._ask(storehand.COMMIT)[0]
        if word == storehand.STALE:
            raise Stale
        self._last_there = True

    def changed(self) -> bool:
        here = self._connection.changed_elsewhere()
        if not self._last_there:
            return here
        try:
            there = bool(self._ask(storehand.SINCE)[1])
        except OSError:
            there = True
        unknown, self._unknown = self._unknown, False
        return there or unknown

    def written(self) -> None:
        self._last_there = False

    def close(self) -> None:
        self._end()
        os.close(self._payload)

    # -- the process ---------------------------------------------------------------------

    def _begin_storing(self, channel: socket.socket) -> None:
        content = storehand.encode(self._orders)
        os.pwrite(self._payload, content, 0)
        word = (storehand.STORE, len(content), not self._last_there)
        channel.sendall(storehand.encode(word))
        self._told = True

    def _started(self) -> list[Any]:
        """The answer to what was taken; the process may not even know of it yet."""
        if self._told:
            return self._hear()
        return self._said(self._begin_storing)

    def _ask(self, word: str) -> list[Any]:
        return self._said(lambda channel: channel.sendall(storehand.encode((word,))))

    def _said(self, say: Callable[[socket.socket], None]) -> list[Any]:
        try:
            say(self._channel or self._begin())
        except OSError:
            self._end()
            raise
        return self._hear()

    def _hear(self) -> list[Any]:
        try:
            told = self._channel.recv(storehand.LONGEST) if self._channel else b""
            if not told:
                raise ConnectionError("the process that stores is gone")
        except OSError:
            self._end()
            raise
        answer: list[Any] = storehand.decode(told)
        if answer[0] == storehand.FAILED:
            raise getattr(sqlite3, answer[1], sqlite3.OperationalError)(answer[2])
        return answer

    def _begin(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            order = (sys.executable, "-m", storehand.__name__, str(self._path))
            files = (str(self._connection.files), str(theirs.fileno()), str(self._payload))
            self._process = subprocess.Popen(
                [*order, *files], pass_fds=(theirs.fileno(), self._payload)
            )
        self._channel = ours
        if not ours.recv(storehand.LONGEST):
            raise ConnectionError("the process that stores does not start")
        return ours

    def _end(self) -> None:
        """What it knew of who else has written is gone with it."""
        self._unknown = self._last_there
        if self._channel is not None:
            self._channel.close()
        if self._process is not None:
            self._process.wait(10)
        self._channel = self._process = None


def _memory() -> int:
    """A file in memory."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("pengcheng-batch")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
