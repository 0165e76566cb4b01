"""A child's line to the process that started it: when that is gone, however it went, so are we."""

from __future__ import annotations

import os
import signal
import threading
import time

GRACE = 12.0


def hold(descriptor: int = 0) -> None:
    """Watch our standard input, a pipe whose other end only the parent holds; its end is our end.

    The kernel closes a dead process's files, so this also hears a parent that was killed.
    """
    threading.Thread(target=_watch, args=(descriptor,), name="lifeline", daemon=True).start()


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 1024):
        pass
    # We lead a session of our own: our children, a server's workers, are told as well.
    os.killpg(os.getpgrp(), signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(os.getpgrp(), signal.SIGKILL)
