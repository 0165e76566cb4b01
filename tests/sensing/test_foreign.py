"""Judged by what others published: storm tables, wind scale, converters, geometry, unit codes."""

from __future__ import annotations

import csv
import json
import statistics
from datetime import UTC, datetime, timedelta
from pathlib import Path

import eviltransform
import pytest
from django.test import Client
from shapely.geometry import shape

from pengcheng.demo.shenzhen import stations, storms, watch, weather
from pengcheng.domains.sensing import api
from pengcheng.domains.sensing.contracts import Limit
from pengcheng.kernel import clock
from pengcheng.kernel.clock import CITY_ZONE
from tests.sensing.scenes import SYSTEM

pytestmark = pytest.mark.one_database

# The Beaufort scale's lower bounds in m/s, forces 0 to 12 (WMO No. 8, table 5.1).
BEAUFORT = (0.0, 0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7)
# UN/CEFACT Recommendation 20, revision 17.
REC20 = {"CEL": "degree Celsius", "P1": "percent", "A97": "hectopascal", "MTS": "metre per second"}
REC20 |= {"DD": "degree [unit of angle]", "KMT": "kilometre", "C62": "one"}
# China Meteorological Administration: Chaba made landfall at Dianbai, Maoming, about 15:00 on
# 2 July 2022 (Beijing time).
LANDFALL = datetime(2022, 7, 2, 15, tzinfo=CITY_ZONE)


def airport_pressure() -> dict[datetime, float]:
    return {
        row.observed_at: row.readings["atmosphericPressure"]
        for row in weather.rows()
        if row.entity == weather.AIRPORT and row.observed_at.year == 2022
    }


def test_the_city_s_lowest_pressure_falls_together_with_chaba_s_landfall() -> None:
    july = {at: value for at, value in airport_pressure().items() if at.month in (6, 7)}
    lowest = [at for at, value in july.items() if value == min(july.values())]
    assert all(abs(at - LANDFALL) <= timedelta(hours=3) for at in lowest)
    assert min(july.values()) < statistics.mean(july.values()) - 5


def test_the_storm_is_nearest_when_the_city_s_wind_first_reaches_force_6() -> None:
    track = {row.observed_at: row.readings["stormDistance"] for row in storms.rows()}
    nearest = min(track, key=lambda at: track[at])
    storm_days = [
        row
        for row in weather.rows()
        if row.entity == weather.AIRPORT and abs(row.observed_at - nearest) < timedelta(days=1)
    ]
    windy = [row for row in storm_days if row.readings["windSpeed"] >= BEAUFORT[6]]
    assert nearest == datetime(2022, 7, 2, tzinfo=UTC)
    assert any(abs(row.observed_at - nearest) <= timedelta(hours=3) for row in windy)


