"""The two web servers: the lean front on the public port, Django behind it on a Unix socket."""

from __future__ import annotations

import logging
import os
import zlib
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

# What both share. Live streams never end by themselves: after this many seconds they are cut.
COMMON: dict[str, Any] = {
    "workers": 1,
    "http": HTTPModes.http1,
    "websockets": False,
    "log_level": LogLevels.warning,
    "workers_kill_timeout": 5,
    "respawn_failed_workers": True,
    "respawn_interval": 1.0,
}
HEADER_PAUSE = 30_000  # milliseconds for a request's headers, and of an idle connection
WAITING = 128
"""Connections that a process of the pages keeps: at least those of the front (64), for one more
than it keeps stands at the door until another falls idle."""
LONGEST_IDLE = 600  # seconds, granian's most: a thread keeps its database connection


def runtime_folder(home: Path) -> Path:
    """Sockets and locks, for the owner only."""
    folder = home / "run"
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return folder


def socket_path(home: Path) -> Path:
    """A Unix address may have some hundred bytes only; a deep home gets a short one in /tmp."""
    path = runtime_folder(home) / "django.sock"
    if len(os.fsencode(path)) < 100:
        return path
    short = Path("/tmp") / f"pengcheng-{os.geteuid()}-{zlib.crc32(os.fsencode(home)):x}"  # noqa: S108
    short.mkdir(mode=0o700, exist_ok=True)
    return short / "django.sock"


def serve_pages(socket: Path, *, threads: int, processes: int = 1) -> None:
    """Django by WSGI with a fixed pool of threads a process; returns when told to stop."""
    socket.unlink(missing_ok=True)
    logging.getLogger("_granian").addFilter(_concerns_us)
    Granian(
        "pengcheng.shell.processes.pages:application",
        uds=socket,
        uds_permissions=0o600,
        interface=Interfaces.WSGI,
        blocking_threads=threads,
        blocking_threads_idle_timeout=LONGEST_IDLE,
        backpressure=max(threads * 8, WAITING),
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_PAUSE),
        **(COMMON | {"workers": processes}),
    ).serve()


def _concerns_us(record: logging.LogRecord) -> bool:
    """More threads than cores are wanted here: they wait for the database and the disk."""
    return "Python threads, which seems quite high" not in record.getMessage()


def serve_front(address: str, port: int, *, socket: Path) -> None:
    """The lean ASGI process on the public port; returns when told to stop."""
    os.environ["PENGCHENG_SOCKET"] = str(socket)
    Granian(
        "pengcheng.shell.front.app:make_app",
        factory=True,
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        backpressure=10_000,  # open live streams count as requests in progress
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_PAUSE),
        **COMMON,
    ).serve()
