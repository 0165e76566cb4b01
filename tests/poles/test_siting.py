"""Where new poles should stand is computed along the roads, and the poles there are count."""

from __future__ import annotations

import json
import math
from itertools import combinations
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from pengcheng.domains.poles import api
from pengcheng.domains.poles.contracts import LARGEST_ROADS, Asked
from pengcheng.domains.poles.rules import reading, siting
from pengcheng.kernel.problems import Denied, Invalid
from tests.poles.scenes import SYSTEM, pole
from tests.support.people import context_of, holder, signed_in

KM = 0.00973  # of longitude at this latitude, in degrees


def straight(kind: str = "primary", shift: float = 0.0) -> siting.Road:
    points = ((114.05, 22.55 + shift), (114.05 + KM, 22.55 + shift))
    return siting.Road(f"highway.{kind}", "红荔路", points)


def share(laid: siting.Laid) -> float:
    return sum(f.after for f in laid.figures) / sum(f.metres for f in laid.figures)


def apart(a: tuple[float, float], b: tuple[float, float]) -> float:
    x = (a[0] - b[0]) * siting.EARTH_M * math.cos(math.radians(22.55))
    return math.hypot(x, (a[1] - b[1]) * siting.EARTH_M)


def test_a_straight_road_is_covered_with_poles_no_closer_than_allowed() -> None:
    laid = siting.lay([straight()], [], count=100)
    places = [(each.longitude, each.latitude) for each in laid.sites]
    assert 25 <= len(places) <= 43
    assert share(laid) > 0.97
    assert min(apart(a, b) for a, b in combinations(places, 2)) >= 0.6 * 40 - 0.2
    gains = [each.gain for each in laid.sites]
    assert gains == sorted(gains, reverse=True)


def test_poles_that_stand_there_count_and_keep_others_off() -> None:
    there = [(114.05 + KM / 2, 22.55)]
    laid = siting.lay([straight()], there, count=1)
    assert laid.figures[0].before == pytest.approx(40, abs=11)
    (site,) = laid.sites
    assert apart(there[0], (site.longitude, site.latitude)) >= 24


def test_a_class_has_its_own_spacing_and_a_link_that_of_its_road() -> None:
    roads = [straight("trunk_link"), straight("service", shift=0.01)]
    found = {each.road_class: each.spacing for each in siting.lay(roads, [], count=1).figures}
    assert found == {"trunk": 45.0, "service": 30.0}


def test_one_pole_may_cover_both_lines_of_a_road() -> None:
    two = [straight(), straight(shift=0.00009)]
    assert siting.lay(two, [], count=1).sites[0].gain > 60


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"features": 1}',
        b'{"features": []}',
        b'{"features": [{"geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 99]]}}]}',
        b'{"features": [{"geometry": {"type": "LineString", "coordinates": [[1, 2], ["x", 9]]}}]}',
        b'{"features": [{"geometry": {"type": "LineString", "coordinates": [[1, 2], [NaN, 9]]}}]}',
        b"[" * 100_000,
        b" " * LARGEST_ROADS + b"{}",
    ],
)
def test_what_holds_no_roads_is_refused(raw: bytes) -> None:
    with pytest.raises(reading.Unreadable):
        reading.roads(raw)


def geojson() -> bytes:
    road = straight()
    feature = {
        "geometry": {"type": "LineString", "coordinates": road.points},
        "properties": {"class": road.road_class, "name": road.name},
    }
    return json.dumps({"features": [feature]}).encode()


@pytest.mark.django_db
def test_a_plan_is_kept_drawn_and_taken_away() -> None:
    pole(longitude=114.05, latitude=22.55)
    pole("P-2", longitude=114.05 + KM, latitude=22.55, state="planned")
    commander = signed_in(holder("commander"))
    file = SimpleUploadedFile("roads.geojson", geojson())
    filled = {"title": "试算", "count": "5", "percent": "100", "file": file}
    made = commander.post(reverse("poles:compute"), filled)
    (plan,) = api.plans(context=SYSTEM)
    assert made.headers["Location"] == reverse("poles:plan", args=[plan.id])
    assert plan.existing == ((114.05, 22.55),)
    assert plan.before < plan.after < 1
    page = commander.get(made.headers["Location"]).content.decode()
    assert page.count("<circle") == 6
    assert '<path d="M' in page
    assert "试算" in commander.get(reverse("poles:plans")).content.decode()
    taken = commander.get(reverse("poles:sites", args=[plan.id, "geojson"])).json()
    assert len(taken["features"]) == 5
    table = commander.get(reverse("poles:sites", args=[plan.id, "csv"])).content.decode()
    assert table.count("红荔路") == 5


@pytest.mark.django_db
def test_a_wild_spacing_is_told_at_its_field() -> None:
    wild = {"title": "试算", "count": "5", "percent": "1"}
    answer = signed_in(holder("commander")).post(reverse("poles:compute"), wild)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["percent"]


@pytest.mark.django_db
def test_a_plan_without_roads_or_with_wild_wishes_is_refused() -> None:
    for asked, raw in (
        (Asked(title="a", count=0), geojson()),
        (Asked(title="a", scale=0.01), geojson()),
        (Asked(title=" "), geojson()),
        (Asked(title="a"), b"{}"),
        (Asked(title="a"), b""),
    ):
        with pytest.raises(Invalid):
            api.plan(context=SYSTEM, asked=asked, roads=raw)


@pytest.mark.django_db
def test_nobody_waits_for_a_plan_and_only_planners_have_one_computed(monkeypatch) -> None:
    lay, within = siting.lay, []

    def counted(*roads: object, **wishes: object) -> siting.Laid:
        within.append(len(connection.savepoint_ids))
        return lay(*roads, **wishes)

    monkeypatch.setattr(siting, "lay", counted)
    with pytest.raises(Denied):
        api.plan(context=context_of(holder("official")), asked=Asked(title="a"), roads=geojson())
    assert not within
    outside = len(connection.savepoint_ids)
    api.plan(context=SYSTEM, asked=Asked(title="a"), roads=geojson())
    assert within == [outside]


def test_the_roads_of_futian_can_be_planned_for(shared_data: Path) -> None:
    raw = (shared_data / "traffic" / "futian_roads_edges.geojson").read_bytes()
    roads = [each for each in reading.roads(raw) if "primary" in each.road_class]
    laid = siting.lay(roads, [], count=400)
    assert len(laid.sites) == 400
    assert 0.1 < share(laid) < 0.6
