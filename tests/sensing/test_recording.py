"""Readings come in: once, whole, and bad rows named."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from pengcheng.domains.sensing import api, models
from pengcheng.domains.sensing.contracts import MAX_BATCH, Entity
from pengcheng.domains.sensing.ops import recording
from pengcheng.kernel import audit
from pengcheng.kernel.context import Actor, Context, anonymous_context
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Denied, Invalid, TooLarge
from tests.sensing.scenes import HILL, NOON, PIER, SYSTEM, entity, reading, record, stations

pytestmark = pytest.mark.django_db


def kept() -> list[float]:
    return list(models.Observation.objects.order_by("observed_at").values_list("value", flat=True))


def codes(taken: object) -> dict[int, str]:
    return {row.index: row.code.rsplit(".", 1)[1] for row in taken.refused}  # type: ignore[attr-defined]


def test_a_reading_is_kept_with_its_unit_time_source_and_provenance() -> None:
    stations()
    taken = record(reading(5.5), provenance="replayed", source="a set")
    found = api.observation(context=SYSTEM, observation_id=taken.accepted[0])
    assert (found.value, found.unit_code, found.provenance) == (5.5, "MTS", "replayed")
    assert (found.source, found.recorded_at) == ("a set", NOON)
    assert found.observed_at == NOON - timedelta(days=1)


def test_the_same_reading_twice_is_once() -> None:
    stations()
    first = record(reading(5.5), reading(6.5, minutes=1))
    again = record(reading(5.5), reading(6.5, minutes=1), reading(7.5, minutes=2))
    assert len(first.accepted) == 2
    assert (len(again.accepted), again.duplicates, again.refused) == (1, 2, ())
    assert kept() == [5.5, 6.5, 7.5]


def test_the_same_reading_twice_in_one_batch_is_once() -> None:
    stations()
    taken = record(reading(5.5), reading(5.5))
    assert (len(taken.accepted), taken.duplicates) == (1, 1)


def test_another_value_for_the_same_moment_is_refused_and_named() -> None:
    stations()
    record(reading(5.5))
    taken = record(reading(9.5), reading(1.0, minutes=1))
    assert codes(taken) == {0: "differs"}
    assert kept() == [5.5, 1.0]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"value": math.nan}, "value_not_finite"),
        ({"value": math.inf}, "value_not_finite"),
        ({"value": -0.1}, "value_out_of_range"),
        ({"value": 120.1}, "value_out_of_range"),
        ({"unit_code": "KMH"}, "unit_wrong"),
        ({"attribute": "mood"}, "attribute_unknown"),
        ({"entity": "urn:ngsi-ld:WeatherObserved:nowhere"}, "entity_unknown"),
        ({"observed_at": NOON + timedelta(minutes=6)}, "time_in_future"),
        ({"observed_at": datetime(2026, 11, 22, 4)}, "time_without_zone"),
        ({"observed_at": NOON.replace(year=1899)}, "time_too_early"),
    ],
)
def test_a_bad_row_is_named_and_stops_no_other(facts: dict[str, object], code: str) -> None:
    stations()
    value = facts.pop("value", 3.0)
    taken = record(reading(5.5), reading(value, minutes=1, **facts), reading(6.5, minutes=2))  # type: ignore[arg-type]
    assert codes(taken) == {1: code}
    assert kept() == [5.5, 6.5]
    assert taken.refused[0].zh != taken.refused[0].en


def test_a_clock_that_runs_a_little_ahead_is_forgiven() -> None:
    stations()
    assert record(reading(5.0, observed_at=NOON + timedelta(minutes=4))).refused == ()


def test_the_limits_of_physics_themselves_are_taken() -> None:
    stations()
    assert len(record(reading(0.0), reading(120.0, minutes=1)).accepted) == 2


def test_a_batch_may_hold_a_thousand_and_no_more() -> None:
    stations()
    many = [reading(1.0, minutes=minute / 10) for minute in range(MAX_BATCH)]
    assert len(record(*many).accepted) == MAX_BATCH
    with pytest.raises(TooLarge):
        record(*many, reading(1.0, minutes=9999))


def test_a_batch_tells_the_city_once_and_an_empty_one_not_at_all() -> None:
    stations()
    record(reading(1.0), reading(2.0, minutes=1))
    record(reading(1.0))
    events = OutboxEvent.objects.filter(type="sensing.observation.recorded")
    assert [event.data["count"] for event in events] == [2]


def test_strangers_and_citizens_may_not_record() -> None:
    stations()
    citizen = Context(actor=Actor(id="c", kind="person", roles=frozenset({"citizen"})))
    for who in (anonymous_context(), citizen):
        with pytest.raises(Denied):
            record(reading(1.0), context=who)
    assert kept() == []
    denied = audit.entries(resource="source/tests")
    assert [entry.outcome for entry in denied] == ["denied", "denied"]


def test_the_newest_value_is_by_time_of_observation_not_of_arrival() -> None:
    stations()
    record(reading(5.0, minutes=10))
    record(reading(3.0, minutes=5))
    (latest,) = api.latest(context=SYSTEM, entity=PIER)
    assert latest.observation.value == 5.0
    record(reading(8.0, minutes=11), reading(7.0, minutes=12), reading(6.0, minutes=3))
    (latest,) = api.latest(context=SYSTEM, entity=PIER)
    assert latest.observation.value == 7.0


def test_newest_values_are_kept_for_each_entity_and_attribute() -> None:
    stations(PIER, HILL)
    record(
        reading(5.0),
        reading(6.0, entity=HILL),
        reading(21.0, attribute="temperature"),
    )
    found = api.latest(context=SYSTEM, type="WeatherObserved")
    said = {(row.entity.id, row.observation.attribute): row.observation.value for row in found}
    assert said == {(PIER, "windSpeed"): 5.0, (HILL, "windSpeed"): 6.0, (PIER, "temperature"): 21.0}
    assert len(api.latest(context=SYSTEM, attribute="windSpeed")) == 2


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e12])
def test_the_database_itself_refuses_a_value_that_is_no_number(value: float) -> None:
    stations()
    record(reading(1.0))
    with pytest.raises((IntegrityError, ValueError)), transaction.atomic():
        models.Observation.objects.update(value=value)


@pytest.mark.parametrize(
    "bad",
    [
        entity("pier"),
        entity(longitude=200.0, latitude=0.0),
        entity(longitude=114.0, latitude=-91.0),
        entity(longitude=114.0),
    ],
)
def test_an_entity_without_an_ngsi_ld_name_or_off_the_earth_is_refused(bad: Entity) -> None:
    with pytest.raises(Invalid) as refused:
        api.save_entities(context=SYSTEM, entities=[entity(HILL), bad])
    assert refused.value.errors[0].pointer.startswith("/1")
    assert not models.Entity.objects.exists()


def test_totals_by_district_add_the_newest_values() -> None:
    known = [
        entity(f"urn:ngsi-ld:EVChargingStation:{number}", type="EVChargingStation", district=code)
        for number, code in enumerate(("440304", "440304", "440305"))
    ]
    api.save_entities(context=SYSTEM, entities=known)
    record(
        *(
            reading(10.0 + number, entity=one.id, attribute="socketNumber")
            for number, one in enumerate(known)
        )
    )
    totals = api.by_district(context=SYSTEM, attribute="socketNumber")
    assert [(row.district, row.entities, row.total) for row in totals] == [
        ("440304", 2, 21.0),
        ("440305", 1, 12.0),
    ]


@pytest.mark.parametrize(("other_minute", "newest"), [(-1, 7.0), (1, 5.0)])
def test_two_first_readings_at_once_leave_the_newer_one(
    monkeypatch: pytest.MonkeyPatch, other_minute: int, newest: float
) -> None:
    stations()
    look = recording._move_on

    def look_too_early(newest: recording.Newest) -> recording.Newest:
        monkeypatch.setattr(recording, "_move_on", look)
        missing = look(newest)
        record(reading(5.0, minutes=other_minute))
        return missing

    monkeypatch.setattr(recording, "_move_on", look_too_early)
    assert len(record(reading(7.0)).accepted) == 1
    assert models.Latest.objects.get().observation.value == newest
