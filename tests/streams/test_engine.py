"""What each kind of rule says of a stream, in the time at which things were observed."""

from __future__ import annotations

import random
from datetime import timedelta

import msgspec
import pytest

from pengcheng.domains.streams.contracts import Reading
from pengcheng.domains.streams.rules import engine, learning
from pengcheng.domains.streams.rules.checks import faults
from pengcheng.domains.streams.rules.state import State
from tests.streams.scenes import MORNING, causes, readings, rule, run

pytestmark = pytest.mark.one_database


def test_a_condition_fires_when_it_begins_to_hold_and_not_as_long_as_it_does() -> None:
    found = run(rule(), (0, 5), (1, 12), (2, 13), (3, 4), (4, 11))
    assert causes(found) == [("1",), ("4",)]


def test_after_a_firing_the_rule_is_quiet_for_a_while() -> None:
    found = run(rule(quiet=600), (0, 12), (1, 4), (2, 12), (3, 4), (11, 12))
    assert causes(found) == [("0",), ("11",)]


def test_the_same_moment_again_is_the_same_reading_again() -> None:
    assert len(run(rule(), (0, 12), (0, 12), (1, 4), (1, 4), (2, 12))) == 2


def test_a_rate_of_change_is_by_the_hour_and_names_both_readings() -> None:
    found = run(rule(kind="rate", condition="rate > 100"), (0, 1), (30, 40), (31, 45))
    assert causes(found) == [("30", "31")]


def test_the_last_so_many_readings_are_judged_once_there_are_so_many() -> None:
    counted = rule(kind="count", number=3, condition="average > 10")
    assert causes(run(counted, (0, 30), (1, 30), (2, 30), (3, 30))) == [("0", "1", "2")]


def test_a_window_by_the_clock_is_judged_when_the_next_one_begins() -> None:
    hourly = rule(kind="tumbling", seconds=3600, condition="total > 10")
    assert run(hourly, (0, 6), (59, 6)) == []
    (found,) = run(hourly, (0, 6), (59, 6), (60, 1))
    assert (found.observations, found.value) == (("0", "59"), 6)


def test_a_sliding_window_looks_back_from_each_reading() -> None:
    sliding = rule(kind="sliding", seconds=600, condition="number >= 3")
    assert causes(run(sliding, (0, 1), (9, 1), (10, 1), (11, 1))) == [("9", "10", "11")]


def test_a_session_ends_by_silence() -> None:
    session = rule(kind="session", seconds=300, condition="number >= 2")
    found = run(session, (0, 1), (4, 1), (8, 1), (20, 1), (40, 1))
    assert causes(found) == [("0", "4", "8")]


def test_what_does_not_come_in_time_is_told_by_the_reading_that_shows_it() -> None:
    absent = rule(kind="absence", seconds=600, condition="value > 10", then="value < 5")
    assert run(absent, (0, 12), (5, 3), (30, 7)) == []
    assert causes(run(absent, (0, 12), (5, 8), (30, 7))) == [("0", "30")]
    silent = rule(kind="absence", seconds=600, condition="true")
    assert causes(run(silent, (0, 1), (5, 1), (30, 1), (35, 1))) == [("5", "30")]


def test_one_thing_after_another_within_its_time() -> None:
    pair = rule(kind="sequence", seconds=600, condition="value > 10", then="value < 5")
    assert causes(run(pair, (0, 12), (5, 7), (9, 3), (20, 12), (40, 3))) == [("0", "9")]


def test_readings_out_of_order_are_put_in_order_as_long_as_the_rule_waits() -> None:
    pairs = [(float(minute), 20.0 if minute % 7 == 0 else 1.0) for minute in range(60)]
    hurried, shuffled = list(pairs), list(pairs)
    for begin in range(0, 60, 5):  # late by less than five minutes
        part = shuffled[begin : begin + 5]
        random.Random(begin).shuffle(part)
        shuffled[begin : begin + 5] = part
    patient = rule(lateness=300)
    end = (120.0, 1.0)
    assert run(patient, *shuffled, end) == run(patient, *hurried, end)


