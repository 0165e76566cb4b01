"""A data set played again: by the city's clock, each hour once, whatever happens between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pengcheng.domains.sensing import api, models
from pengcheng.domains.sensing.handlers import replay_step
from pengcheng.domains.sensing.ops import recording
from pengcheng.kernel import clock, jobs
from pengcheng.kernel.problems import Conflict, Denied
from tests.sensing.scenes import NOON, PIER, SYSTEM, limits, record, replay, stations
from tests.sensing.test_limits import told
from tests.support.people import context_of, holder

pytestmark = pytest.mark.django_db


def played() -> list[float]:
    rows = models.Observation.objects.order_by("observed_at")
    return list(rows.values_list("value", flat=True))


def tick() -> int:
    return api.step_due_replays(context=SYSTEM)


def test_an_hour_of_data_comes_with_each_step_of_the_clock(noon: clock.FrozenClock) -> None:
    stations()
    replay(1.0, 2.0, 3.0)
    assert tick() == 0
    noon.advance(seconds=5)
    assert tick() == 1
    noon.advance(seconds=4)
    assert tick() == 0
    noon.advance(seconds=1)
    assert tick() == 1
    assert played() == [1.0, 2.0]


def test_what_is_replayed_says_so_and_keeps_the_time_of_its_source(
    noon: clock.FrozenClock,
) -> None:
    stations()
    replay(1.0)
    noon.advance(seconds=5)
    tick()
    (found,) = api.history(context=SYSTEM, entity=PIER, attribute="windSpeed").items
    assert found.provenance == "replayed"
    assert found.observed_at == NOON - timedelta(days=100) + timedelta(hours=1)
    assert found.recorded_at == NOON + timedelta(seconds=5)


def test_a_worker_that_slept_does_not_rush_through_the_lost_hours(
    noon: clock.FrozenClock,
) -> None:
    stations()
    replay(*map(float, range(50)))
    noon.advance(hours=1)
    assert tick() == 3
    assert tick() == 0
    noon.advance(seconds=5)
    assert tick() == 1
    assert played() == [0.0, 1.0, 2.0, 3.0]


def test_a_step_that_comes_a_little_late_does_not_slow_the_replay(
    noon: clock.FrozenClock,
) -> None:
    stations()
    replay(*map(float, range(50)))
    steps = 0
    for _ in range(12):
        noon.advance(seconds=5.3)
        steps += tick()
    assert steps == 12


def test_the_replay_ends_with_its_data(noon: clock.FrozenClock) -> None:
    stations()
    replay(1.0)
    for _ in range(3):
        noon.advance(seconds=5)
        tick()
    (state,) = api.replays(context=SYSTEM)
    assert (state.phase, played()) == ("ended", [1.0])
    with pytest.raises(Conflict):
        api.control_replay(context=SYSTEM, replay_id="week", phase="running")


def test_preparing_again_changes_nothing(noon: clock.FrozenClock) -> None:
    stations()
    replay(1.0, 2.0)
    noon.advance(seconds=5)
    tick()
    replay(9.0, 9.0)
    noon.advance(seconds=5)
    tick()
    assert played() == [1.0, 2.0]


def test_a_step_that_fails_leaves_the_hour_to_be_played(
    noon: clock.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations()
    limits()
    replay(12.0, 3.0)
    noon.advance(seconds=5)

    def broken(*_: object) -> None:
        raise RuntimeError("the lights go out")

    with monkeypatch.context() as patch:
        patch.setattr(recording, "_renew_latest", broken)
        with pytest.raises(RuntimeError):
            tick()
    assert (played(), told()) == ([], [])
    assert tick() == 1
    assert (played(), told()) == ([12.0], [("crossed", 12.0)])


def test_an_hour_recorded_before_by_another_way_is_not_doubled(noon: clock.FrozenClock) -> None:
    stations()
    replay(1.0, 2.0)
    row = models.ReplayRow.objects.order_by("observed_at").first()
    assert row is not None
    from tests.sensing.scenes import reading

    record(reading(1.0, observed_at=row.observed_at))
    noon.advance(seconds=10)
    tick()
    assert played() == [1.0, 2.0]


def test_history_before_the_cursor_fills_charts_and_raises_nothing(
    noon: clock.FrozenClock,
) -> None:
    stations()
    limits()
    replay(11.0, 12.0, 13.0)
    models.Replay.objects.update(cursor=NOON - timedelta(days=100) + timedelta(hours=2))
    assert api.fill_history(context=SYSTEM, replay_id="week", hours=48) == 2
    assert (played(), told()) == ([11.0, 12.0], [])
    noon.advance(seconds=5)
    tick()
    assert told() == [("crossed", 13.0)]


def test_the_schedule_plays_through_the_city_s_jobs(noon: clock.FrozenClock) -> None:
    stations()
    replay(1.0)
    noon.advance(seconds=5)
    jobs.enqueue(replay_step)
    jobs.run_pending()
    assert played() == [1.0]


def test_commanders_may_pause_it_and_let_it_go_on(noon: clock.FrozenClock) -> None:
    stations()
    replay(*map(float, range(9)))
    with pytest.raises(Denied):
        api.control_replay(context=context_of(holder("official")), replay_id="week", phase="paused")
    commander = context_of(holder("commander"))
    api.control_replay(context=commander, replay_id="week", phase="paused")
    noon.advance(seconds=60)
    assert tick() == 0
    api.control_replay(context=commander, replay_id="week", phase="running")
    assert tick() == 0
    noon.advance(seconds=5)
    assert tick() == 1
