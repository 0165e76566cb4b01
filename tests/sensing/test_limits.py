"""Limits: crossed once an episode, with the observation as cause; trembling values keep quiet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.sensing import api, models, rules
from pengcheng.domains.sensing.contracts import Limit
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Denied, Invalid
from tests.sensing.scenes import HILL, NOON, PIER, SYSTEM, gale, limits, reading, record, stations
from tests.support.people import context_of, holder

Told = list[tuple[str, float]]


def told() -> Told:
    """What the city heard of limits: crossed or cleared, and by which value."""
    rows = OutboxEvent.objects.filter(type__startswith="sensing.limit.").order_by("position")
    return [(row.type.rsplit(".", 1)[1], row.data["value"]) for row in rows]


def play(limit: Limit, values: list[float], *, minutes: int = 60) -> list[tuple[int, str]]:
    """Which reading crossed or cleared, by the rule alone."""
    episode, found = rules.Episode(), []
    for index, value in enumerate(values):
        at = NOON + timedelta(minutes=minutes * index)
        episode, outcome = rules.advance(limit, episode, rules.Reading(value, at))
        if outcome:
            found.append((index, outcome))
    return found


@pytest.mark.django_db
def test_a_limit_is_crossed_once_and_cleared_once_an_episode() -> None:
    stations()
    limits()
    values = (9.0, 10.8, 12.0, 9.0, 11.0, 7.9, 5.0, 13.0)
    for minute, value in enumerate(values):
        record(reading(value, minutes=minute))
    assert told() == [("crossed", 10.8), ("cleared", 7.9), ("crossed", 13.0)]


@pytest.mark.django_db
def test_one_batch_and_many_tell_the_same() -> None:
    stations()
    limits()
    record(*(reading(value, minutes=minute) for minute, value in enumerate((9, 11, 12, 5, 11))))
    assert told() == [("crossed", 11.0), ("cleared", 5.0), ("crossed", 11.0)]


@pytest.mark.django_db
def test_the_cause_of_a_crossing_is_the_observation() -> None:
    stations()
    limits()
    (observation,) = record(reading(11.0)).accepted
    (event,) = OutboxEvent.objects.filter(type="sensing.limit.crossed")
    assert (event.cause, event.data["observation"]) == (observation, observation)
    assert event.data["provenance"] == "measured"


@pytest.mark.django_db
def test_each_entity_has_an_episode_of_its_own() -> None:
    stations(PIER, HILL)
    limits()
    record(reading(11.0), reading(12.0, entity=HILL))
    assert sorted(value for _, value in told()) == [11.0, 12.0]


@pytest.mark.django_db
def test_a_limit_for_one_entity_or_another_attribute_leaves_the_rest_alone() -> None:
    stations(PIER, HILL)
    limits(gale(entity=HILL), gale(id="off", active=False), gale(id="t", attribute="temperature"))
    record(reading(11.0))
    assert told() == []
    record(reading(11.5, entity=HILL))
    assert told() == [("crossed", 11.5)]


@pytest.mark.django_db
def test_history_filled_in_and_late_readings_raise_nothing() -> None:
    stations()
    limits()
    record(reading(30.0, minutes=-60), judged=False)
    record(reading(5.0, minutes=10))
    record(reading(30.0, minutes=5))
    assert told() == []


@pytest.mark.django_db
def test_a_repeated_batch_does_not_cross_again() -> None:
    stations()
    limits()
    record(reading(11.0))
    record(reading(5.0, minutes=1))
    record(reading(11.0))
    assert told() == [("crossed", 11.0), ("cleared", 5.0)]


def test_a_value_must_hold_before_it_counts() -> None:
    limit = gale(hold_seconds=7200, clear_hold_seconds=3600)
    assert play(limit, [11, 11, 9, 11, 11, 11]) == [(5, "crossed")]
    assert play(limit, [11, 11, 11, 5, 9, 5, 5]) == [(2, "crossed"), (6, "cleared")]


def test_a_limit_downwards_is_the_mirror_of_one_upwards() -> None:
    low = gale(direction="below", raise_at=3.0, clear_at=5.0)
    assert play(low, [4.0, 3.0, 4.9, 2.0, 5.0, 3.0]) == [
        (1, "crossed"),
        (4, "cleared"),
        (5, "crossed"),
    ]


values = st.lists(st.floats(0, 120, allow_nan=False), max_size=60)
hysteresis = st.tuples(st.floats(0, 120), st.floats(0, 120)).map(sorted)
holds = st.sampled_from((0, 3600, 7200))


@settings(deadline=None)  # the machine may be busy
@given(values, hysteresis, holds, holds)
def test_crossings_and_clearings_take_turns(
    series: list[float], edge: list[float], hold: int, clear_hold: int
) -> None:
    clear_at, raise_at = edge
    limit = gale(
        raise_at=raise_at, clear_at=clear_at, hold_seconds=hold, clear_hold_seconds=clear_hold
    )
    outcomes = [outcome for _, outcome in play(limit, series)]
    assert outcomes == [("crossed", "cleared")[turn % 2] for turn in range(len(outcomes))]


@settings(deadline=None)  # the machine may be busy
@given(values, hysteresis)
def test_what_crosses_lies_beyond_and_what_clears_lies_within(
    series: list[float], edge: list[float]
) -> None:
    limit = gale(clear_at=edge[0], raise_at=edge[1])
    for index, outcome in play(limit, series):
        if outcome == "crossed":
            assert series[index] >= limit.raise_at
        else:
            assert series[index] <= limit.clear_at


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.floats(7.91, 10.79), max_size=60))
def test_a_value_that_trembles_between_the_edges_changes_nothing(series: list[float]) -> None:
    assert play(gale(), series) == []
    assert play(gale(), [11.0, *series]) == [(0, "crossed")]


@settings(deadline=None)  # the machine may be busy
@given(values, hysteresis, holds)
def test_a_longer_hold_never_crosses_more_often(
    series: list[float], edge: list[float], hold: int
) -> None:
    def crossings(seconds: int) -> int:
        limit = gale(clear_at=edge[0], raise_at=edge[1], hold_seconds=seconds)
        return sum(outcome == "crossed" for _, outcome in play(limit, series))

    assert crossings(hold + 3600) <= crossings(hold)


@settings(deadline=None)  # the machine may be busy
@given(st.permutations(range(12)))
def test_readings_out_of_order_never_cross_twice(order: list[int]) -> None:
    episode, crossed = rules.Episode(), 0
    for hour in order:
        reading_then = rules.Reading(12.0, NOON + timedelta(hours=hour))
        episode, outcome = rules.advance(gale(), episode, reading_then)
        crossed += outcome == "crossed"
    assert crossed == 1


@pytest.mark.django_db
def test_limits_are_set_by_commanders_and_change_in_place() -> None:
    with pytest.raises(Denied):
        api.save_limits(context=context_of(holder("official")), limits=[gale()])
    commander = context_of(holder("commander"))
    api.save_limits(context=commander, limits=[gale()])
    api.save_limits(context=commander, limits=[gale(raise_at=17.2, clear_at=13.9)])
    assert api.limit(context=SYSTEM, limit_id="gale").raise_at == 17.2
    with pytest.raises(Invalid):
        api.save_limits(context=commander, limits=[gale(attribute="mood")])


@pytest.mark.django_db
def test_a_limit_that_would_clear_beyond_itself_is_refused_by_the_database() -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        limits(gale(clear_at=11.0))
    assert not models.Limit.objects.exists()
