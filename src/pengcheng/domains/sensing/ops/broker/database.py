"""One database of the broker, SQLite or PostgreSQL, by prepared SQL and without an ORM.

The broker keeps its own file: a second writer in the city's would stall both. Every statement is
written with ``?`` once; text and bytes are the same on both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from pengcheng.domains.sensing.ops.broker import settling
from pengcheng.domains.sensing.ops.rolled.tables import ROLLED

Row = tuple[Any, ...]
ROWS_AT_ONCE = (1024, 256, 32, 4)  # few sizes: each is a statement that SQLite keeps prepared
TABLES = (
    "CREATE TABLE IF NOT EXISTS ngsild_tenant (name text PRIMARY KEY)",
    """CREATE TABLE IF NOT EXISTS ngsild_entity (
        seq {serial}, tenant text NOT NULL, id text NOT NULL, doc {bytes} NOT NULL,
        expires double precision, UNIQUE (tenant, id))""",
    """CREATE TABLE IF NOT EXISTS ngsild_type (
        tenant text NOT NULL, type text NOT NULL, seq bigint NOT NULL,
        PRIMARY KEY (tenant, type, seq)) {no_rowid}""",
    """CREATE INDEX IF NOT EXISTS ngsild_entity_expires ON ngsild_entity (expires)
        WHERE expires IS NOT NULL""",
    """CREATE TABLE IF NOT EXISTS ngsild_evolution (
        tenant text NOT NULL, id text NOT NULL, doc {bytes} NOT NULL, PRIMARY KEY (tenant, id))""",
    """CREATE TABLE IF NOT EXISTS ngsild_series (
        number {serial}, tenant text NOT NULL, entity text{exact} NOT NULL,
        attr text{exact} NOT NULL, UNIQUE (tenant, entity, attr))""",
    """CREATE TABLE IF NOT EXISTS ngsild_past (
        seq {serial}, series bigint NOT NULL, dataset text NOT NULL, instance text NOT NULL,
        observed bigint, created bigint, modified bigint, deleted bigint, doc {bytes} NOT NULL)""",
    # In the order in which it came: SQLite keeps the order of a CROSS JOIN. By series it is read
    # from `ngsild_history`, and whoever writes writes to the two tables.
    """{view} ngsild_arrived AS SELECT p.seq, s.tenant, s.entity, s.attr, p.dataset, p.instance,
        p.observed, p.created, p.modified, p.deleted, p.doc
        FROM ngsild_past p CROSS JOIN ngsild_series s WHERE p.series = s.number""",
    """CREATE TABLE IF NOT EXISTS ngsild_link (
        tenant text NOT NULL, target text NOT NULL, name text NOT NULL, source text NOT NULL,
        PRIMARY KEY (tenant, target, name, source)) {no_rowid}""",
    """CREATE TABLE IF NOT EXISTS ngsild_thing (
        seq {serial}, tenant text NOT NULL, kind text NOT NULL, id text NOT NULL,
        doc {bytes} NOT NULL, expires double precision, UNIQUE (tenant, kind, id))""",
    """CREATE TABLE IF NOT EXISTS ngsild_outbox (
        seq {serial}, tenant text NOT NULL, subscription text NOT NULL, doc {bytes} NOT NULL,
        tries integer NOT NULL DEFAULT 0, due double precision NOT NULL DEFAULT 0)""",
    *ROLLED,
)
# A store from before series had numbers: its rows named tenant, entity and attribute themselves.
OLD_SQLITE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ngsild_history'"
OLD_POSTGRES = (
    "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema()"
    " AND table_name = 'ngsild_history' AND table_type = 'BASE TABLE'"
)
NUMBERED = (
    "ALTER TABLE ngsild_history RENAME TO ngsild_past",
    "DROP INDEX IF EXISTS ngsild_history_series",
    next(each for each in TABLES if "EXISTS ngsild_series" in each),
    """INSERT INTO ngsild_series (tenant, entity, attr)
        SELECT DISTINCT tenant, entity{exact}, attr{exact} FROM ngsild_past""",
    "ALTER TABLE ngsild_past ADD COLUMN series bigint NOT NULL DEFAULT 0",
    """UPDATE ngsild_past SET series = (SELECT s.number FROM ngsild_series s
        WHERE s.tenant = ngsild_past.tenant AND s.entity = ngsild_past.entity{exact}
        AND s.attr = ngsild_past.attr{exact})""",
    *(f"ALTER TABLE ngsild_past DROP COLUMN {name}" for name in ("tenant", "entity", "attr")),
)
INDEXED = (  # PostgreSQL writes entries and not pages; SQLite's are in settling.py
    "CREATE INDEX IF NOT EXISTS ngsild_past_series ON ngsild_past (series, observed)",
    """CREATE OR REPLACE VIEW ngsild_history AS SELECT p.seq, s.tenant, s.entity, s.attr, p.dataset,
        p.instance, p.observed, p.created, p.modified, p.deleted, p.doc
        FROM ngsild_series s JOIN ngsild_past p ON p.series = s.number""",
    "CREATE OR REPLACE VIEW ngsild_place AS SELECT series, observed, seq FROM ngsild_past",
)
SQLITE = {
    "serial": "integer PRIMARY KEY AUTOINCREMENT",
    "bytes": "blob",
    "no_rowid": "WITHOUT ROWID",
    "exact": "",  # it compares bytes anyway
    "view": "CREATE VIEW IF NOT EXISTS",
}
POSTGRES = {
    "serial": "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "bytes": "bytea",
    "no_rowid": "",
    "exact": ' COLLATE "C"',  # files are sorted by bytes, so rows are too
    "view": "CREATE OR REPLACE VIEW",
}
LOCK = 5_2_2026  # of whoever rolls history or changes what may be rolled; any number of ours


class Connection(Protocol):
    """What the broker needs of a connection."""

    files: Path  # where rolled history lies
    near: bool  # whether one row is had sooner than another thread
    overriding: str  # what an INSERT says that brings its own number

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Row]: ...
    def one(self, sql: str, values: Sequence[Any] = ()) -> Row | None: ...
    def run(self, sql: str, values: Sequence[Any] = ()) -> int: ...
    def many(self, sql: str, values: Sequence[Sequence[Any]]) -> None: ...
    def begin(self) -> None: ...
    def reading(self) -> AbstractContextManager[None]: ...
    def hold(self) -> None: ...
    def changed_elsewhere(self) -> bool: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


class SqliteConnection:
    overriding = ""
    near = True

    def __init__(self, path: str, files: Path) -> None:
        self.files = files
        self._db = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None, cached_statements=512
        )
        for setting in (
            *("page_size=8192", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"),
            "wal_autocheckpoint=8000",  # pages that all write to are moved once, not eight times
            *("cache_size=-65536", "mmap_size=1073741824", "temp_store=MEMORY"),
        ):
            self._db.execute(f"PRAGMA {setting}")
        self._settling = settling.Settling(self._db)
        self._seen = 0
        self.changed_elsewhere()

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        found: Row | None = self._db.execute(sql, values).fetchone()
        return found

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        return self._db.execute(sql, values).rowcount

    def many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """Rows to insert go in few statements of many rows: Python gives the interpreter away at
        each statement, and beside a busy loop getting it back costs more than the row.
        """
        done = 0
        if sql.startswith("INSERT"):
            for size in ROWS_AT_ONCE:
                while len(values) - done >= size:
                    rows = values[done : done + size]
                    self._db.execute(_widened(sql, size), list(chain.from_iterable(rows)))
                    done += size
        if done < len(values):
            self._db.executemany(sql, values[done:])

    def begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads that see one and the same state."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def hold(self) -> None:
        """One at a time until the end of the transaction: on SQLite every writer is."""

    def changed_elsewhere(self) -> bool:
        """Whether another connection has committed since this was last asked."""
        seen = self._db.execute("PRAGMA data_version").fetchone()[0]
        seen, self._seen = self._seen, seen
        return bool(seen != self._seen)

    def commit(self) -> None:
        self._settling.settle()
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        self._db.execute("ROLLBACK")

    def close(self) -> None:
        self._db.close()


@cache
def _widened(sql: str, rows: int) -> str:
    """The same INSERT for so many rows."""
    head, _, rest = sql.partition(" VALUES ")
    row, close, tail = rest.partition(")")
    return f"{head} VALUES {', '.join([row + close] * rows)}{tail}"


@cache
def _percent(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")


class PostgresConnection:
    overriding = " OVERRIDING SYSTEM VALUE"
    near = False

    def __init__(self, url: str, files: Path) -> None:
        import psycopg  # a city on SQLite need not have it in memory

        self.files = files
        self._db = psycopg.connect(url, autocommit=True, prepare_threshold=2)

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        return self._db.execute(_percent(sql), values).fetchall()  # type: ignore[arg-type]

    def one(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        return self._db.execute(_percent(sql), values).fetchone()  # type: ignore[arg-type]

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        return self._db.execute(_percent(sql), values).rowcount  # type: ignore[arg-type]

    def many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        with self._db.cursor() as cursor:
            cursor.executemany(_percent(sql), values)  # type: ignore[arg-type]

    def begin(self) -> None:
        self._db.execute("BEGIN")

    @contextmanager
    def reading(self) -> Iterator[None]:
        if self._db.info.transaction_status:
            yield
            return
        self._db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def hold(self) -> None:
        self._db.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))

    def changed_elsewhere(self) -> bool:
        return False  # cannot be seen cheaply: one broker to one database

    def commit(self) -> None:
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        self._db.execute("ROLLBACK")

    def close(self) -> None:
        self._db.close()


class Database:
    """Where the broker's rows are; opens connections and makes the tables."""

    def __init__(self, url: str, files: Path | None = None) -> None:
        self.url = url
        self.postgres = url.startswith(("postgres://", "postgresql://"))
        self.files = files or self._files()

    @property
    def path(self) -> Path:
        """The file of SQLite."""
        return Path(self.url.removeprefix("sqlite:///") or urlsplit(self.url).path)

    def _files(self) -> Path:
        """Rolled history lies beside the rows, or in the home of a city on PostgreSQL."""
        if self.postgres:
            return Path(settings.PENGCHENG_HOME) / "history"
        path = self.path
        return path.with_name("history" if path.stem == "live" else f"{path.stem}-history")

    def connect(self) -> Connection:
        if self.postgres:
            return PostgresConnection(self.url, self.files)
        return SqliteConnection(str(self.path), self.files)

    def prepare(self) -> None:
        words = POSTGRES if self.postgres else SQLITE
        connection = self.connect()
        try:
            connection.begin()
            old = connection.one(OLD_POSTGRES if self.postgres else OLD_SQLITE)
            statements = (*(NUMBERED if old else ()), *TABLES)
            statements += INDEXED if self.postgres else _indexed(connection)
            for statement in statements:
                connection.run(statement.format(**words))
            connection.commit()
        finally:
            connection.close()


def _indexed(connection: Connection) -> tuple[str, ...]:
    """What indexes the past on SQLite, and how an older store comes to it."""
    made = (*settling.TABLES, *settling.TRIGGERS, *settling.VIEWS)
    if connection.one(settling.HAS):
        return made
    return (*settling.BEFORE, *made, *settling.AFTER)
