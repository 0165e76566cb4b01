"""Running a command whose end is sure: interrupted or terminated, its whole group ends with us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_running: set[subprocess.Popen[bytes]] = set()


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
) -> int:
    """Its exit code; what it says goes to ``output``. In a thread, see ``interruptible``."""
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdout=output, stderr=output, start_new_session=True
    )
    _running.add(process)
    try:
        if threading.current_thread() is not threading.main_thread():
            return process.wait()
        with interruptible():
            return process.wait()
    finally:
        _running.discard(process)


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C and SIGTERM end all that ``run`` has started, in whichever thread."""
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        for process in tuple(_running):
            _end(process)
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the group to stop, then insist; pytest removes its servers when asked."""
    for how, patience in ((signal.SIGINT, 15), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, how)
            process.wait(patience)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            print("waiting for tests to stop …", file=sys.stderr)
