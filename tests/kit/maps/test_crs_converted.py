"""Coordinates keep their system, and conversion comes back to where it began."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pengcheng.kit.maps.crs import (
    DATUM_ERROR_M,
    GCJ_INVERSE_ERROR_M,
    SYSTEMS,
    Coordinate,
    MixedSystems,
    convert,
    distance_m,
    shifted,
    stated_error_m,
)

anywhere = st.tuples(st.floats(-180, 180, allow_nan=False), st.floats(-90, 90, allow_nan=False))
# Inside the rectangle by more than the shift, so that both directions are defined.
mainland = st.tuples(st.floats(72.1, 137.7), st.floats(1.0, 55.7))
systems = st.sampled_from(SYSTEMS)


@given(mainland)
def test_gcj_inverse_meets_its_stated_error(point):
    there = Coordinate(*point, "WGS84")
    back = there.to("GCJ02").to("WGS84")
    assert distance_m(there, back) < GCJ_INVERSE_ERROR_M


@given(mainland)
def test_gcj_forward_of_inverse_is_the_same_point(point):
    there = Coordinate(*point, "GCJ02")
    assert distance_m(there, there.to("WGS84").to("GCJ02")) < GCJ_INVERSE_ERROR_M


@given(anywhere, systems, systems)
def test_every_system_comes_back_from_every_other(point, source, target):
    there = Coordinate(*point, source)
    try:
        back = there.to(target).to(source)
    except ValueError:
        pytest.fail("a point of the earth must stay one")
    if shifted(*point) and shifted(there.to(target).lon, there.to(target).lat):
        assert distance_m(there, back) < 0.01


@given(mainland)
def test_shift_is_between_nothing_and_a_kilometre(point):
    there = Coordinate(*point, "WGS84")
    moved = there.to("GCJ02")
    assert distance_m(there, Coordinate(moved.lon, moved.lat, "WGS84")) < 1500


def test_shenzhen_is_shifted_by_about_six_hundred_metres():
    there = Coordinate(114.055, 22.541, "WGS84")
    moved = there.to("GCJ02")
    assert 500 < distance_m(there, Coordinate(moved.lon, moved.lat, "WGS84")) < 700
    assert moved.lon > there.lon
    assert moved.lat < there.lat


@pytest.mark.parametrize("point", [(2.35, 48.86), (-73.9, 40.7), (151.2, -33.9)])
def test_outside_china_nothing_is_shifted(point):
    there = Coordinate(*point, "WGS84")
    moved = there.to("GCJ02")
    assert (moved.lon, moved.lat) == point
    assert moved.crs == "GCJ02"


@given(anywhere)
def test_cgcs2000_takes_the_figures_over_and_says_what_that_may_cost(point):
    there = convert(Coordinate(*point, "WGS84"), "CGCS2000")
    assert (there.lon, there.lat, there.crs) == (*point, "CGCS2000")
    assert stated_error_m("WGS84", "CGCS2000") == DATUM_ERROR_M


@pytest.mark.parametrize(
    ("source", "target", "error"),
    [
        ("WGS84", "WGS84", 0.0),
        ("WGS84", "GCJ02", 0.0),
        ("GCJ02", "WGS84", GCJ_INVERSE_ERROR_M),
        ("GCJ02", "CGCS2000", GCJ_INVERSE_ERROR_M + DATUM_ERROR_M),
        ("CGCS2000", "GCJ02", DATUM_ERROR_M),
    ],
)
def test_stated_error_adds_up_along_the_way(source, target, error):
    assert stated_error_m(source, target) == pytest.approx(error)


def test_points_of_two_systems_are_never_compared():
    with pytest.raises(MixedSystems):
        distance_m(Coordinate(114, 22, "WGS84"), Coordinate(114, 22, "GCJ02"))


def test_points_of_two_systems_are_never_equal():
    assert Coordinate(114, 22, "WGS84") != Coordinate(114, 22, "CGCS2000")


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [(181, 0, "WGS84"), (0, 91, "WGS84"), (math.nan, 0, "WGS84"), (114, 22, "BD09"), (114, 22, "")],
)
def test_what_is_no_coordinate_is_refused(lon, lat, crs):
    with pytest.raises(ValueError, match=r"coordinate system|longitude and latitude"):
        Coordinate(lon, lat, crs)
