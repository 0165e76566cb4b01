"""The command line's two languages, chosen by the terminal's locale."""

from __future__ import annotations

import os
from functools import cache


@cache
def chinese() -> bool:
    """Whether the terminal's user reads Chinese."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, names), "").lower().startswith("zh")


def say(en: str, zh: str) -> str:
    return zh if chinese() else en


def language() -> str:
    return "zh-hans" if chinese() else "en"
