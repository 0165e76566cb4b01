"""Running a command whose end is sure: interrupted or terminated, its whole group ends with us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> int:
    process = subprocess.Popen(command, cwd=cwd, env=env, start_new_session=True)
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        return process.wait()
    except KeyboardInterrupt:
        _end(process)
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the group to stop, then insist; pytest removes its servers when asked."""
    for how, patience in ((signal.SIGINT, 15), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, how)
            process.wait(patience)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            print("waiting for tests to stop …", file=sys.stderr)