def test_the_shipped_track_is_that_of_the_archive(shared_data: Path) -> None:
    """Another agency's track of the same storm agrees with it to 35 km while it was one."""
    file = shared_data / "environment" / "ibtracs_jtwc_within500km_shenzhen.csv"
    with file.open() as lines:
        other = {
            datetime.strptime(row["time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC): float(
                row["dist_shenzhen_km"]
            )
            for row in csv.DictReader(lines)
            if row["track_id"] == "2022180N15117"
        }
    weakened = LANDFALL + timedelta(days=1)
    rows = [row for row in storms.rows() if row.observed_at < weakened]
    shared = [row for row in rows if row.observed_at in other]
    assert len(shared) >= 15
    for row in shared:
        assert abs(row.readings["stormDistance"] - other[row.observed_at]) < 35


def test_shipped_weather_is_the_source_s_own_hour_by_hour(shared_data: Path) -> None:
    folder = shared_data / "mobility" / "urbanev"
    read = {(row.entity, row.observed_at): row.readings for row in weather.rows()}
    for entity, name in (
        (weather.AIRPORT, "weather_airport.csv"),
        (weather.CENTRAL, "weather_central.csv"),
    ):
        with (folder / name).open() as lines:
            theirs = list(csv.DictReader(lines))
        assert len(theirs) == 4344
        for row in theirs[::97]:
            at = datetime.strptime(row["time"], "%Y/%m/%d %H:%M").replace(tzinfo=CITY_ZONE)
            ours = read[entity, at]
            assert ours["temperature"] == float(row["T"])
            # 1 mmHg = 101325 / 760 Pa
            assert ours["atmosphericPressure"] == pytest.approx(
                float(row["P"]) * 1013.25 / 760, abs=0.06
            )


def test_dew_points_agree_with_magnus() -> None:
    """Temperature, humidity and dew point were read apart; physics ties them together."""
    import math

    off = []
    for row in list(weather.rows())[::7]:
        readings = row.readings
        t, humidity = readings["temperature"], readings["relativeHumidity"]
        gamma = math.log(humidity / 100) + 17.62 * t / (243.12 + t)
        off.append(abs(243.12 * gamma / (17.62 - gamma) - readings["dewPoint"]))
    assert statistics.median(off) < 0.5
    # Airports report whole degrees.
    assert statistics.quantiles(off, n=100)[97] < 1.2


def test_station_figures_are_those_of_the_paper() -> None:
    """UrbanEV names 1,362 stations with 17,532 piles."""
    piles = [row.value for row in stations.observations()]
    assert (len(piles), sum(piles)) == (1362, 17532)


def test_station_positions_agree_with_a_foreign_converter(shared_data: Path) -> None:
    with (shared_data / "mobility" / "urbanev" / "inf.csv").open() as lines:
        theirs = {row["station_id"]: row for row in csv.DictReader(lines)}
    for entity in list(stations.entities())[::40]:
        row = theirs[entity.id.rsplit("-", 1)[1]]
        lat, lon = eviltransform.gcj2wgs_exact(float(row["latitude"]), float(row["longitude"]))
        assert entity.latitude == pytest.approx(lat, abs=2e-5)
        assert entity.longitude == pytest.approx(lon, abs=2e-5)


def test_the_wind_limit_is_the_scale_s_own_force_6_and_clears_below_force_5() -> None:
    (wind,) = [row for row in watch.rows("limits.toml", Limit) if row.id == "wind-force-6"]
    assert wind.raise_at == BEAUFORT[6]
    assert BEAUFORT[4] < wind.clear_at < BEAUFORT[5]


def test_unit_codes_are_those_of_recommendation_20() -> None:
    assert {attribute.unit_code for attribute in api.attributes().values()} <= REC20.keys()


@pytest.mark.django_db
def test_a_strong_event_comes_within_a_minute_of_the_start(noon: clock.FrozenClock) -> None:
    from pengcheng.kernel.models import OutboxEvent

    watch.load_sensing(SYSTEM)
    for _ in range(12):
        noon.advance(seconds=watch.SECONDS_AN_HOUR)
        api.step_due_replays(context=SYSTEM)
    heard = OutboxEvent.objects.filter(type="sensing.limit.crossed")
    crossed = {event.data["limit"] for event in heard}
    assert {"wind-force-6", "storm-near", "deep-low", "heavy-rain"} <= crossed


@pytest.mark.django_db
def test_stations_are_geojson_that_shapely_reads() -> None:
    watch.load_sensing(SYSTEM)
    answer = Client().get("/api/v1/sensing/entities.geojson")
    assert answer.headers["Content-Type"] == "application/geo+json"
    body = json.loads(answer.content)
    assert len(body["features"]) == 1362
    points = [shape(feature["geometry"]) for feature in body["features"]]
    assert all(point.is_valid for point in points)
    west, east = min(p.x for p in points), max(p.x for p in points)
    south, north = min(p.y for p in points), max(p.y for p in points)
    # Shenzhen's extremes as the city publishes them.
    assert 113.71 < west < east < 114.63
    assert 22.39 < south < north < 22.87
