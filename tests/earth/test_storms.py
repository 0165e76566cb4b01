"""Storms as the city meets them: rules through the door, queries, pages, Moving Features."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from pengcheng.domains.earth import api
from pengcheng.domains.earth.contracts import SHENZHEN
from pengcheng.kernel.context import system_context

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
CITY = system_context("tests")
MANGKHUT = "2018250N12170"
ROOT = "/ogc/movingfeatures/v1"
ITEM = f"{ROOT}/collections/storms/items/{MANGKHUT}"


def asked(address: str, **query: Any) -> dict[str, Any]:
    answer = Client().get(address, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_storm_is_nearest_between_its_fixes_and_never_farther_than_at_one() -> None:
    for storm in api.storms(context=CITY)[::20]:
        found = api.passage(context=CITY, storm_id=storm.id).nearest
        assert found.km <= min(api.distance(fix=fix) for fix in storm.fixes) + 1e-6
        assert found.km == pytest.approx(api.distance(fix=found.fix), abs=1e-6)
        assert storm.fixes[0].at <= found.fix.at <= storm.fixes[-1].at


def test_storms_near_the_city_between_dates() -> None:
    days = {"start": datetime(2018, 9, 1, tzinfo=UTC), "end": datetime(2018, 9, 30, tzinfo=UTC)}
    assert MANGKHUT in {each.id for each in api.near(context=CITY, km=150, **days)}
    assert MANGKHUT not in {each.id for each in api.near(context=CITY, km=100, **days)}
    early = {**days, "end": datetime(2018, 9, 15, tzinfo=UTC)}
    assert MANGKHUT not in {each.id for each in api.near(context=CITY, km=150, **early)}
    strong = api.passages(context=CITY, year=2018, strength="super")
    assert MANGKHUT in {each.storm.id for each in strong}
    assert all(each.peak >= 51 and each.storm.season == 2018 for each in strong)


def test_a_track_is_cut_exactly_at_the_ends_that_are_asked_for() -> None:
    storm = api.storm(context=CITY, storm_id=MANGKHUT)
    start = storm.fixes[3].at + timedelta(hours=1)
    cut = api.during(storm=storm, start=start, end=start + timedelta(hours=2))
    assert [fix.at for fix in cut] == [start, start + timedelta(hours=2)]
    none = api.during(storm=storm, start=start.replace(year=1990), end=start.replace(year=1991))
    assert none == ()
    assert api.at(storm=storm, moments=(storm.fixes[0].at - timedelta(1),)) == ()


def test_moving_features_gives_collections_and_pages_through_items() -> None:
    home = asked(ROOT)
    assert {each["rel"] for each in home["links"]} == {"self", "conformance", "data"}
    assert asked(f"{ROOT}/collections")["collections"][0]["itemType"] == "movingfeature"
    first = asked(f"{ROOT}/collections/storms/items", limit=2)
    following = next(each["href"] for each in first["links"] if each["rel"] == "next")
    second = asked(following.removeprefix("http://testserver"))
    assert first["numberReturned"] == second["numberReturned"] == 2
    assert not {e["id"] for e in first["features"]} & {e["id"] for e in second["features"]}


def test_a_time_and_a_box_choose_and_a_sub_trajectory_is_cut() -> None:
    when = "2018-09-16T00:00:00Z/2018-09-16T12:00:00Z"
    query = {"datetime": when, "bbox": "110,18,118,26"}
    found = asked(f"{ROOT}/collections/storms/items", **query, subTrajectory="true")
    track = next(e for e in found["features"] if e["id"] == MANGKHUT)["temporalGeometry"]
    assert track["datetimes"][0].startswith("2018-09-16T00:00")
    assert track["datetimes"][-1].startswith("2018-09-16T12:00")
    assert len(track["coordinates"]) == len(track["datetimes"])
    away = asked(f"{ROOT}/collections/storms/items", **{**query, "bbox": "0,0,1,1"})
    assert away["features"] == []


def test_leaf_gives_places_at_just_these_moments_and_properties_their_values() -> None:
    leaf = "2018-09-16T00:00:00Z,2018-09-16T01:00:00Z"
    found = asked(f"{ITEM}/tgsequence", leaf=leaf)["geometrySequence"][0]
    assert [each[:16] for each in found["datetimes"]] == ["2018-09-16T00:00", "2018-09-16T01:00"]
    names = {each["name"] for each in asked(f"{ITEM}/tproperties")["temporalProperties"]}
    assert names == {"wind", "pressure"}
    wind = asked(f"{ITEM}/tproperties/wind", datetime="2018-09-16", subTrajectory="true")
    assert all(10 < value < 90 for value in wind["valueSequence"][0]["values"])


@pytest.mark.parametrize(
    ("address", "query", "status"),
    [
        (f"{ITEM}/tgsequence", {"leaf": "2018-09-16,2018-09-15"}, 400),
        (f"{ITEM}/tgsequence", {"leaf": "2018-09-16", "subTrajectory": "true"}, 400),
        (f"{ROOT}/collections/storms/items", {"subTrajectory": "true"}, 400),
        (f"{ROOT}/collections/storms/items", {"colour": "red"}, 400),
        (f"{ROOT}/collections/storms/items", {"bbox": "1,2"}, 400),
        (f"{ROOT}/collections/storms/items/none", {}, 404),
        (f"{ROOT}/collections/other", {}, 404),
        (f"{ITEM}/tproperties/rain", {}, 404),
    ],
)
def test_a_wrong_question_is_told(address: str, query: dict[str, str], status: int) -> None:
    answer = Client().get(address, query)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_pages_tell_in_words_what_the_map_shows() -> None:
    browser = Client()
    listed = browser.get("/storms/", {"year": "2018", "lang": "en"}, follow=True).content.decode()
    assert MANGKHUT in listed
    one = browser.get(f"/storms/{MANGKHUT}/", {"lang": "en"}, follow=True).content.decode()
    assert re.search(r"When it was nearest</dt><dd>16 Sept?(ember)?\.? 2018", one)
    assert "Highest wind within 300 km" in one
    assert "NOAA IBTrACS" in one
    assert browser.get("/storms/nothing/").status_code == 404
    query = {"year": "1901", "lang": "zh-hans"}
    assert "没有符合条件的台风" in browser.get("/storms/", query, follow=True).content.decode()


def test_the_city_is_at_the_place_that_the_page_tells() -> None:
    assert SHENZHEN == (114.06, 22.54)
