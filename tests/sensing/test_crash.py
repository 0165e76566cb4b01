"""A replay killed at any moment goes on where it was: no hour is lost, none is told twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.sensing.crash_replay import HOURS
from tests.support.zygote import Forked, zygote


def play(place: Path, word: str, *, kill_after: int | None) -> None:
    """Play until so many steps were told of, then kill without warning."""
    process = Forked(place, "tests.sensing.crash_replay:play", (word,), {})
    for number, line in enumerate(process.stdout, start=1):
        if kill_after is not None and number >= kill_after:
            process.kill()
            break
        if line == "end\n":
            break
    process.communicate()


@pytest.mark.crash
@pytest.mark.slow
def test_a_replay_that_is_killed_again_and_again_plays_every_hour_once(home: Path) -> None:
    own = {"PENGCHENG_HOME": str(home), "PENGCHENG_DATABASE_URL": ""}
    with zygote(home / "forks", own) as place:
        play(place, "found", kill_after=7)
        for steps in (1, 5, 11):
            play(place, "on", kill_after=steps)
        play(place, "on", kill_after=None)
    with closing(sqlite3.connect(home / "city.sqlite3")) as own:
        moments = own.execute("SELECT observed_at FROM sensing_observation").fetchall()
        told = own.execute(
            "SELECT cause FROM kernel_outbox WHERE type = 'sensing.limit.crossed'"
        ).fetchall()
        windy = own.execute("SELECT id FROM sensing_observation WHERE value > 10").fetchall()
    assert len(moments) == len(set(moments)) == HOURS
    assert sorted(told) == sorted(windy)
    assert len(windy) == HOURS // 2
