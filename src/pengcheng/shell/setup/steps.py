"""The steps from an empty home to a city, each shown while it works."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from pengcheng.demo import loader
from pengcheng.shell.setup.stamps import Stamps, database_mark


class Shown(Protocol):
    """Shows a step: gives the function that moves its progress bar."""

    def __call__(self, en: str, zh: str) -> AbstractContextManager[Callable[[int, int], None]]: ...


def load_demo(home: Path, shown: Shown, *, again: bool = False) -> int:
    """Load the parts of the demo that are not there yet; returns how many parts were loaded."""
    stamps = Stamps(home, database_mark())
    loaded = 0
    for part in loader.parts():
        if stamps.has(f"demo.{part.id}") and not again:
            continue
        with shown(part.en, part.zh) as tell:
            loader.load_part(part, tell)
        stamps.set(f"demo.{part.id}")
        loaded += 1
    return loaded
