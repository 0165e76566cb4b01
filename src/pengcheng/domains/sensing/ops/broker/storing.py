"""The thread that stores what a batch has left to write.

While one batch is on its way to the disk, the writer works out the next from what it has in
memory. Only a request that speaks SQL itself waits until the connection is free.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from pengcheng.domains.sensing.ops.broker.database import Connection
from pengcheng.domains.sensing.ops.broker.hands import Hand
from pengcheng.domains.sensing.ops.broker.spelling import Order


class Needed(BaseException):
    """The connection is needed, and may not be waited for here."""


class Lost(BaseException):
    """What was given to be stored is not; its cause says why."""


class Store:
    """One order after the other, each a transaction of its own."""

    def __init__(self, connection: Connection, hand: Hand, wake: Callable[[], None]) -> None:
        """``connection``: by which the writer writes itself while nothing is under way. ``wake``
        is called whenever nothing is.
        """
        self.connection = connection
        self.hand = hand
        self._wake = wake
        self._free = threading.Event()
        self._free.set()
        self._given: queue.SimpleQueue[Callable[[], None] | None]
        self._given = queue.SimpleQueue()
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="broker-store", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._given.put(None)
            self._thread.join(10)
        self.hand.close()

    @property
    def trouble(self) -> bool:
        """Whether what was given last is not stored."""
        return self._trouble is not None

    @property
    def free(self) -> bool:
        return self._free.is_set()

    def settled(self) -> None:
        """Wait until nothing is under way. Raises Lost if what was is not stored."""
        self._free.wait()
        trouble, self._trouble = self._trouble, None
        if trouble is not None:
            raise Lost from trouble

    def give(self, orders: list[Order], stored: Callable[[], None]) -> None:
        """To be stored in one transaction, after which ``stored`` is called. Ask ``settled``
        before.
        """
        self._free.clear()
        self.hand.take(orders)
        self._given.put(stored)

    def _run(self) -> None:
        while (stored := self._given.get()) is not None:
            try:
                self.hand.store()
                stored()
            except BaseException as reason:  # told to the writer, whatever it is
                self._trouble = reason
            self._free.set()
            self._wake()
