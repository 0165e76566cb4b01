"""A replay killed at any moment goes on where it was: no hour is lost, none is told twice."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOURS = 60
CHILD = """
import sys, django
django.setup()
from django.core.management import call_command
from pengcheng.domains.sensing import api
from tests.sensing.scenes import SYSTEM, limits, replay, stations
if sys.argv[1] == "found":
    call_command("migrate", verbosity=0)
    stations(); limits()
    replay(*(12.0 if hour % 2 else 1.0 for hour in range({hours})))
while api.step_replay(context=SYSTEM, replay_id="week"):
    print("step", flush=True)
print("end", flush=True)
""".replace("{hours}", str(HOURS))


def play(home: Path, word: str, *, kill_after: int | None) -> None:
    """Play until so many steps were told of, then kill without warning."""
    environment = {**os.environ, "PENGCHENG_HOME": str(home), "PENGCHENG_DATABASE_URL": ""}
    environment["PYTHONPATH"] = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    environment["DJANGO_SETTINGS_MODULE"] = "pengcheng.shell.settings"
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, word], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for number, line in enumerate(process.stdout, start=1):
        if kill_after is not None and number >= kill_after:
            process.kill()
            break
        if line == "end\n":
            break
    process.stdout.close()
    process.wait()


@pytest.mark.crash
@pytest.mark.slow
def test_a_replay_that_is_killed_again_and_again_plays_every_hour_once(home: Path) -> None:
    play(home, "found", kill_after=7)
    for steps in (1, 5, 11):
        play(home, "on", kill_after=steps)
    play(home, "on", kill_after=None)
    with closing(sqlite3.connect(home / "city.sqlite3")) as own:
        moments = own.execute("SELECT observed_at FROM sensing_observation").fetchall()
        told = own.execute(
            "SELECT cause FROM kernel_outbox WHERE type = 'sensing.limit.crossed'"
        ).fetchall()
        windy = own.execute("SELECT id FROM sensing_observation WHERE value > 10").fetchall()
    assert len(moments) == len(set(moments)) == HOURS
    assert sorted(told) == sorted(windy)
    assert len(windy) == HOURS // 2
