"""Frozen values made ready before there are threads.

msgspec works out what a struct consists of when it first reads one. Two threads that do so at once
crash the process: the second meets what the first has half filled in. So it is done beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

_ready: set[type[msgspec.Struct]] = set()


def make_ready() -> int:
    """Work out every kind of struct that is defined by now; answers how many were new.

    Call it while there is one thread: at start, and again when more modules were imported.
    """
    new = [kind for kind in _kinds(msgspec.Struct) if kind not in _ready]
    for kind in new:
        try:
            msgspec.json.Decoder(kind)
        except (TypeError, NameError):  # nothing that is ever read from outside
            continue
    _ready.update(new)
    return len(new)


def _kinds(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)
