"""Starting the city's processes, starting a fallen one again, and stopping all of them cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from types import FrameType

GRACE = 10.0  # seconds to stop by oneself
STEADY = 20.0  # who has run this long has started well
PATIENCE = 5  # falls in a row without once running steadily
LONGEST_PAUSE = 15.0

Tell = Callable[[str, int], None]


@dataclass
class Part:
    """A process of the city and its record."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0
    due: float = 0.0


@dataclass
class Supervisor:
    """Watches over parts. `tell` hears of each fall: the part's name and its exit code."""

    parts: list[Part]
    tell: Tell = lambda name, code: None
    stopping: Event = field(default_factory=Event)

    def run(self, ready: Callable[[], None] = lambda: None) -> int:
        """Start everything, watch until told to stop; returns 1 when a part keeps falling."""
        with _signals(self.stop):
            try:
                for part in self.parts:
                    _start(part)
                # Beside the watch: a part that falls while starting must be seen as well.
                Thread(target=ready, name="ready", daemon=True).start()
                return self._watch()
            finally:
                self.stopping.set()
                _end(self.parts)

    def stop(self) -> None:
        self.stopping.set()

    def _watch(self) -> int:
        while not self.stopping.wait(0.2):
            now = time.monotonic()
            for part in self.parts:
                if not self._tend(part, now):
                    return 1
        return 0

    def _tend(self, part: Part, now: float) -> bool:
        """Start a fallen part again after a growing pause; False when it keeps falling."""
        if part.process is None:
            if now >= part.due:
                _start(part)
            return True
        code = part.process.poll()
        if code is None:
            return True
        _kill_group(part)
        part.process = None
        part.falls = 1 if now - part.started > STEADY else part.falls + 1
        part.due = now + min(2.0 ** (part.falls - 1) / 2, LONGEST_PAUSE)
        self.tell(part.name, code)
        return part.falls <= PATIENCE


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    def handle(number: int, frame: FrameType | None) -> None:
        stop()

    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {kind: signal.signal(kind, handle) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _start(part: Part) -> None:
    """In a session of its own, so that Ctrl-C reaches us alone and a group can be ended whole.

    Its standard input is its lifeline: see `lifeline`.
    """
    part.process = subprocess.Popen(part.command, stdin=subprocess.PIPE, start_new_session=True)
    part.started = time.monotonic()


def _end(parts: Iterable[Part]) -> None:
    """Ask all at once, wait together, then insist."""
    running = [part for part in parts if part.process is not None]
    for part in running:
        with suppress(ProcessLookupError):
            _process(part).terminate()
    deadline = time.monotonic() + GRACE
    for part in running:
        with suppress(subprocess.TimeoutExpired):
            _process(part).wait(max(deadline - time.monotonic(), 0.1))
        _kill_group(part)
        _process(part).wait()


def _kill_group(part: Part) -> None:
    """A server that fell may have left workers behind."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(_process(part).pid, signal.SIGKILL)


def _process(part: Part) -> subprocess.Popen[bytes]:
    if part.process is None:
        raise LookupError(f"{part.name} does not run")
    return part.process
