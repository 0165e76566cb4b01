"""Waiting for another process: until a condition holds, never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 240.0  # seconds; the machine may be busy with other lanes


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE:.0f} s: {what}")
        time.sleep(0.02)
