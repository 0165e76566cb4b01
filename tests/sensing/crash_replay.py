"""The replay that `test_crash` kills: each step it takes, it tells of."""

from __future__ import annotations

import sys

HOURS = 60


def play(word: str) -> None:
    """Play a week's storms; "found" makes the city first."""
    from django.core.management import call_command

    from pengcheng.domains.sensing import api
    from tests.sensing.scenes import SYSTEM, limits, replay, stations

    if word == "found":
        call_command("migrate", verbosity=0)
        stations()
        limits()
        replay(*(12.0 if hour % 2 else 1.0 for hour in range(HOURS)))
    while api.step_replay(context=SYSTEM, replay_id="week"):
        say("step")
    say("end")


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()
