"""Killed in the middle of a push, a process has made all of its moves or none of them."""

from __future__ import annotations

import json
import time

import pytest

from tests.crash.conftest import City

pytestmark = [pytest.mark.crash, pytest.mark.slow]
WHOLE = (
    {"fire", "water"},
    {"fire", "water", "rule", "sub"},
)
"""Accepted: both offices have their task. Both answered: rule and child case with it."""


def test_a_killed_push_leaves_all_of_it_or_nothing(city: City) -> None:
    for seconds in (0.02, 0.11):
        with city.process("process", "run", "500") as process:
            process.stdout.readline()
            time.sleep(seconds)
            process.kill()
    rows = city.ask("SELECT id, state, process FROM casework_case WHERE parent_id = ''")
    assert rows
    children = {p for (p,) in city.ask("SELECT parent_id FROM casework_case WHERE parent_id <> ''")}
    for id, state, stored in rows:
        steps = stored if isinstance(stored, dict) else json.loads(stored)
        assert (state == "submitted") == (steps == {})
        if steps:
            assert set(steps) in WHOLE
        done = {"fire", "water"} <= {n for n, each in steps.items() if each["state"] == "done"}
        assert done == ("rule" in steps) == (id in children)
    with city.process("process", "faults") as process:
        assert process.communicate(timeout=120)[0] == "looked\n"
