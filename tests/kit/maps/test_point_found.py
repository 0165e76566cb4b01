"""A point is told its polygon: inside, on the line, outside, from many threads alike."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kit.maps.index import Hit, PolygonIndex

WEST = shapely.box(114.0, 22.5, 114.1, 22.6)
EAST = shapely.box(114.1, 22.5, 114.2, 22.6)
HOLED = shapely.Polygon(
    shapely.box(114.3, 22.5, 114.4, 22.6).exterior.coords,
    [shapely.box(114.33, 22.53, 114.37, 22.57).exterior.coords],
)
ISLANDS = shapely.MultiPolygon(
    [shapely.box(114.5, 22.5, 114.52, 22.52), shapely.box(114.55, 22.5, 114.57, 22.52)]
)
POLYGONS = {"west": WEST, "east": EAST, "holed": HOLED, "islands": ISLANDS}
INDEX = PolygonIndex(POLYGONS, tolerance_m=10)


def test_point_well_inside_is_found():
    assert INDEX.find(114.05, 22.55) == Hit(key="west")


@pytest.mark.parametrize("point", [(113.9, 22.55), (114.25, 22.55), (114.05, 30), (-10, -10)])
def test_point_outside_everything_is_in_nothing(point):
    assert INDEX.find(*point) is None


def test_hole_is_outside():
    assert INDEX.find(114.35, 22.55) is None
    assert INDEX.find(114.31, 22.55) == Hit(key="holed")


def test_every_island_counts():
    assert INDEX.find(114.51, 22.51) == Hit(key="islands")
    assert INDEX.find(114.56, 22.51) == Hit(key="islands")
    assert INDEX.find(114.535, 22.51) is None


def test_point_on_a_shared_border_names_both_sides():
    hit = INDEX.find(114.1, 22.55)
    assert hit is not None
    assert hit.on_edge
    assert {hit.key, *hit.near} == {"west", "east"}


def test_point_near_a_border_stays_on_its_side_and_says_so():
    hit = INDEX.find(114.10005, 22.55)  # five metres east
    assert hit == Hit(key="east", on_edge=True, near=("west",))


def test_point_beyond_the_tolerance_is_not_on_the_border():
    assert INDEX.find(114.1002, 22.55) == Hit(key="east")


def test_point_just_outside_is_told_so():
    hit = INDEX.find(113.99995, 22.55)
    assert hit == Hit(key="west", contained=False, on_edge=True)


def test_corner_is_on_edge():
    hit = INDEX.find(114.0, 22.5)
    assert hit is not None
    assert hit.on_edge


@settings(max_examples=300)
@given(st.floats(113.95, 114.6), st.floats(22.45, 22.65))
def test_answers_are_those_of_plain_geometry(lon, lat):
    point = shapely.Point(lon, lat)
    holders = {key for key, shape in POLYGONS.items() if shape.contains(point)}
    hit = INDEX.find(lon, lat)
    if hit is not None and hit.on_edge:
        edges = min(shape.boundary.distance(point) for shape in POLYGONS.values())
        assert edges < 0.00011
    else:
        assert holders == ({hit.key} if hit else set())


def test_many_threads_get_the_same_answers():
    index = PolygonIndex(POLYGONS, tolerance_m=10)
    points = [(114 + step / 1500, 22.5 + step % 100 / 1000) for step in range(900)]
    expected = [INDEX.find(*point) for point in points]
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: [index.find(*point) for point in points], range(8)))
    assert all(run == expected for run in runs)


def test_no_polygons_make_no_index():
    with pytest.raises(ValueError, match="at least one polygon"):
        PolygonIndex({})
