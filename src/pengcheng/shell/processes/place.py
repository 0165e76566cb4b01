"""A city's place on the machine: its port must be free, and its home be run once only."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pengcheng.shell.processes.web import runtime_folder


class Taken(Exception):
    """The port or the home is in use; `holder` is the process id, if known."""

    def __init__(self, holder: str = "") -> None:
        super().__init__(holder)
        self.holder = holder


def check_port(address: str, port: int) -> None:
    """Raises Taken, or PermissionError for a port that only root may open."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Taken from error
            raise


@contextmanager
def claimed(home: Path) -> Iterator[None]:
    """Hold the home for as long as the block runs; the lock goes with the process, not the file.

    Raises Taken when another process runs this city.
    """
    path = runtime_folder(home) / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Taken(file.read().strip()) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(home: Path) -> str | None:
    """The process that runs the city of this home, or None when it stands still."""
    try:
        with claimed(home):
            return None
    except Taken as taken:
        return taken.holder
