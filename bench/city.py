"""The demo city that is measured: set up once, then really running, as a visitor meets it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HOME = Path(__file__).resolve().parents[1] / "build" / "bench" / "home"
OFFICE = "bench"
"""The organisation of those who send many applications; the city lets it."""
COMMAND = [sys.executable, "-m", "pengcheng.shell.cli"]


def prepare(home: Path) -> None:
    """Load the demo; a home that is already loaded is left as it is."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["PENGCHENG_HOME"] = str(home)
    os.environ["PENGCHENG_LOG"] = "ERROR"
    subprocess.run([*COMMAND, "demo", "load"], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def running() -> Iterator[str]:
    """The whole city on a free port; gives its address."""
    port = free_port()
    order = [*COMMAND, "run", "--port", str(port)]
    os.environ["PENGCHENG_APPLY_RATES"] = f"{OFFICE}=1000"
    global _main
    process = subprocess.Popen(order, stdout=subprocess.DEVNULL)
    _main = process.pid
    try:
        await_answer(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


_main = 0
PARTS = {"pages": "pages", "front": "front", "work": "worker"}


def processor_seconds() -> dict[str, float]:
    """What each part of the running city has used of the processors so far."""
    stats: dict[int, tuple[int, int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            stats[int(folder.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
    parts = {_main: "supervisor"}
    parts |= {pid: _part(pid) for pid, (parent, _) in stats.items() if parent == _main}
    while more := {
        pid: parts[parent]
        for pid, (parent, _) in stats.items()
        if parent in parts and pid not in parts
    }:
        parts |= more
    found: dict[str, float] = {}
    for pid, part in parts.items():
        ticks = stats.get(pid, (0, 0))[1]
        found[part] = found.get(part, 0.0) + ticks / os.sysconf("SC_CLK_TCK")
    return found


def _part(pid: int) -> str:
    """The part that a process of the supervisor is, by its command."""
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        return next((PARTS[word] for word in words if word in PARTS), "other")
    return "other"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_answer(url: str, process: subprocess.Popen[bytes], seconds: float = 180.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310  # our own address
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("bench: the city did not start; run: pengcheng run")
