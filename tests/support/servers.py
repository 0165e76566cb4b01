"""Starting real servers for a test, and speaking to them byte by byte."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.waiting import until

ROOT = Path(__file__).resolve().parents[2]
ECHO = """
from pathlib import Path
from granian import Granian
from pengcheng.shell.processes import web
Granian("tests.support.echo:application", uds=Path({socket!r}), interface="wsgi",
        blocking_threads=4, **web.COMMON).serve()
"""
FRONT = """
from pathlib import Path
from pengcheng.shell.processes.web import serve_front
serve_front("127.0.0.1", {port}, socket=Path({socket!r}))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def python(code: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process that ends with the block, with all its children."""
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path, **environment},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


@contextmanager
def front(socket_path: Path, **environment: str) -> Iterator[int]:
    """The real front before whatever answers on ``socket_path``; gives its port."""
    port = free_port()
    with python(FRONT.format(port=port, socket=str(socket_path)), **environment):
        until(lambda: _answers(("127.0.0.1", port)), "the front listens")
        yield port


@contextmanager
def echo(socket_path: Path) -> Iterator[None]:
    with python(ECHO.format(socket=str(socket_path))):
        until(lambda: socket_path.exists() and _answers(str(socket_path)), "the echo listens")
        yield


def _answers(address: tuple[str, int] | str) -> bool:
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as probe:
        return probe.connect_ex(address) == 0


@dataclass(frozen=True)
class Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)


def talk(port: int, message: bytes, *, timeout: float = 15.0) -> bytes:
    """Send bytes as they are and read until the other side closes or falls silent."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.sendall(message)
        connection.settimeout(timeout)
        try:
            while piece := connection.recv(65536):
                received += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return received


def parse(raw: bytes) -> Reply:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    return Reply(int(first.split()[1]), [(k.lower(), v) for k, v in pairs], body)
