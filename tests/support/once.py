"""What is costly to make and never changed is made once in a test run, by the first who asks."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that ``make`` filled; workers that come later wait for it and share it.

    Whoever needs to change it takes a copy.
    """
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    run = Path(os.environ.get("PENGCHENG_TEST_RUN", shared))  # that of all lanes
    folder, done = run / f"once-{name}", run / f"once-{name}.done"
    with (run / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir(mode=0o700)
            make(folder)
            done.touch()
    return folder
