"""One open incident for each limit and entity, however often it is crossed and told of."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.command import api, models, rules
from pengcheng.domains.command.contracts import Level, Unit
from pengcheng.domains.command.handlers import on_limit_crossed
from pengcheng.domains.sensing.events import LimitCrossed
from pengcheng.kernel import events, ids
from pengcheng.kernel.context import system_context
from pengcheng.kernel.models import Delivery, OutboxEvent
from tests.command.scenes import (
    FAR,
    LEVELS,
    NEAR,
    UNITS,
    UNSKILLED,
    actions,
    blow,
    found,
    incidents,
    only,
    walk,
)
from tests.sensing.scenes import SYSTEM, gale, limits
from tests.support.people import context_of, holder


@pytest.mark.usefixtures("city")
class TestOneIncident:
    def test_a_crossing_raises_one_with_value_place_and_grade(self) -> None:
        blow(12.0)
        item = only()
        assert (item.state, item.level, item.value, item.unit_code) == ("open", 3, 12.0, "MTS")
        assert (item.district, item.district_zh) == ("440306", "宝安区")
        assert (item.zh, item.en) == ("码头站：大风", "Pier station: strong wind")
        assert ids.check_reference(item.number)

    def test_a_second_crossing_is_appended_to_the_open_one(self) -> None:
        blow(12.0, 5.0, 26.0)
        item = only()
        assert (item.crossings, item.value, item.level) == (2, 26.0, 1)
        assert actions() == ["raise", "cleared", "append"]

    def test_that_the_wind_fell_is_noted_and_closes_nothing(self) -> None:
        blow(12.0, 5.0)
        assert (only().state, only().cleared_at is not None) == ("open", True)

    def test_after_it_is_closed_a_new_one_is_raised(self) -> None:
        blow(12.0, 5.0)
        walk(context_of(holder("official")), "dismiss")
        blow(13.0, minutes=5)
        assert [item.state for item in incidents(sort="-raised_at")] == ["open", "closed"]
        first, second = (item.number for item in incidents(sort="number"))
        assert first != second

    def test_two_limits_are_two_incidents(self) -> None:
        limits(gale(), gale(id="storm", raise_at=24.5, zh="暴风"))
        blow(26.0)
        assert {item.limit for item in incidents()} == {"gale", "storm"}

    def test_an_event_delivered_again_changes_nothing(self) -> None:
        blow(12.0)
        row = OutboxEvent.objects.get(type="sensing.limit.crossed")
        envelope = events.envelope(row)
        on_limit_crossed(envelope, _crossing(row))
        Delivery.objects.filter(event=row).update(state="pending")
        events.deliver_pending()
        assert (only().crossings, actions()) == (1, ["raise"])


def _crossing(row: OutboxEvent) -> LimitCrossed:
    import msgspec

    return msgspec.convert(row.data, LimitCrossed)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_workers_that_hear_of_it_at_once_raise_one_incident() -> None:
    found()
    blow(12.0)
    models.JournalEntry.objects.all().delete()
    models.Incident.objects.all().delete()
    crossing = _crossing(OutboxEvent.objects.get(type="sensing.limit.crossed"))
    start = threading.Barrier(2)

    def work(cause: str) -> None:
        try:
            start.wait(60)
            api.raise_from_limit(context=system_context("w", cause=cause), crossing=crossing)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(ids.new_id(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert only().crossings == 2
    assert sorted(actions()) == ["append", "raise"]


@settings(deadline=None)  # the machine may be busy
@given(st.floats(0, 60), st.sampled_from(["minor", "moderate", "severe", "extreme"]))
def test_a_stronger_wind_is_never_graded_lower(value: float, severity: str) -> None:
    def grade(wind: float) -> int:
        return rules.grade(LEVELS, attribute="windSpeed", value=wind, severity=severity)

    assert grade(value + 1) <= grade(value)


def test_what_no_row_grades_is_of_the_least_level() -> None:
    assert rules.grade((), attribute="windSpeed", value=99.0, severity="extreme") == 4
    other = Level(
        id="x", level=1, attribute="temperature", direction="above", threshold=1.0, basis=""
    )
    assert rules.grade([other], attribute="windSpeed", value=99.0, severity="extreme") == 4


def test_units_are_offered_skilled_and_free_first_then_nearest() -> None:
    place = (113.811, 22.639)
    offered = rules.fitting_units(UNITS, attribute="windSpeed", place=place)
    assert [unit.id for unit in offered] == [NEAR, FAR, UNSKILLED]
    assert offered[0].distance_km == pytest.approx(0.93, abs=0.02)
    import msgspec

    busy: list[Unit] = [msgspec.structs.replace(unit, busy=int(unit.id == NEAR)) for unit in UNITS]
    offered = rules.fitting_units(busy, attribute="windSpeed", place=None)
    assert [unit.id for unit in offered] == [FAR, NEAR, UNSKILLED]


@pytest.mark.django_db
def test_units_are_marked_as_simulated() -> None:
    found()
    assert all(unit.simulated for unit in api.units(context=SYSTEM))
