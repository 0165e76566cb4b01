"""The database wrapper that Django loads (``ENGINE = "pengcheng.kernel.sqlite"``)."""

from __future__ import annotations

from threading import Lock
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.db.backends.sqlite3 import base

from pengcheng.kernel.sharing import Undone, is_shared
from pengcheng.kernel.sqlite.held import Held
from pengcheng.kernel.sqlite.parts import Batch, Line
from pengcheng.kernel.sqlite.syncing import Syncs
from pengcheng.kernel.sqlite.turns import Turns

FULL = 2
_settings = vars(settings)
"""What has been asked of the settings; empty again when they are overridden."""
_guard = Lock()
_known: dict[str, Turns] = {}
_syncs: dict[str, Syncs] = {}
_lines: dict[str, Line] = {}


def turns_of(path: str) -> Turns:
    with _guard:
        if path not in _known:
            _known[path] = Turns(path)
        return _known[path]


def syncs_of(path: str) -> Syncs:
    with _guard:
        if path not in _syncs:
            _syncs[path] = Syncs(path)
        return _syncs[path]


def line_of(path: str) -> Line:
    turns, syncs = turns_of(f"{path}-turn"), syncs_of(f"{path}-wal")
    with _guard:
        if path not in _lines:
            _lines[path] = Line(path, turns, syncs)
        return _lines[path]


class DatabaseWrapper(base.DatabaseWrapper):
    """Waits for its turn before it begins to write, gives it up with the transaction, and then
    waits for the disk together with others.
    """

    _turn: Turns | None = None
    _syncs: Syncs | None = None  # who brings our commits to the disk, unless SQLite does
    _deferred = False
    _batch: Batch | None = None  # of which we write a part, on its connection instead of ours
    _own: Any = None
    held: Held | None = None
    """What the part will write: it has not asked for the lock yet (see `kernel.prepared`)."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
        (level,) = connection.execute("PRAGMA synchronous").fetchone()
        ours = journal == "wal" and level == FULL and not self.is_in_memory_db()
        self._syncs = syncs_of(f"{self.settings_dict['NAME']}-wal") if ours else None
        self._deferred = False
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        if self._syncs is not None and is_shared():
            self.held = Held()
            return
        self._take_turn()
        try:
            self._defer()
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def settle(self) -> None:
        """Take the lock and write what was held back. Raises Undone where that fails: who wrote it
        has gone on meanwhile, so all is to be done again, each thing in its place.
        """
        held, self.held = self.held, None
        if held is None:
            return
        self._begin_part()
        try:
            held.write(self)
        except DatabaseError as error:
            raise Undone(str(error)) from error

    def _cursor(self, name: str | None = None) -> Any:
        """Whoever asks in another way than `kernel.prepared` may be about to write."""
        self.settle()
        return super()._cursor(name)  # type: ignore[misc]  # unknown to the stubs

    def _commit(self) -> None:
        if self.held:
            self.settle()
        self.held = None
        if self._batch is not None:
            self._end_part(kept=True)
            return
        try:
            super()._commit()  # type: ignore[misc]  # unknown to the stubs
        finally:
            self._give_turn()
        if self._deferred and self._syncs is not None:
            self._undefer()
            try:
                self._syncs.reach()
            except OSError as error:
                raise OperationalError(str(error)) from error

    def _rollback(self) -> None:
        self.held = None
        if self._batch is not None:
            self._end_part(kept=False)
            return
        try:
            super()._rollback()  # type: ignore[misc]  # unknown to the stubs
        finally:
            self._give_turn()
        self._undefer()

    def _close(self) -> None:
        self.held = None
        if self._batch is not None:
            self._end_part(kept=False)
        try:
            super()._close()  # type: ignore[misc]  # unknown to the stubs
        finally:
            self._give_turn()

    def _defer(self) -> None:
        """Have SQLite leave the disk to us for this transaction; single statements stay its own."""
        if self._syncs is not None and not self._deferred:
            self.connection.execute("PRAGMA synchronous=NORMAL")
            self._deferred = True

    def _undefer(self) -> None:
        if self._deferred and self.connection is not None and not self.connection.in_transaction:
            self.connection.execute("PRAGMA synchronous=FULL")
            self._deferred = False

    def _begin_part(self) -> None:
        line = line_of(str(self.settings_dict["NAME"]))
        with self.wrap_database_errors:
            self._batch = line.begin(self._connect)
        self._own, self.connection = self.connection, self._batch.native

    def _connect(self) -> Any:
        return super().get_new_connection(self.get_connection_params())

    def _end_part(self, *, kept: bool) -> None:
        batch, self._batch = self._batch, None
        self.connection, self._own = self._own, None
        if batch is not None:
            line_of(str(self.settings_dict["NAME"])).end(batch, kept=kept)

    # Savepoints are many and small: without a cursor and its layers, unless somebody listens.

    def _savepoint(self, sid: str) -> None:
        if self.held is not None:
            self.held.begin(sid)
            return
        self._quickly(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        if self.held is not None:
            self.held.keep(sid)
            return
        self._quickly(self.ops.savepoint_commit_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        if self.held is not None:
            self.held.undo(sid)
            return
        self._quickly(self.ops.savepoint_rollback_sql(sid))

    def _quickly(self, sql: str) -> None:
        if self.execute_wrappers or self.connection is None or self._is_logged():
            with self.cursor() as cursor:
                cursor.execute(sql)
            return
        with self.wrap_database_errors:
            self.connection.execute(sql)

    def _is_logged(self) -> bool:
        """As `queries_logged`, without the ceremony of asking the settings."""
        debug = _settings["DEBUG"] if "DEBUG" in _settings else settings.DEBUG
        return bool(self.force_debug_cursor or debug)

    def _take_turn(self) -> None:
        if self._turn is None and not self.is_in_memory_db():
            turns = turns_of(f"{self.settings_dict['NAME']}-turn")
            self._turn = turns if turns.take() else None

    def _give_turn(self) -> None:
        turns, self._turn = self._turn, None
        if turns is not None:
            turns.give()
