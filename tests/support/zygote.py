"""A process that has imported the city and forks on demand: dozens of starts cost one.

    python -m tests.support.zygote SOCKET

A forked process dies by SIGKILL as any other does, and shares no connection with its parent. What
the start itself does is for tests that start the command.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

from tests.support.waiting import until

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 1 << 16


class Forked:
    """What `subprocess.Popen` offers, of a process that another one is the parent of."""

    def __init__(self, place: Path, call: str, told: tuple[str, ...], more: dict[str, str]) -> None:
        """Begin ``module:function`` with its arguments and more environment."""
        out, theirs = os.pipe()
        err, theirs_too = os.pipe()
        self._answers = socket.socket(socket.AF_UNIX)
        self._answers.connect(str(place))
        request = json.dumps({"call": call, "told": told, "environment": more}).encode()
        socket.send_fds(self._answers, [request], [theirs, theirs_too])
        os.close(theirs)
        os.close(theirs_too)
        self.stdout: TextIO = os.fdopen(out, encoding="utf-8")
        self.stderr: TextIO = os.fdopen(err, encoding="utf-8")
        self.pid = int(self._answers.recv(16))
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code. Raises TimeoutError."""
        if self.returncode is None:
            self._answers.settimeout(timeout)
            self.returncode = int(self._answers.recv(16))
            self._answers.close()
        return self.returncode

    def kill(self) -> None:
        """SIGKILL, unless its end was told of already."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it still says until its end; what it says of faults is short."""
        said = "", ""
        if not self.stdout.closed:
            with self.stdout, self.stderr:
                said = self.stdout.read(), self.stderr.read()
        self.wait(timeout)
        return said


@contextmanager
def zygote(place: Path, environment: dict[str, str]) -> Iterator[Path]:
    """A parent for the processes of one city; they end with it."""
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.support.zygote", str(place)],
        env={**os.environ, "PYTHONPATH": path, **environment},
        stdin=subprocess.PIPE,
    )
    try:
        until(lambda: place.exists() or parent.poll() is not None, "the city is imported")
        yield place
    finally:
        parent.communicate()


def serve(place: Path) -> None:
    """Fork for everyone who asks, and tell them of the end, until our own input ends."""
    woken, wake = socket.socketpair()
    for end in (woken, wake):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno())
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{place}.new")
    listener.listen()
    os.rename(f"{place}.new", place)
    asking: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as waiting:
        for source in (listener, woken, sys.stdin.buffer):
            waiting.register(source, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in waiting.select()}
            if listener in ready:
                begin(listener, asking)
            if woken in ready:
                woken.recv(LARGEST)
                bury(asking)
            if sys.stdin.buffer in ready:
                break
    for pid in asking:
        os.kill(pid, signal.SIGKILL)


def begin(listener: socket.socket, asking: dict[int, socket.socket]) -> None:
    asker, _ = listener.accept()
    request, files, _, _ = socket.recv_fds(asker, LARGEST, 2)
    pid = os.fork()
    if not pid:
        become(json.loads(request), *files)
    for file in files:
        os.close(file)
    asking[pid] = asker
    asker.sendall(str(pid).encode())


def bury(asking: dict[int, socket.socket]) -> None:
    """Tell whoever asked for them how those ended that have."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            with asking.pop(ended[0]) as asker, suppress(OSError):
                asker.sendall(str(os.waitstatus_to_exitcode(ended[1])).encode())


def become(request: dict[str, Any], out: int, err: int) -> NoReturn:
    """The child: what was asked for, and nothing after it."""
    code: Any = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.environ.update(request["environment"])
        module, _, function = request["call"].partition(":")
        code = getattr(importlib.import_module(module), function)(*request["told"])
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pengcheng.shell.settings")
    import django

    django.setup()
    for name in ("pengcheng.shell.urls", "pengcheng.shell.cli.root", "django.core.management"):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    serve(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
