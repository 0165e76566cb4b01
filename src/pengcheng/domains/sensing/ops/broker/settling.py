"""Where the rows of each series are, in the order of time: the index of the past.

On SQLite an index is written by whole pages. In one that is sorted by series each reading lies on
a page of its own, and to write it costs more than all else that is done for the reading. So there
are two: what is new goes to a small one, whose pages many readings share; from there it settles
into the large one series by series, many readings of a series at once (docs/adr/0048).
"""

from __future__ import annotations

import sqlite3

# As the time of what has none: a key may not be NULL, and those come first.
UNTIMED = -(1 << 63)
LEAST, MOST = 20_000, 250_000  # entries that wait
SHARED = 12  # so many of each series wait on average, then a page is worth its writing
TABLES = tuple(
    f"""CREATE TABLE IF NOT EXISTS ngsild_{name} (
        series integer NOT NULL, at integer NOT NULL, seq integer NOT NULL,
        PRIMARY KEY (series, at, seq)) WITHOUT ROWID"""
    for name in ("recent", "settled")
)
_ENTRY = f"series = old.series AND at = coalesce(old.observed, {UNTIMED}) AND seq = old.seq"
_TELL = (
    "INSERT INTO ngsild_recent (series, at, seq)"  # noqa: S608
    f" VALUES (new.series, coalesce(new.observed, {UNTIMED}), new.seq);"
)
_FORGET = " ".join(
    f"DELETE FROM ngsild_{name} WHERE {_ENTRY};"  # noqa: S608
    for name in ("recent", "settled")
)
TRIGGERS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS ngsild_past_{name} AFTER {event} ON ngsild_past BEGIN {done} END"
    for name, event, done in (
        ("told", "INSERT", _TELL),
        ("gone", "DELETE", _FORGET),
        ("moved", "UPDATE OF series, observed", _FORGET + _TELL),
    )
)
_PAST = " UNION ALL ".join(
    f"""SELECT i.seq, s.tenant, s.entity, s.attr, p.dataset, p.instance, {observed} AS observed,
        p.created, p.modified, p.deleted, p.doc FROM ngsild_series s
        JOIN ngsild_{name} i ON i.series = s.number JOIN ngsild_past p ON p.seq = i.seq
        WHERE i.at {sign} {UNTIMED}"""  # noqa: S608
    for name in ("settled", "recent")
    for observed, sign in (("i.at", ">"), ("CAST(NULL AS integer)", "="))
)
VIEWS = (
    f"CREATE VIEW IF NOT EXISTS ngsild_history AS {_PAST}",
    """CREATE VIEW IF NOT EXISTS ngsild_place AS
        SELECT series, at AS observed, seq FROM ngsild_settled
        UNION ALL SELECT series, at AS observed, seq FROM ngsild_recent""",
)
# A store from before there were two.
BEFORE = ("DROP VIEW IF EXISTS ngsild_history",)
AFTER = (
    f"""INSERT INTO ngsild_settled (series, at, seq)
        SELECT series, coalesce(observed, {UNTIMED}), seq FROM ngsild_past
        ORDER BY series, observed, seq""",  # noqa: S608
    "DROP INDEX IF EXISTS ngsild_past_series",
)
HAS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ngsild_settled'"

_HOW_MANY = "SELECT count(*), count(DISTINCT series) FROM ngsild_recent"
_UP_TO = "SELECT series FROM ngsild_recent WHERE series > ? ORDER BY series LIMIT 1 OFFSET ?"
_RANGE = "FROM ngsild_recent WHERE series > ? AND series <= ?"
_MOVE = f"INSERT INTO ngsild_settled (series, at, seq) SELECT series, at, seq {_RANGE}"
_DROP = f"DELETE {_RANGE}"


class Settling:
    """What one connection does of it, within its transactions: as much as they bring. It goes
    round by the numbers of the series.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._changes = db.total_changes
        self._waiting, self._bound = 0, LEAST  # found out at the begin of each round
        self._after = 0

    def settle(self) -> None:
        """To be called before a transaction ends."""
        changed = self._db.total_changes - self._changes
        if changed:
            self._waiting += changed // 2  # each row of the past is two
            if self._waiting > self._bound:
                self._move(changed)
        self._changes = self._db.total_changes

    def _move(self, most: int) -> None:
        if not self._after and not self._worthwhile():
            return
        row = self._db.execute(_UP_TO, (self._after, most)).fetchone()
        span = (self._after, row[0] if row else -UNTIMED - 1)
        self._db.execute(_MOVE, span)
        self._waiting -= self._db.execute(_DROP, span).rowcount
        self._after = span[1] if row else 0

    def _worthwhile(self) -> bool:
        self._waiting, series = self._db.execute(_HOW_MANY).fetchone()
        self._bound = min(max(series * SHARED, LEAST), MOST)
        return self._waiting > self._bound
