"""Short ways to a log with entries in it."""

from __future__ import annotations

import hashlib

from pengcheng.domains.ledger import api
from pengcheng.kernel.context import anonymous_context, system_context

WRITER = system_context("tests")
ANYBODY = anonymous_context()


def digest(n: int | str) -> str:
    return hashlib.sha256(str(n).encode()).hexdigest()


def grown(count: int, start: int = 0, kind: str = "tests.thing") -> int:
    """Hand in so many and take them in; answers the log's size."""
    for n in range(start, start + count):
        api.append(context=WRITER, kind=kind, digest=digest(n))
    while api.integrate(context=WRITER):
        pass
    return api.checkpoint(context=ANYBODY).size