def test_a_late_reading_corrects_a_window_that_was_judged() -> None:
    hourly = rule(kind="tumbling", seconds=3600, corrections=7200, condition="average > 10")
    more = run(hourly, (0, 8), (60, 1), (30, 20))
    assert [(f.verdict, f.observations) for f in more] == [("corrected", ("0", "30"))]
    less = run(hourly, (0, 12), (60, 1), (30, 0))
    assert [f.verdict for f in less] == ["fired", "retracted"]
    assert run(hourly, (0, 8), (60, 1), (500, 1), (30, 20)) == []  # too late even for that


def test_a_restart_between_any_two_readings_changes_nothing() -> None:
    pairs = [(float(m), float(m * 7 % 13)) for m in range(40)]
    for kind in ("each", "sliding", "tumbling", "session", "sequence"):
        asked = rule(kind=kind, seconds=300, condition="value > 6", then="value < 3", lateness=60)
        state, found = State(), []
        for reading in readings(*pairs):
            found += engine.feed(asked, state, [reading])
            state = msgspec.convert(msgspec.to_builtins(state), State)
        assert found == run(asked, *pairs)


def seasonal(hours: int, seed: int) -> list[Reading]:
    """Warm days and cool nights, with noise."""
    noise = random.Random(seed)
    values = [20 + 5 * (8 <= hour % 24 < 18) + noise.gauss(0, 1) for hour in range(hours)]
    return [
        Reading(str(hour), MORNING + timedelta(hours=hour), value)
        for hour, value in enumerate(values)
    ]


def test_learned_limits_state_the_false_alarms_they_had_on_later_readings() -> None:
    past = seasonal(24 * 7 * 12, seed=1)
    baseline = learning.learn(past, 0.02)
    assert baseline is not None
    assert baseline.learned_from + baseline.judged_on == len(past)
    fresh = seasonal(24 * 7 * 12, seed=2)
    alarms = sum(learning.outside(baseline, each) for each in fresh) / len(fresh)
    assert baseline.measured_rate <= 0.05
    assert abs(alarms - baseline.measured_rate) < 0.02
    night = Reading("x", MORNING + timedelta(hours=20), 26.0)  # as warm as by day
    asked = rule(kind="learned", condition="", baseline=baseline)
    assert causes(engine.feed(asked, State(), [night])) == [("x",)]
    assert learning.learn(past[:100], 0.02) is None


def test_what_a_rule_remembers_stays_small() -> None:
    state, asked = State(), rule(kind="sliding", seconds=600, condition="average > 1e9")
    engine.feed(asked, state, readings(*[(float(m), 1.0) for m in range(2000)]))
    assert len(state.kept) <= 22


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        ({"id": "No!"}, "/id"),
        ({"id": "new"}, "/id"),
        ({"condition": ""}, "/condition"),
        ({"condition": "value >"}, "/condition"),
        ({"condition": "velocity > 3"}, "/condition"),
        ({"condition": "value > 1" + " and value > 1" * 200}, "/condition"),
        ({"kind": "tumbling"}, "/seconds"),
        ({"kind": "count"}, "/number"),
        ({"kind": "sequence", "seconds": 5}, "/then"),
        ({"quiet": -1}, "/quiet"),
        ({"false_alarms": 0.9}, "/false_alarms"),
    ],
)
def test_a_rule_that_cannot_be_kept_says_where(facts: dict[str, object], where: str) -> None:
    assert where in [each.pointer for each in faults(rule(**facts))]


def test_a_condition_without_an_answer_does_not_hold() -> None:
    assert run(rule(condition="previous > 1"), (0, 5)) == []
    assert run(rule(condition="value / 0 > 1"), (0, 5)) == []
