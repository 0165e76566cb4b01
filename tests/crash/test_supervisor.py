"""The supervisor's word: who falls is started again, who is told to stop stops, nobody is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pengcheng.shell.processes import place
from pengcheng.shell.processes.supervisor import Part, Supervisor
from tests.support.waiting import until

pytestmark = [pytest.mark.crash, pytest.mark.slow]

SRC = str(Path(__file__).resolve().parents[2] / "src")
# A part that has a child of its own, as a server has its workers.
PART = """
import os, subprocess, sys, time
from pengcheng.shell.processes.lifeline import hold
hold()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
with open({sign!r}, "a") as sign:
    sign.write(f"{{os.getpid()}} {{child.pid}}\\n")
time.sleep(60)
"""
CITY = """
import sys
from pengcheng.shell.processes.supervisor import Part, Supervisor
sys.exit(Supervisor([Part("part", [sys.executable, "-c", {part!r}])]).run())
"""


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", SRC)


@pytest.fixture
def sign(tmp_path: Path) -> Path:
    return tmp_path / "sign"


@pytest.fixture
def city(sign: Path) -> Iterator[subprocess.Popen[bytes]]:
    code = CITY.format(part=PART.format(sign=str(sign)))
    process = subprocess.Popen([sys.executable, "-c", code])
    until(lambda: len(started(sign)) == 1, "the part runs")
    yield process
    process.kill()
    process.wait()


def started(sign: Path) -> list[list[int]]:
    """The processes of each start: the part and its child."""
    lines = sign.read_text().splitlines() if sign.exists() else []
    return [[int(number) for number in line.split()] for line in lines]


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_stop_it_stops_everybody(
    city: subprocess.Popen[bytes], sign: Path, how: signal.Signals
) -> None:
    city.send_signal(how)
    assert city.wait(120) == 0
    assert not any(alive(pid) for pid in started(sign)[0])


def test_killed_it_leaves_nobody_behind(city: subprocess.Popen[bytes], sign: Path) -> None:
    city.kill()
    city.wait()
    part, child = started(sign)[0]
    until(lambda: not alive(part) and not alive(child), "the part and its child have heard of it")


def test_a_part_that_falls_is_started_again_without_its_old_children(
    city: subprocess.Popen[bytes], sign: Path
) -> None:
    part, child = started(sign)[0]
    os.kill(part, signal.SIGKILL)
    until(lambda: len(started(sign)) == 2, "the part runs again")
    assert not alive(child)
    assert city.poll() is None


def test_a_part_that_keeps_falling_ends_the_city() -> None:
    falls: list[tuple[str, int]] = []
    part = Part("broken", [sys.executable, "-c", "raise SystemExit(3)"])
    supervisor = Supervisor([part], tell=lambda name, code: falls.append((name, code)))
    supervisor_pauses(supervisor)
    assert supervisor.run() == 1
    assert falls == [("broken", 3)] * 6


def supervisor_pauses(supervisor: Supervisor) -> None:
    """Look often, and take every pause for over."""
    wait = supervisor.stopping.wait
    supervisor.stopping.wait = lambda timeout=None: _due(supervisor, wait)  # type: ignore[method-assign]


def _due(supervisor: Supervisor, wait: object) -> bool:
    time.sleep(0.02)
    for part in supervisor.parts:
        part.due = 0.0
    return supervisor.stopping.is_set()


def test_a_home_is_run_once_only(tmp_path: Path) -> None:
    assert place.holder(tmp_path) is None
    with place.claimed(tmp_path):
        assert place.holder(tmp_path) == str(os.getpid())
        with pytest.raises(place.Taken), place.claimed(tmp_path):
            pass
    assert place.holder(tmp_path) is None


def test_a_lock_left_by_a_killed_process_is_no_lock(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path;"
        "from pengcheng.shell.processes.place import claimed;"
        f"claim = claimed(Path({str(tmp_path)!r})); claim.__enter__();"
        "print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert place.holder(tmp_path) == str(process.pid)
    process.kill()
    process.communicate()
    assert place.holder(tmp_path) is None
