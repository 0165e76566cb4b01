"""Whenever a city dies among submissions, a granted case has licence and events, or is not there.

Everything is asked of the database itself, past the code that is being tested.
"""

from __future__ import annotations

import random
import time

import pytest

from tests.crash.conftest import City
from tests.support.zygote import Forked

pytestmark = [pytest.mark.crash, pytest.mark.slow]

Said = dict[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def loaded(city: City) -> City:
    with city.process("load-item") as process:
        assert process.wait(120) == 0
    return city


def read(process: Forked, lines: int) -> Said:
    """What was answered, up to so many lines or the end of the process."""
    said: Said = {}
    for line in process.stdout:
        key, *rest = line.split()
        if rest:
            said[key] = tuple(rest)
        if key == "all" or len(said) >= lines:
            break
    return said


def killed(city: City, scenario: str, count: int, after: int, seconds: float) -> Said:
    """Killed some time after so many answers; answers what was said until then."""
    with city.process("apply", scenario, str(count)) as process:
        said = read(process, after)
        time.sleep(seconds)
        process.kill()
        said |= read(process, count)
    return said


def assert_nothing_half_done(city: City) -> None:
    cases = city.ask("SELECT id, outcome FROM casework_case")
    licences = city.ask("SELECT case_id, number FROM licences_licence")
    granted = {id for id, outcome in cases if outcome == "granted"}
    assert {id for id, _number in licences} == granted
    assert len(licences) == len(granted)
    assert {outcome for _id, outcome in cases} <= {"granted", "refused"}
    drafts = dict(city.ask("SELECT case_id, licence_number FROM services_draft"))
    assert drafts == {id: dict(licences).get(id, "") for id, _outcome in cases}
    assert_events(city, [id for id, _outcome in cases], granted)


def assert_events(city: City, cases: list[str], granted: set[str]) -> None:
    """Each case was opened, decided and submitted once, and each licence issued once."""
    for kind in ("casework.case.opened", "casework.case.decided", "services.application.submitted"):
        told = city.ask("SELECT subject FROM kernel_outbox WHERE type = %s", kind)
        assert sorted(subject for (subject,) in told) == sorted(f"case/{id}" for id in cases)
    issued = city.ask("SELECT count(*) FROM kernel_outbox WHERE type = 'licences.licence.issued'")
    assert issued[0][0] == len(granted)
    for (id,) in city.ask("SELECT case_id FROM casework_journal GROUP BY case_id"):
        assert id in cases


def test_killed_among_submissions_no_licence_is_half_issued(loaded: City) -> None:
    """Killed twice at some moment, then finished: the same keys have the same cases."""
    chance, count, seen = random.Random(7), 48, {}
    for after in (5, 22):
        said = killed(loaded, "half", count, after, chance.uniform(0.0, 0.1))
        assert said, "nobody was answered before the end"
        assert_nothing_half_done(loaded)
        for key, answer in said.items():
            assert seen.setdefault(key, answer) == answer
    with loaded.process("apply", "half", str(count)) as process:
        finished = read(process, count)
        assert process.stdout.readline().strip() == "all"  # and the audit chain is whole
    assert len(finished) == count
    assert {key: finished[key] for key in seen} == seen
    assert_nothing_half_done(loaded)
    assert loaded.ask("SELECT count(*) FROM casework_case")[0][0] == count
