"""History: a range, the last so many, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pengcheng.domains.sensing import api
from pengcheng.kernel.problems import BadRequest, NotFound
from tests.sensing.scenes import NOON, PIER, SYSTEM, reading, record, stations

pytestmark = pytest.mark.django_db
FIRST = NOON - timedelta(days=1)


def of(**facts: object) -> list[float]:
    told = {"entity": PIER, "attribute": "windSpeed", **facts}
    return [row.value for row in api.history(context=SYSTEM, **told).items]  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def ten_readings() -> None:
    stations()
    record(*(reading(float(minute), minutes=minute) for minute in range(10)))


def test_the_last_so_many_come_newest_first() -> None:
    assert of(limit=3) == [9.0, 8.0, 7.0]


def test_a_range_includes_its_beginning_and_excludes_its_end() -> None:
    minute = timedelta(minutes=1)
    assert of(since=FIRST + 2 * minute, until=FIRST + 5 * minute) == [4.0, 3.0, 2.0]


def test_pages_give_every_reading_once() -> None:
    found, cursor = [], ""
    while True:
        page = api.history(
            context=SYSTEM, entity=PIER, attribute="windSpeed", cursor=cursor, limit=4
        )
        found += [row.value for row in page.items]
        cursor = page.following
        if not cursor:
            break
    assert found == [float(minute) for minute in reversed(range(10))]


def test_another_attribute_has_no_history_and_an_unknown_entity_is_said() -> None:
    assert of(attribute="temperature") == []
    with pytest.raises(NotFound):
        of(entity="urn:ngsi-ld:WeatherObserved:nowhere")


@pytest.mark.parametrize("cursor", ["yesterday", "2026-11-22T00:00:00"])
def test_a_cursor_that_is_none_is_said(cursor: str) -> None:
    with pytest.raises(BadRequest):
        of(cursor=cursor)
