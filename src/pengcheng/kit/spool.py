"""A queue on the disk, in order, that survives anything but the loss of the disk.

It has a bound. When it is full, every second of the oldest half is dropped: what is left of days
offline is thinner, not cut off, and how much went is counted.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

SHARE = 2  # the oldest half is thinned


class Spool:
    """Messages that wait to be sent. One process at a time."""

    def __init__(self, path: Path, *, most: int) -> None:
        self.most = most
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE IF NOT EXISTS message"
            " (seq integer PRIMARY KEY AUTOINCREMENT, body blob NOT NULL)",
            "CREATE TABLE IF NOT EXISTS count (name text PRIMARY KEY, value integer NOT NULL)",
        ):
            self._db.execute(statement)

    def put(self, bodies: list[bytes]) -> int:
        """Durable when this returns; gives how many older ones had to go for them."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT INTO message (body) VALUES (?)", [(each,) for each in bodies])
        gone = self._thin()
        self._db.execute("COMMIT")
        return gone

    def _thin(self) -> int:
        gone = 0
        while (waiting := self.waiting) > self.most:
            gone += self._db.execute(
                "DELETE FROM message WHERE seq IN (SELECT seq FROM"
                " (SELECT seq, row_number() OVER (ORDER BY seq) AS place FROM"
                " (SELECT seq FROM message ORDER BY seq LIMIT ?)) WHERE place % 2 = 1)",
                (max(2, waiting // SHARE),),
            ).rowcount
        if gone:
            self._db.execute(
                "INSERT INTO count VALUES ('dropped', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
                (gone,),
            )
        return gone

    def head(self, count: int) -> list[tuple[int, bytes]]:
        """The oldest, which stay until they are dropped by number."""
        return self._db.execute(
            "SELECT seq, body FROM message ORDER BY seq LIMIT ?", (count,)
        ).fetchall()

    def drop(self, through: int) -> None:
        """They have arrived."""
        self._db.execute("DELETE FROM message WHERE seq <= ?", (through,))

    @property
    def waiting(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM message").fetchone()[0])

    @property
    def dropped(self) -> int:
        row = self._db.execute("SELECT value FROM count WHERE name = 'dropped'").fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        self._db.close()
