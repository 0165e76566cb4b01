"""Showing the steps of setting up, with a bar each."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pengcheng.shell.cli.base import errors, progress
from pengcheng.shell.cli.words import say


@contextmanager
def shown(en: str, zh: str) -> Iterator[Callable[[int, int], None]]:
    """A step with its bar; on a log, one line when it is done. Standard output is for results."""
    started = time.monotonic()
    with progress() as bars:
        task = bars.add_task(say(en, zh), total=None)

        def tell(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        yield tell
    if not sys.stderr.isatty():
        errors.print(f"{say(en, zh)}: {time.monotonic() - started:.1f} s")
