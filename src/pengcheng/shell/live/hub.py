"""One watcher for all listeners: it reads the outbox, they each have a short queue."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from pengcheng.shell.live import frames
from pengcheng.shell.live.cursor import Cursor
from pengcheng.shell.live.store import Store

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
QUEUE_FRAMES = 64
BATCH = 500
CATCH_UP = 1000


class Listener:
    """One client. When its queue is full it is dropped: it comes back with its last id."""

    def __init__(self, prefixes: tuple[str, ...]) -> None:
        self.prefixes = prefixes
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_FRAMES)
        self.dropped = asyncio.Event()
        self._held: list[bytes] | None = None

    def hold(self) -> None:
        """Keep what comes now behind what was missed."""
        self._held = []

    def release_after(self, missed: list[bytes]) -> None:
        """First what was missed, then what was kept."""
        held, self._held = self._held or [], None
        for frame in (*missed, *held):
            self.offer(frame)

    def offer(self, frame: bytes) -> None:
        """Queue a frame without ever waiting."""
        if self._held is not None and len(self._held) < QUEUE_FRAMES:
            self._held.append(frame)
            return
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.dropped.set()


class Hub:
    """The listeners and the task that feeds them."""

    def __init__(self, make_store: Callable[[], Store]) -> None:
        self._make_store = make_store
        self._store: Store | None = None
        self._listeners: set[Listener] = set()
        self._watcher: asyncio.Task[None] | None = None
        self._cursor: Cursor | None = None

    @property
    def store(self) -> Store:
        if self._store is None:
            self._store = self._make_store()
        return self._store

    def __len__(self) -> int:
        return len(self._listeners)

    async def join(self, listener: Listener, last_id: int | None) -> None:
        """Take the listener in. First it gets what it missed, then what comes: nothing between."""
        if self._cursor is None:
            self._cursor = Cursor(await asyncio.to_thread(self.store.newest))
        self._listeners.add(listener)
        if last_id is not None:
            listener.hold()
            missed = await self._missed(listener, last_id, self._cursor.given())
            listener.release_after(missed)
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())

    async def leave(self, listener: Listener) -> None:
        """Forget the listener; the watcher rests when nobody listens."""
        self._listeners.discard(listener)
        if not self._listeners:
            await self.rest()

    async def rest(self) -> None:
        """Stop watching; the next listener begins at the newest event."""
        watcher, self._watcher, self._cursor = self._watcher, None, None
        if watcher is not None and not watcher.done():
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    def close(self) -> None:
        """End every stream, as the process goes down."""
        for listener in self._listeners:
            listener.dropped.set()

    async def _missed(
        self, listener: Listener, last_id: int, given: tuple[int, frozenset[int]]
    ) -> list[bytes]:
        """What the others were given meanwhile. Too much, or an id of another city: load anew."""
        floor, above = given
        rows = await asyncio.to_thread(self.store.after, last_id, CATCH_UP + 1)
        missed = [
            row
            for row in rows
            if (row.position <= floor or row.position in above)
            and row.type.startswith(listener.prefixes)
        ]
        ahead = last_id > max((floor, *above))
        if ahead or len(rows) > CATCH_UP or len(missed) > QUEUE_FRAMES // 2:
            return [frames.named("reset", {})]
        return [frames.event(row) for row in missed]

    async def _watch(self) -> None:
        while True:
            try:
                await self._look()
            except Exception:
                # The database may be away for a moment; listeners see it by the missing beat.
                log.exception("the outbox cannot be read")
                await asyncio.sleep(POLL_SECONDS * 8)
            await asyncio.sleep(POLL_SECONDS)

    async def _look(self) -> None:
        cursor = self._cursor
        if cursor is None:
            return
        rows = await asyncio.to_thread(self.store.after, cursor.floor, BATCH)
        for row in cursor.fresh(rows, at=time.monotonic()):
            wanting = [one for one in self._listeners if row.type.startswith(one.prefixes)]
            if wanting:
                frame = frames.event(row)
                for listener in wanting:
                    listener.offer(frame)
