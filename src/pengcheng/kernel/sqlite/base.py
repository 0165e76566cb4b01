"""The database wrapper that Django loads (``ENGINE = "pengcheng.kernel.sqlite"``)."""

from __future__ import annotations

from threading import Lock

from django.db.backends.sqlite3 import base

from pengcheng.kernel.sqlite.turns import Turns

_guard = Lock()
_known: dict[str, Turns] = {}


def turns_of(path: str) -> Turns:
    with _guard:
        if path not in _known:
            _known[path] = Turns(path)
        return _known[path]


class DatabaseWrapper(base.DatabaseWrapper):
    """Waits for its turn before it begins to write, and gives it up with the transaction."""

    _turn: Turns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # unknown to the stubs
        finally:
            self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # unknown to the stubs
        finally:
            self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # unknown to the stubs
        finally:
            self._give_turn()

    def _take_turn(self) -> None:
        if self._turn is None and not self.is_in_memory_db():
            turns = turns_of(f"{self.settings_dict['NAME']}-turn")
            self._turn = turns if turns.take() else None

    def _give_turn(self) -> None:
        turns, self._turn = self._turn, None
        if turns is not None:
            turns.give()
