"""The process that stores for a broker on SQLite: what the broker worked out goes to the disk here,
beside the interpreter that works out the next.

`python -m …storehand PATH HISTORY CONTROL PAYLOAD`: the last two are descriptors that the broker
gives, a socket for the words and a file in memory for the statements and their rows. When the
broker is gone, so is this process; what it was writing is then stored whole or not at all.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

import msgspec

from pengcheng.domains.sensing.ops.broker.database import SqliteConnection
from pengcheng.domains.sensing.ops.broker.moving import Mover
from pengcheng.domains.sensing.ops.broker.spelling import spelled

STORE, COMMIT, DROP, SINCE = "store", "commit", "drop", "since"
DONE, READY, STALE, FAILED = "done", "ready", "stale", "failed"
LONGEST = 4096  # bytes of a word with what goes with it
encode, decode = msgspec.msgpack.encode, msgspec.msgpack.decode


class Hand:
    """Answers one word after the other."""

    def __init__(self, connection: SqliteConnection, payload: int, mover: Mover) -> None:
        self.connection, self.payload, self.mover = connection, payload, mover

    def answer(self, word: str, *given: Any) -> tuple[Any, ...]:
        try:
            if word == STORE:
                return (self._store(*given),)
            if word == SINCE:
                return DONE, self.connection.changed_elsewhere()
            if word == COMMIT:
                self.connection.commit()
            else:
                self.connection.rollback()
        except sqlite3.Error as reason:
            self._undo()
            return FAILED, type(reason).__name__, str(reason)[: LONGEST // 2]
        return (DONE,)

    def _store(self, length: int, asked: bool) -> str:
        """``asked``: the broker itself says whether another has written since."""
        orders = decode(os.pread(self.payload, length, 0))
        self.connection.begin()
        if self.connection.changed_elsewhere() and not asked:
            self.connection.rollback()
            return STALE
        rows = 0
        for order in orders:
            sql, values = spelled(order)
            self.connection.many(sql, values)
            rows += len(values)
        if asked:
            return READY
        self.connection.commit()
        self.mover.committed(rows)
        return DONE

    def _undo(self) -> None:
        try:
            self.connection.rollback()
        except sqlite3.Error:
            pass  # there was nothing to undo


def main() -> None:
    path, history, control, payload = sys.argv[1:]
    gc.disable()  # nothing here forms cycles
    for each in (signal.SIGINT, signal.SIGTERM):  # sent to the broker and all below it
        signal.signal(each, signal.SIG_IGN)  # it ends in its own time, and this with it
    mover = Mover(path)
    hand = Hand(SqliteConnection(path, Path(history)), int(payload), mover)
    with socket.socket(fileno=int(control)) as channel:
        channel.sendall(encode((READY,)))
        while word := channel.recv(LONGEST):
            channel.sendall(encode(hand.answer(*decode(word))))
    mover.close()
    hand.connection.close()


if __name__ == "__main__":
    main()
