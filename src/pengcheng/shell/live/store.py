"""The live side's own look into the database: two small questions, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from pengcheng.kernel import clock
from pengcheng.shell.home import database, home
from pengcheng.shell.live.frames import Row

ROWS = (
    "SELECT position, id, type, subject, {time}, {data} FROM kernel_outbox"
    " WHERE position > {mark} ORDER BY position LIMIT {mark}"
)
NEWEST = "SELECT COALESCE(MAX(position), 0) FROM kernel_outbox"
ROLES = (
    "SELECT grants.role FROM identity_signin AS entered"
    " JOIN identity_account AS account ON account.id = entered.account_id"
    " JOIN django_session AS kept ON kept.session_key = entered.session_key"
    " LEFT JOIN identity_rolegrant AS grants ON grants.account_id = account.id"
    " WHERE entered.session_key = {mark} AND entered.ended_at IS NULL"
    " AND entered.expires_at > {mark} AND kept.expire_date > {mark}"
    " AND account.disabled_at IS NULL"
)


class Store(Protocol):
    """What the live side may ask."""

    def newest(self) -> int: ...
    def after(self, position: int, limit: int) -> list[Row]: ...
    def roles(self, session_key: str) -> frozenset[str]: ...


class _Sql:
    """One connection, one question at a time."""

    mark = "?"
    time = data = ""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: Any = None

    def newest(self) -> int:
        return int(self._ask(NEWEST, ())[0][0])

    def after(self, position: int, limit: int) -> list[Row]:
        text = ROWS.format(mark=self.mark, time=self.time, data=self.data)
        return [Row(*found) for found in self._ask(text, (position, limit))]

    def roles(self, session_key: str) -> frozenset[str]:
        """The roles of whoever holds this session; empty for strangers and ended sessions."""
        now = self._moment()
        found = self._ask(ROLES.format(mark=self.mark), (session_key, now, now))
        return frozenset(role for (role,) in found if role)

    def _ask(self, text: str, values: Sequence[Any]) -> list[Any]:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._connect()
                return self._connection.execute(text, values).fetchall()
            except Exception:
                self._drop()
                raise

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _connect(self) -> Any:
        raise NotImplementedError

    def _moment(self) -> Any:
        return clock.now()


class SqliteStore(_Sql):
    """Reads beside the writers: WAL lets it."""

    time = "replace(time, ' ', 'T') || 'Z'"
    data = "data"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def _connect(self) -> Any:
        connection = sqlite3.connect(
            f"file:{self.path}?mode=ro",
            uri=True,
            timeout=2,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA query_only=ON")
        return connection

    def _moment(self) -> str:
        # As Django writes it: without a zone, in UTC.
        return clock.now().replace(tzinfo=None).isoformat(sep=" ")


class PostgresStore(_Sql):
    """One autocommit connection to the same database as Django's."""

    mark = "%s"
    time = """to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    data = "data::text"

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__()
        self.settings = settings

    def _connect(self) -> Any:
        import psycopg

        names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
        given = {word: self.settings[name] for name, word in names.items() if self.settings[name]}
        return psycopg.connect(dbname=self.settings["NAME"], autocommit=True, **given)


def open_store(url: str) -> Store:
    """The store that ``PENGCHENG_DATABASE_URL`` names."""
    settings = database(url or "sqlite://", home())
    if settings["ENGINE"].endswith("sqlite"):
        return SqliteStore(Path(settings["NAME"]))
    return PostgresStore(settings)
